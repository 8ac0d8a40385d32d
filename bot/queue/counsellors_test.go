package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

const password = "correct horse battery"

func TestACounsellorSignsInAndOut(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		ctx := t.Context()
		if err := a.AddCounsellor(ctx, "Anna de Vries", password); err != nil {
			t.Fatal(err)
		}
		session, err := a.SignIn(ctx, "anna de vries", password)
		if err != nil {
			t.Fatal(err)
		}
		if name, err := b.Session(ctx, session); err != nil || name != "Anna de Vries" {
			t.Errorf("session of %q, %v", name, err)
		}
		for key, value := range dump(t, a) {
			if strings.Contains(key+value, session) || strings.Contains(key+value, password) {
				t.Errorf("%s holds a secret", key)
			}
		}
		if err := b.SignOut(ctx, session); err != nil {
			t.Fatal(err)
		}
		_, err = a.Session(ctx, session)
		isError(t, err, ErrLogin)
		for name, try := range map[string][2]string{
			"wrong password": {"Anna de Vries", "correct horse batterx"},
			"unknown name":   {"Bo", password},
			"no name":        {"", password},
			"strange name":   {"a\x1fb", password},
			"long password":  {"Anna de Vries", strings.Repeat("x", 10_000)},
		} {
			if _, err := a.SignIn(ctx, try[0], try[1]); !errors.Is(err, ErrLogin) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = a.Session(ctx, "")
		isError(t, err, ErrLogin)
	})
}

func TestDisablingEndsSessionsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		ctx := t.Context()
		if err := q.AddCounsellor(ctx, "Anna", password); err != nil {
			t.Fatal(err)
		}
		isError(t, q.AddCounsellor(ctx, "ANNA", password), ErrExists)
		session, err := q.SignIn(ctx, "Anna", password)
		if err != nil {
			t.Fatal(err)
		}
		code, err := q.OnceCode(ctx, "Anna")
		if err != nil {
			t.Fatal(err)
		}
		if err := q.DisableCounsellor(ctx, "Anna"); err != nil {
			t.Fatal(err)
		}
		isError(t, q.DisableCounsellor(ctx, "Nobody"), ErrGone)
		_, err = q.Session(ctx, session)
		isError(t, err, ErrLogin)
		_, err = q.SignIn(ctx, "Anna", password)
		isError(t, err, ErrLogin)
		_, err = q.SignInOnce(ctx, code)
		isError(t, err, ErrLogin)
		_, err = q.OnceCode(ctx, "Anna")
		isError(t, err, ErrGone)
		list, err := q.Counsellors(ctx)
		if err != nil || len(list) != 1 || !list[0].Disabled {
			t.Errorf("%+v, %v", list, err)
		}
		// Enabled anew, with another password; old sessions stay shut.
		if err := q.AddCounsellor(ctx, "Anna", password+"2"); err != nil {
			t.Fatal(err)
		}
		_, err = q.Session(ctx, session)
		isError(t, err, ErrLogin)
		_, err = q.SignIn(ctx, "Anna", password)
		isError(t, err, ErrLogin)
		if _, err := q.SignIn(ctx, "Anna", password+"2"); err != nil {
			t.Error(err)
		}
		list, err = q.Counsellors(ctx)
		if err != nil || len(list) != 1 || list[0].Disabled || list[0].Name != "Anna" || time.Since(list[0].Since) > time.Hour {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestAOneTimeCodeOpensOneSession(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		ctx := t.Context()
		if err := q.AddCounsellor(ctx, "Anna", password); err != nil {
			t.Fatal(err)
		}
		code, err := q.OnceCode(ctx, "Anna")
		if err != nil {
			t.Fatal(err)
		}
		if left := q.client.TTL(ctx, q.names.once(digest(code))).Val().Round(time.Minute); left != 24*time.Hour {
			t.Errorf("lives %v", left)
		}
		sessions := make(chan string, 10)
		var race sync.WaitGroup
		for range 10 {
			race.Go(func() {
				session, err := q.SignInOnce(ctx, code)
				if err == nil {
					sessions <- session
				} else if !errors.Is(err, ErrLogin) {
					t.Error(err)
				}
			})
		}
		race.Wait()
		if len(sessions) != 1 {
			t.Fatalf("%d sessions from one code", len(sessions))
		}
		if name, err := q.Session(ctx, <-sessions); err != nil || name != "Anna" {
			t.Errorf("%q, %v", name, err)
		}
	})
}

func TestASessionEndsWhenIdleAndAfterTwelveHours(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		ctx := t.Context()
		if err := q.AddCounsellor(ctx, "Anna", password); err != nil {
			t.Fatal(err)
		}
		session, err := q.SignIn(ctx, "Anna", password)
		if err != nil {
			t.Fatal(err)
		}
		key := q.names.session(digest(session))
		born := func(ago time.Duration) {
			at := time.Now().Add(-ago).UnixMilli()
			if err := q.client.HSet(ctx, key, "born", at).Err(); err != nil {
				t.Fatal(err)
			}
		}
		left := func() time.Duration { return q.client.PTTL(ctx, key).Val().Round(time.Minute) }
		if got := left(); got != 30*time.Minute {
			t.Errorf("idle for %v", got)
		}
		q.client.PExpire(ctx, key, time.Minute)
		if _, err := q.Session(ctx, session); err != nil || left() != 30*time.Minute {
			t.Errorf("used: %v left, %v", left(), err)
		}
		born(11*time.Hour + 50*time.Minute)
		if _, err := q.Session(ctx, session); err != nil || left() != 10*time.Minute {
			t.Errorf("late: %v left, %v", left(), err)
		}
		born(12 * time.Hour)
		_, err = q.Session(ctx, session)
		isError(t, err, ErrLogin)
	})
}

func TestNamesAndPasswordsAreChecked(t *testing.T) {
	q := open(t, Options{})
	for _, name := range []string{"", " Anna", "Anna ", "a.b", "<b>", "a\x1fb", strings.Repeat("x", 41)} {
		if err := q.AddCounsellor(t.Context(), name, password); err == nil {
			t.Errorf("%q was taken", name)
		}
		if _, err := q.Claim(t.Context(), name, ""); err == nil || errors.Is(err, ErrNobody) {
			t.Errorf("%q may claim", name)
		}
	}
	for _, p := range []string{"", "short", strings.Repeat("x", 201)} {
		if err := q.AddCounsellor(t.Context(), "Anna", p); err == nil {
			t.Errorf("a password of %d was taken", len(p))
		}
	}
	if err := q.AddCounsellor(t.Context(), "Ömer-Zoë 2", password); err != nil {
		t.Error(err)
	}
}

func TestAPasswordHashIsOfTheFormThatOthersRead(t *testing.T) {
	hash := hashPassword(password)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
	// Made by the reference implementation: argon2 with the password
	// "password" and the salt "somesalt".
	const known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !samePassword(known, "password") || samePassword(known, "Password") {
		t.Error("the known hash is not read")
	}
	for _, bad := range []string{"", "$argon2id$", "$argon2i$v=19$m=19456,t=2,p=1$AA$AA", known[:60], strings.Replace(known, "65536", "4000000000", 1), nobody()} {
		if samePassword(bad, "password") {
			t.Errorf("%q fits", bad)
		}
	}
}

func TestAFloodOfLoginsWaitsAtTheGate(t *testing.T) {
	q := open(t, Options{})
	for range cap(q.gate) {
		q.gate <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := q.SignIn(ctx, "Anna", password)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for range cap(q.gate) {
		<-q.gate
	}
}
