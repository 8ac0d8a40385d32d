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
	mu     sync.Mutex
	down   bool
	deaf   bool // hints are lost
	alone  bool // other nodes reach the store
	epoch  string
	fence  int64
	lostAt time.Time
	talks  map[string]*talk
	line   []queue.Waiting
	claims map[string]queue.Claim
	onDuty map[string]bool
	beats  []string
	forgot map[string]queue.Outcome
	hints  chan queue.Hint
	codes  map[string]string
	counts map[string]int
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
	return stored, err
}

func (m *memoryStore) add(t queue.Turn) (queue.Stored, error) {
	k := m.talks[t.ID]
	var added []queue.Entry
	for _, e := range t.Entries {
		k.rec.Seq++
		e.Seq, e.At = k.rec.Seq, time.Now()
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

func (m *memoryStore) unline(id string) {
	m.line = slices.DeleteFunc(m.line, func(w queue.Waiting) bool { return w.ID == id })
}

func (m *memoryStore) Join(_ context.Context, w queue.Waiting) (queue.Place, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return queue.Place{}, err
	}
	if m.at(w.ID) < 0 {
		w.Since = time.Now()
		m.line = append(m.line, w)
		m.tell(queue.Hint{Kind: hintLine})
	} else {
		w.Since = m.line[m.at(w.ID)].Since
		m.line[m.at(w.ID)] = w
	}
	return m.place(w.ID), nil
}

func (m *memoryStore) at(id string) int {
	return slices.IndexFunc(m.line, func(w queue.Waiting) bool { return w.ID == id })
}

func (m *memoryStore) place(id string) queue.Place {
	at := m.at(id) + 1
	wait := time.Duration(at) * 4 * time.Minute
	p := queue.Place{Position: at, Wait: wait, Least: wait / 2, Most: 2 * wait, Counsellors: len(m.onDuty)}
	if at > 0 {
		p.Since = m.line[at-1].Since
	}
	return p
}

func (m *memoryStore) Leave(_ context.Context, id string, how queue.Outcome) error {
	unlock, err := m.lock()
	defer unlock()
	if err == nil {
		m.unline(id)
		m.tell(queue.Hint{Kind: hintLine})
	}
	return err
}

func (m *memoryStore) Place(_ context.Context, id string) (queue.Place, error) {
	unlock, err := m.lock()
	defer unlock()
	if err == nil && m.at(id) < 0 {
		err = queue.ErrGone
	}
	return m.place(id), err
}

func (m *memoryStore) Line(context.Context) ([]queue.Waiting, error) {
	unlock, err := m.lock()
	defer unlock()
	return slices.Clone(m.line), err
}

func (m *memoryStore) Alive(_ context.Context, ids ...string) error {
	unlock, err := m.lock()
	defer unlock()
	m.beats = append(m.beats, ids...)
	return err
}

func (m *memoryStore) Bucket(prefix string) string { return "b" + prefix }

func (m *memoryStore) OnBreak(_ context.Context, holder string) error {
	unlock, err := m.lock()
	defer unlock()
	m.onDuty[holder] = false
	return err
}

func (m *memoryStore) OffDuty(_ context.Context, holder string) error {
	unlock, err := m.lock()
	defer unlock()
	delete(m.onDuty, holder)
	return err
}

func (m *memoryStore) Present(context.Context) (there []queue.Presence, err error) {
	unlock, err := m.lock()
	defer unlock()
	for name, here := range m.onDuty {
		there = append(there, queue.Presence{Name: name, Away: !here})
	}
	return there, err
}

func (m *memoryStore) OnDuty(_ context.Context, holder string) error {
	unlock, err := m.lock()
	defer unlock()
	m.onDuty[holder] = true
	return err
}

func (m *memoryStore) Sweep(context.Context) (lost []queue.Claim, err error) {
	unlock, err := m.lock()
	defer unlock()
	for id, c := range m.claims {
		if err == nil && time.Now().After(c.Until) {
			delete(m.claims, id)
			m.hold(id, 0, "")
			m.line = append([]queue.Waiting{c.Waiting}, m.line...)
			lost = append(lost, c)
		}
	}
	return lost, err
}

func (m *memoryStore) hold(id string, fence int64, holder string) {
	if k := m.talks[id]; k != nil {
		k.rec.Fence, k.rec.Holder = fence, holder
	}
	m.tell(queue.Hint{ID: id, Kind: hintClaim, From: holder})
}

func (m *memoryStore) Claim(_ context.Context, holder, id string) (queue.Claim, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return queue.Claim{}, err
	}
	if id == "" && len(m.line) == 0 {
		return queue.Claim{}, queue.ErrNobody
	}
	if id == "" {
		id = m.line[0].ID
	}
	if m.at(id) < 0 {
		return queue.Claim{}, queue.ErrTaken
	}
	w := m.line[m.at(id)]
	m.unline(id)
	return m.give(queue.Claim{ID: id, Holder: holder, Waiting: w}), nil
}

func (m *memoryStore) give(c queue.Claim) queue.Claim {
	m.fence++
	c.Fence, c.Until = m.fence, time.Now().Add(30*time.Second)
	m.claims[c.ID] = c
	m.hold(c.ID, c.Fence, c.Holder)
	return c
}

func (m *memoryStore) Renew(_ context.Context, c queue.Claim) (queue.Claim, error) {
	unlock, err := m.lock()
	defer unlock()
	if err == nil && m.claims[c.ID].Fence != c.Fence {
		err = queue.ErrFenced
	}
	if err != nil {
		return queue.Claim{}, err
	}
	c.Until = time.Now().Add(30 * time.Second)
	m.claims[c.ID] = c
	return c, nil
}

func (m *memoryStore) Claims(_ context.Context, holder string) (mine []queue.Claim, err error) {
	unlock, err := m.lock()
	defer unlock()
	for _, c := range m.claims {
		if c.Holder == holder {
			mine = append(mine, c)
		}
	}
	return mine, err
}

func (m *memoryStore) Release(_ context.Context, c queue.Claim, how queue.Release) error {
	unlock, err := m.lock()
	defer unlock()
	if err == nil {
		delete(m.claims, c.ID)
		m.hold(c.ID, 0, "")
		if how == queue.ToLine {
			m.line = append([]queue.Waiting{c.Waiting}, m.line...)
		}
	}
	return err
}

func (m *memoryStore) HandOver(_ context.Context, c queue.Claim, holder string) (queue.Claim, error) {
	unlock, err := m.lock()
	defer unlock()
	if err != nil {
		return c, err
	}
	if _, there := m.onDuty[holder]; !there {
		return c, queue.ErrAway
	}
	c.Holder = holder
	return m.give(c), nil
}

func (m *memoryStore) End(_ context.Context, c queue.Claim, how queue.Outcome) error {
	unlock, err := m.lock()
	defer unlock()
	if err == nil {
		delete(m.claims, c.ID)
		m.hold(c.ID, 0, "")
	}
	return err
}
