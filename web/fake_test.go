package web

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

var errDown = errors.New("no store")

// memoryStore is a store of few lines, with a switch that takes it away.
type memoryStore struct {
	*staff
	mu      sync.Mutex
	down    bool
	deaf    bool        // hints are lost
	unheard func(*talk) // turns are stored, and their answers lost; what happens then
	alone   bool        // other nodes reach the store
	epoch   string
	fence   int64
	lostAt  time.Time
	talks   map[string]*talk
	line    []queue.Waiting
	claims  map[string]queue.Claim
	onDuty  map[string]bool
	beats   []string
	forgot  map[string]queue.Outcome
	hints   chan queue.Hint
	codes   map[string]string
	counts  map[string]int
}

type talk struct {
	rec     queue.Record
	entries []queue.Entry
	turns   map[string][]queue.Entry
}

func newMemoryStore() *memoryStore {
	return &memoryStore{
		epoch: "one", talks: map[string]*talk{}, claims: map[string]queue.Claim{}, staff: newStaff(),
		onDuty: map[string]bool{}, forgot: map[string]queue.Outcome{}, hints: make(chan queue.Hint, 100),
		codes: map[string]string{}, counts: map[string]int{},
	}
}

// lock is the start of every method; it gives errDown while the store is away.
func (m *memoryStore) lock() (unlock func(), err error) {
	m.mu.Lock()
	if m.down {
		err = errDown
	}
	return m.mu.Unlock, err
}

func (m *memoryStore) setDown(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}

func (m *memoryStore) hear(unheard func(*talk)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unheard = unheard
}

// lose makes the store forget everything, as after a restart without a disk.
func (m *memoryStore) lose(epoch string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lostAt = time.Now()
	m.epoch, m.talks, m.line, m.claims = epoch, map[string]*talk{}, nil, map[string]queue.Claim{}
}

func (m *memoryStore) Ready(context.Context) error {
	unlock, err := m.lock()
	defer unlock()
	return err
}

func (m *memoryStore) Epoch() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.epoch
}

func (m *memoryStore) LostAt() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lostAt
}

func (m *memoryStore) Begin(_ context.Context, t queue.Turn) (queue.Stored, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return queue.Stored{}, err
	}
	if m.talks[t.ID] == nil {
		m.talks[t.ID] = &talk{rec: queue.Record{ID: t.ID, Began: time.Now()}, turns: map[string][]queue.Entry{}}
	}
	return m.add(t)
}

func (m *memoryStore) Turn(_ context.Context, t queue.Turn) (queue.Stored, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return queue.Stored{}, err
	}
	k := m.talks[t.ID]
	switch {
	case k == nil:
		return queue.Stored{}, queue.ErrGone
	case k.turns[t.Message] != nil && m.unheard != nil:
		return queue.Stored{}, errDown
	case k.turns[t.Message] != nil:
		return queue.Stored{Again: true, Entries: k.turns[t.Message], Version: k.rec.Version, Seq: k.rec.Seq}, nil
	case t.Seen > k.rec.Seq, t.Expect > k.rec.Version:
		return queue.Stored{}, queue.ErrLost
	case t.Fence != 0 && t.Fence != k.rec.Fence:
		return queue.Stored{}, queue.ErrFenced
	case t.Expect >= 0 && t.Expect != k.rec.Version:
		return queue.Stored{}, queue.ErrStale
	}
	stored, err := m.add(t)
	if k.rec.Fence != 0 {
		m.tell(queue.Hint{ID: t.ID, Kind: hintLog})
	}
	if m.unheard != nil {
		m.unheard(k)
		err = errDown
	}
	return stored, err
}

func (m *memoryStore) add(t queue.Turn) (queue.Stored, error) {
	k := m.talks[t.ID]
	var added []queue.Entry
	for _, e := range t.Entries {
		k.rec.Seq++
		e.Body, e.Seq, e.At = slices.Clone(e.Body), k.rec.Seq, time.Now()
		added = append(added, e)
	}
	k.entries = append(k.entries, added...)
	if t.Message != "" {
		k.turns[t.Message] = added
	}
	if t.State != nil {
		k.rec.State = slices.Clone(t.State)
		k.rec.Version++
	}
	return queue.Stored{Entries: added, Version: k.rec.Version, Seq: k.rec.Seq}, nil
}

func (m *memoryStore) Load(_ context.Context, id string) (queue.Record, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return queue.Record{}, err
	}
	if m.talks[id] == nil {
		return queue.Record{}, queue.ErrGone
	}
	return m.talks[id].rec, nil
}

func (m *memoryStore) After(_ context.Context, id string, seq int64) ([]queue.Entry, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return nil, err
	}
	if m.talks[id] == nil {
		return nil, queue.ErrGone
	}
	return slices.Clone(m.talks[id].entries[min(int(seq), len(m.talks[id].entries)):]), nil
}

func (m *memoryStore) Attach(_ context.Context, id, connection string) error {
	unlock, err := m.lock()
	defer unlock()
	return err
}

func (m *memoryStore) Forget(_ context.Context, id string, how queue.Outcome) error {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return err
	}
	delete(m.talks, id)
	m.forgot[id] = how
	m.unline(id)
	m.tell(queue.Hint{ID: id, Kind: hintForgotten})
	return nil
}
