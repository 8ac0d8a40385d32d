package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/praatpaal/praatpaal/bench/canary"
	"github.com/praatpaal/praatpaal/bot/book"
)

// planted is a store full of secrets, and what a thief might try them with.
type planted struct {
	secrets []string // none of these may be readable anywhere
	tokens  []string
	ids     []string
}

// plant holds 125 conversations, each with 8 secrets, up to a counsellor.
func plant(t *testing.T, q *Queue) planted {
	t.Helper()
	var p planted
	for range 125 {
		token, id := NewToken()
		word := func(what string) string { return "canary-" + what + "-" + secret(8) }
		said, state, answer, later := word("said"), word("state"), word("answer"), word("counsellor")
		topic, role, prefix := word("topic"), word("role"), word("192.0.2.0/24")
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := q.Begin(t.Context(), Turn{ID: id, Message: "m", State: []byte(state), Entries: []Entry{{From: "child", ID: "m", Body: []byte(said)}}})
		must(err)
		_, err = q.Turn(t.Context(), Turn{ID: id, Message: "n", Expect: 1, State: []byte(state), Entries: []Entry{{From: "bot", Body: []byte(answer)}}})
		must(err)
		_, err = q.Join(t.Context(), Waiting{ID: id, Danger: book.Urgent, Topic: topic, Role: role, As: "child", Lang: "nl", Bucket: q.Bucket(prefix), Connected: true})
		must(err)
		c, err := q.Claim(t.Context(), "Anna", id)
		must(err)
		if c.Waiting.Topic != topic || c.Waiting.Role != role || c.Waiting.As != "child" {
			t.Fatalf("the desk is shown %+v", c.Waiting)
		}
		_, err = q.Turn(t.Context(), Turn{ID: id, Message: "o", Expect: Any, Fence: c.Fence, Kept: true, Entries: []Entry{{From: "counsellor", ID: "o", Body: []byte(later)}}})
		must(err)
		must(q.Attach(t.Context(), id, "c1"))
		p.secrets = append(p.secrets, said, state, answer, later, topic, role, prefix, token)
		p.tokens, p.ids = append(p.tokens, token), append(p.ids, id)
	}
	return p
}

// signedIn gives what a counsellor signs in with.
func signedIn(t *testing.T, q *Queue) []string {
	t.Helper()
	password := "a password to sign in"
	if err := q.AddCounsellor(t.Context(), "Anna", password); err != nil {
		t.Fatal(err)
	}
	session, err := q.SignIn(t.Context(), "Anna", password)
	if err != nil {
		t.Fatal(err)
	}
	code, err := q.OnceCode(t.Context(), "Anna")
	if err != nil {
		t.Fatal(err)
	}
	return []string{password, session, code}
}

func none(t *testing.T, where string, hits []canary.Hit) {
	t.Helper()
	for _, hit := range hits[:min(3, len(hits))] {
		t.Errorf("%s: %q is readable as %s", hit.Where, hit.Secret, hit.As)
	}
	t.Logf("%s: %d readable", where, len(hits))
}

func TestAThousandSecretsAreReadableInNoCopyOfTheStore(t *testing.T) {
	folder := t.TempDir()
	server, err := startRedis(folder, "--appendonly", "yes", "--appendfsync", "always",
		"--slowlog-log-slower-than", "0", "--slowlog-max-len", "100000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.stop)
	q := open(t, store{urls: []string{server.url()}}.options(t))
	p := plant(t, q)
	secrets := p.secrets
	for _, id := range p.ids {
		s, _ := q.chest.get(id)
		secrets = append(secrets, string(s.raw[:]))
	}
	for _, w := range q.keys.held {
		secrets = append(secrets, string(w.raw[:]))
	}
	secrets = append(secrets, signedIn(t, q)...)
	search := canary.New(secrets)
	slow, err := q.client.Do(t.Context(), "slowlog", "get", "-1").Result()
	if err != nil {
		t.Fatal(err)
	}
	none(t, "SLOWLOG", search.In("SLOWLOG", fmt.Appendf(nil, "%s", slow)))
	none(t, "CLIENT LIST", search.In("CLIENT LIST", []byte(q.client.ClientList(t.Context()).Val())))
	values := 0
	var readable []canary.Hit
	for key, value := range dump(t, q) {
		values += len(value)
		readable = append(readable, search.In(key, []byte(key+"\n"+value))...)
	}
	none(t, "keys and values", readable)
	if err := q.client.Save(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	hits, read, err := search.Under(folder)
	none(t, "RDB and AOF", hits)
	if err != nil || read < 200_000 || values < 100_000 || len(p.secrets) != 1000 {
		t.Errorf("%d secrets; %d bytes of files and %d of values were searched: %v", len(p.secrets), read, values, err)
	}
	// The search finds what is there.
	if err := q.client.Set(t.Context(), "planted", "x"+p.secrets[17], 0).Err(); err != nil {
		t.Fatal(err)
	}
	if hits, _, _ := search.Under(folder); len(hits) == 0 {
		t.Error("a secret in the open is not found: nothing was tried")
	}
}

// openAll tries every key that is at hand on all that is stored, and gives how
// many conversations and labels can be read.
func openAll(t *testing.T, q *Queue, p planted) (read int) {
	t.Helper()
	for _, id := range p.ids {
		had := q.client.HMGet(t.Context(), q.names.conversation(id), "i", "k", "z").Val()
		if len(had) != 3 || had[1] == nil {
			t.Fatal("the conversation is not there: nothing is tried")
		}
		text := func(i int) string { s, _ := had[i].(string); return s }
		for _, w := range q.keys.held {
			raw, err := w.aead.Open(nil, nil, []byte(text(1)[9:]), wrapName(id, text(0)))
			if err != nil {
				continue
			}
			s := seal{id: id, aead: newAEAD(raw)}
			if _, err := s.openState(text(2)); err == nil {
				read++
			}
		}
	}
	line, err := q.client.HGetAll(t.Context(), q.names.line[0]).Result()
	if err != nil {
		t.Fatal(err)
	}
	for id, stay := range line {
		if w := q.parseStay(id, stay); w.Topic != "" {
			read++
		}
	}
	return read
}

func TestWithTheHoursKeyGoneNothingCanBeReadWithAllElseInHand(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		clock := &hands{at: time.Now()}
		q.keys.now = clock.now
		p := plant(t, q)
		if read := openAll(t, q, p); read < len(p.ids) {
			t.Fatalf("with the keys %d of %d can be read: nothing is tried", read, len(p.ids))
		}
		for range 26 { // hours; every node makes the keys of each
			clock.move(time.Hour)
			q.keys.next = time.Time{}
			if err := q.keys.sweep(); err != nil {
				t.Fatal(err)
			}
			for _, c := range []class{short, long} {
				if _, _, err := q.keys.current(c); err != nil {
					t.Fatal(err)
				}
			}
		}
		q.chest.age(-time.Minute)
		for _, token := range p.tokens { // who holds the token is no better off
			if _, err := q.Load(t.Context(), IDOf(token)); !errors.Is(err, ErrGone) {
				t.Fatalf("a conversation is read: %v", err)
			}
		}
		if read := openAll(t, q, p); read != 0 || len(q.keys.held) < 20 {
			t.Errorf("%d are read with %d keys", read, len(q.keys.held))
		}
	})
}

// crash lets only so many commands through to Redis, as a process that is
// killed between two of them would.
type crash struct{ left atomic.Int64 }

var errCrashed = errors.New("crashed")

func (c *crash) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *crash) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if c.left.Add(-1) < 0 {
			cmd.SetErr(errCrashed)
			return errCrashed
		}
		return next(ctx, cmd)
	}
}

func (c *crash) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if c.left.Add(-1) < 0 {
			for _, cmd := range cmds {
				cmd.SetErr(errCrashed)
			}
			return errCrashed
		}
		return next(ctx, cmds)
	}
}

// knows lists what the store still holds about a conversation.
func knows(t *testing.T, q *Queue, id string) []string {
	t.Helper()
	var out []string
	for key, value := range dump(t, q) {
		if contains(key, id) || contains(value, id) {
			out = append(out, key)
		}
	}
	return out
}

// sweepLater sweeps when the steps that others may still be doing are due.
func sweepLater(t *testing.T, q *Queue) {
	t.Helper()
	for _, step := range q.client.ZRange(t.Context(), q.names.todo, 0, -1).Val() {
		if err := q.client.ZIncrBy(t.Context(), q.names.todo, -6000, step).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := q.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A node that is killed while it erases leaves a note with its first step,
// and the sweep of any node finishes from there.
func TestACrashAnywhereInErasingEndsWithNothing(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		kinds := map[string]func() string{
			"claimed": func() string { return claimed(t, a, "Anna").ID },
			"waiting": func() string { return join(t, a, Waiting{Danger: book.Urgent, Topic: "grooming"}) },
			"alone":   func() string { return begun(t, a) },
		}
		limit := &crash{}
		limit.left.Store(1 << 40)
		a.client.AddHook(limit)
		for _, name := range slices.Sorted(maps.Keys(kinds)) {
			steps := 0
			for cut := int64(1); steps == 0; cut++ {
				id := kinds[name]()
				limit.left.Store(cut)
				err := a.Forget(t.Context(), id, QuickExit)
				limit.left.Store(1 << 40)
				if err == nil {
					steps = int(cut)
				} else {
					sweepLater(t, b)
				}
				if left := knows(t, b, id); len(left) > 0 {
					t.Errorf("%s, killed after %d steps: %v still know it", name, cut, left)
				}
				if _, err := b.Evidence(t.Context(), id); !errors.Is(err, ErrGone) {
					t.Errorf("%s: evidence says %v", name, err)
				}
			}
			t.Logf("%s: killed after each of %d steps", name, steps)
			if steps < 2 {
				t.Errorf("%s: erasing took %d steps: nothing was cut", name, steps)
			}
		}
	})
}

func TestEverythingOfAConversationHasATimeToGo(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		q.silent, q.away = -time.Second, -time.Second
		for name, c := range map[string]struct {
			id   string
			life time.Duration
		}{
			"alone":   {begun(t, q), lifeTime},
			"waiting": {join(t, q, Waiting{Topic: "grooming"}), lifeTime},
		} {
			key := q.names.conversation(c.id)
			if left := q.client.PTTL(t.Context(), key).Val(); left <= c.life-time.Minute || left > c.life {
				t.Errorf("%s: %v left", name, left)
			}
			if err := q.client.PExpire(t.Context(), key, -time.Second).Err(); err != nil { // its time has come
				t.Fatal(err)
			}
			for range 2 {
				if _, err := q.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if left := knows(t, q, c.id); len(left) > 0 {
				t.Errorf("%s: %v still know it", name, left)
			}
		}
		kept := begun(t, q)
		if _, err := q.Turn(t.Context(), Turn{ID: kept, Expect: Any, Kept: true}); err != nil {
			t.Fatal(err)
		}
		if left := q.client.PTTL(t.Context(), q.names.conversation(kept)).Val(); left <= keptTime-time.Minute || left > keptTime {
			t.Errorf("handed over: %v left", left)
		}
	})
}
