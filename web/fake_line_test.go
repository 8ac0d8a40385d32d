package web

import (
	"context"
	"slices"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// The waiting line of the store of few lines, and its counsellors.

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
			m.letGo(id)
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

func (m *memoryStore) letGo(id string) {
	delete(m.claims, id)
	m.hold(id, 0, "")
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
		m.letGo(c.ID)
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
	if m.claims[c.ID].Fence != c.Fence {
		return c, queue.ErrFenced
	}
	c.Holder = holder
	return m.give(c), nil
}

func (m *memoryStore) End(_ context.Context, c queue.Claim, how queue.Outcome) error {
	unlock, err := m.lock()
	defer unlock()
	if err == nil {
		m.letGo(c.ID)
	}
	return err
}
