package web

import (
	"context"
	"strings"
	"sync"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// staff is the accounts of counsellors whose password is "right".
type staff struct {
	mu       sync.Mutex
	sessions map[string]string
}

func newStaff() *staff { return &staff{sessions: map[string]string{}} }

func (s *staff) SignIn(_ context.Context, name, password string) (string, error) {
	if password != "right" {
		return "", queue.ErrLogin
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions["session of "+name] = name
	return "session of " + name, nil
}

func (s *staff) SignInOnce(ctx context.Context, code string) (string, error) {
	name, found := strings.CutPrefix(code, "once-")
	if !found {
		return "", queue.ErrLogin
	}
	return s.SignIn(ctx, name, "right")
}

func (s *staff) Session(_ context.Context, session string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name, ok := s.sessions[session]; ok {
		return name, nil
	}
	return "", queue.ErrLogin
}

func (s *staff) SignOut(_ context.Context, session string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	return nil
}

// realStore is the store of the product, with accounts that need no hashing.
type realStore struct {
	*queue.Queue
	*staff
}

// The accounts are those of staff.
func (r realStore) SignIn(ctx context.Context, name, password string) (string, error) {
	return r.staff.SignIn(ctx, name, password)
}
func (r realStore) SignInOnce(ctx context.Context, code string) (string, error) {
	return r.staff.SignInOnce(ctx, code)
}
func (r realStore) Session(ctx context.Context, session string) (string, error) {
	return r.staff.Session(ctx, session)
}
func (r realStore) SignOut(ctx context.Context, session string) error {
	return r.staff.SignOut(ctx, session)
}
