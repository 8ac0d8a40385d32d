package client

import (
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
)

// take is what the desk does with one frame.
func (c *Counsellor) take(s *socket, f frame) error {
	switch f.Type {
	case "hello":
		return c.hello(s, f)
	case "claimed":
		return c.claimed(s, f)
	case "received":
		c.received(f)
	case "gone":
		c.gone(f)
	case "line":
		c.off.Store(max(c.off.Load(), int64(time.Since(f.Now).Abs())))
	case "error":
		c.failed(f)
	}
	return nil
}

// hello begins or goes on. A claim whose answer did not come before the line
// was lost is not waited for: if it was done, the child comes by itself.
func (c *Counsellor) hello(s *socket, f frame) error {
	c.way.tries = 0
	if c.epoch != "" && f.Epoch != c.epoch {
		for id, h := range c.cases {
			c.op(history.OpFree, id, "", 0, history.Forever)
			h.pending = append(h.kept, h.pending...)
			h.kept = nil
			for i := range h.pending {
				if err := c.write(s, h, &h.pending[i]); err != nil {
					return err
				}
			}
		}
	}
	c.epoch = f.Epoch
	c.asked = 0
	for _, h := range c.cases {
		h.unsure = time.Now()
	}
	return nil
}

// claimed: a child is ours, newly or again.
func (c *Counsellor) claimed(s *socket, f frame) error {
	now, id := c.Log.Now(), f.Conversation
	h := c.cases[id]
	if h == nil {
		h = &hold{id: id}
		c.cases[id] = h
		call := c.asked
		if c.asked == 0 { // asked before the line was lost
			call = 0
		}
		c.op(history.OpClaim, id, "", call, now)
		c.mu.Lock()
		c.held[id] = now
		if c.asked > 0 {
			c.seen = append(c.seen, time.Since(c.began))
		}
		c.mu.Unlock()
		c.asked = 0
		return nil
	}
	h.unsure = time.Time{}
	c.op(history.OpHold, id, "", now-1, now)
	for i := range h.pending {
		if err := c.write(s, h, &h.pending[i]); err != nil {
			return err
		}
	}
	if h.ending > 0 {
		return s.send(object{"type": "end", "conversation": id, "outcome": "helped"})
	}
	return nil
}

func (c *Counsellor) received(f frame) {
	h := c.cases[f.Conversation]
	if h == nil {
		return
	}
	for i, n := range h.pending {
		if n.id == f.ID {
			if !n.written { // one that comes again after a loss was written before
				c.op(history.OpWrite, h.id, n.text, n.call, c.Log.Now())
				n.written = true
			}
			h.pending = append(h.pending[:i:i], h.pending[i+1:]...)
			h.kept = append(h.kept, n)
			h.kept = h.kept[max(0, len(h.kept)-keptMost):]
			return
		}
	}
}

func (c *Counsellor) gone(f frame) {
	h := c.cases[f.Conversation]
	if h == nil {
		return
	}
	switch {
	case f.How == "ended" && h.ending > 0:
		c.op(history.OpEnd, h.id, "", h.ending, c.Log.Now())
		c.mu.Lock()
		c.ended++
		c.mu.Unlock()
	default: // somebody took it away, at an unknown moment before
		c.op(history.OpFree, h.id, "", 0, history.Forever)
	}
	c.drop(h.id)
}

func (c *Counsellor) drop(id string) {
	delete(c.cases, id)
	c.mu.Lock()
	delete(c.held, id)
	c.mu.Unlock()
}

func (c *Counsellor) failed(f frame) {
	switch f.Code {
	case "nobody", "taken", "too-many":
		c.asked, c.claimAt = 0, time.Now().Add(time.Second)
	case "unavailable", "rate-limited":
		c.next = time.Now().Add(time.Second)
		if f.Conversation == "" {
			c.asked = 0
		}
		if h := c.cases[f.Conversation]; h != nil && f.Re == "" {
			h.ending = 0 // once more
		}
	case "not-yours":
		if h := c.cases[f.Conversation]; h != nil {
			c.op(history.OpFree, h.id, "", 0, history.Forever)
			c.drop(h.id)
		}
	}
}
