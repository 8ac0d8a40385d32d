package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	sessionBytes = 32
	sessionIdle  = 30 * time.Minute // a session that is not used
	sessionLife  = 12 * time.Hour   // one that is
	onceLife     = 24 * time.Hour   // a one-time code
)

// SignIn begins a session, of which Redis learns only the hash. ErrLogin for
// a wrong name, a wrong password or a disabled account alike, after the same
// time. It waits for its turn when many sign in.
func (q *Queue) SignIn(ctx context.Context, name, password string) (session string, err error) {
	if len(password) > 4*passwordMost || checkName(name) != nil {
		name, password = "", "" // as slow as any other
	}
	a, err := q.account(ctx, name)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	var right bool
	if err := q.through(ctx, q.gate, func() { right = samePassword(a.hash, password) }); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if !right {
		return "", fmt.Errorf("sign in: %w", ErrLogin)
	}
	return q.enter(ctx, a.name)
}

// enter makes a session of an account that is not disabled.
func (q *Queue) enter(ctx context.Context, name string) (string, error) {
	session := secret(sessionBytes)
	keys := []string{q.names.session(digest(session)), q.names.gens}
	reply, err := q.write(ctx, q.scripts.signin, keys, folded(name), sessionIdle.Milliseconds())
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if reply != int64(1) {
		return "", fmt.Errorf("sign in: %w", ErrLogin)
	}
	return session, nil
}

// OnceCode makes a code that opens one session within 24 hours. ErrGone when
// there is no such account.
func (q *Queue) OnceCode(ctx context.Context, name string) (code string, err error) {
	enabled, err := q.client.HExists(ctx, q.names.gens, folded(name)).Result()
	if err != nil {
		return "", fmt.Errorf("once code: %w", err)
	}
	if !enabled {
		return "", fmt.Errorf("once code: %q has no account, or a disabled one: %w", name, ErrGone)
	}
	code = secret(sessionBytes)
	if err := q.client.Set(ctx, q.names.once(digest(code)), folded(name), onceLife).Err(); err != nil {
		return "", fmt.Errorf("once code: %w", err)
	}
	return code, nil
}

// SignInOnce begins a session with a code, once. ErrLogin.
func (q *Queue) SignInOnce(ctx context.Context, code string) (session string, err error) {
	name, err := q.client.GetDel(ctx, q.names.once(digest(code))).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("sign in: %w", ErrLogin)
	}
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return q.enter(ctx, name)
}

// Session gives the counsellor's name, and counts as use: an open desk asks
// every few minutes. ErrLogin when the session is over: 30 minutes without
// use, 12 hours in all, signed out, or the account disabled.
func (q *Queue) Session(ctx context.Context, session string) (name string, err error) {
	keys := []string{q.names.session(digest(session)), q.names.gens}
	reply, err := q.read(ctx, q.scripts.session, keys, sessionIdle.Milliseconds(), sessionLife.Milliseconds())
	if err != nil {
		return "", fmt.Errorf("session: %w", err)
	}
	key, _ := reply.(string)
	if key == "" {
		return "", fmt.Errorf("session: %w", ErrLogin)
	}
	text, err := q.client.HGet(ctx, q.names.accounts, key).Result()
	if err != nil {
		return "", fmt.Errorf("session: %w", err)
	}
	a, err := parseAccount(text)
	return a.name, err
}

// SignOut ends a session; one that is not there is no error.
func (q *Queue) SignOut(ctx context.Context, session string) error {
	if err := q.client.Del(ctx, q.names.session(digest(session))).Err(); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
