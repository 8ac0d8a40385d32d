package web

import (
	"context"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// The rest of memoryStore: hints, words to come back with, and counters.

func (m *memoryStore) GiveCode(_ context.Context, token, words string) (time.Time, error) {
	unlock, err := m.lock()
	defer unlock()
	if err == nil && m.talks[queue.IDOf(token)] == nil {
		err = queue.ErrGone
	}
	if err == nil {
		m.codes[words] = token
	}
	return time.Now().Add(24 * time.Hour), err
}

func (m *memoryStore) TakeCode(_ context.Context, words string) (string, error) {
	unlock, err := m.lock()
	defer unlock()
	token := m.codes[words]
	if err == nil && m.talks[queue.IDOf(token)] == nil {
		err = queue.ErrGone
	}
	return token, err
}

func (m *memoryStore) Count(_ context.Context, what, value, lang string) error {
	unlock, err := m.lock()
	defer unlock()
	if err == nil {
		m.counts[what+" "+value+" "+lang]++
	}
	return err
}

func (m *memoryStore) Hints() <-chan queue.Hint { return m.hints }

func (m *memoryStore) Hint(_ context.Context, h queue.Hint) error {
	unlock, err := m.lock()
	defer unlock()
	m.tell(h)
	return err
}

func (m *memoryStore) tell(h queue.Hint) {
	if m.deaf {
		return
	}
	select {
	case m.hints <- h:
	default:
	}
}
