package client

import (
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// take is what the child's browser does with one frame.
func (c *Child) take(s *socket, f frame) error {
	if f.Type == "welcome" || f.Type == "message" || f.Type == "received" {
		c.news = time.Now()
	}
	switch f.Type {
	case "welcome":
		return c.welcome(s, f)
	case "message":
		c.message(f)
	case "received":
		c.received(f.ID, f.Seq)
	case "state":
		c.stateIs(f.State)
	case "error":
		return c.failed(s, f)
	case "forgotten":
		return c.erased()
	}
	return nil
}

func (c *Child) erased() error {
	c.talk.Add(history.Event{At: c.Log.Now(), Kind: history.Gone, Text: "forgotten"})
	c.token = ""
	return errFinished
}

func (c *Child) stateIs(state string) {
	c.mu.Lock()
	changed := c.state != state
	c.state = state
	c.mu.Unlock()
	if changed {
		c.talk.Add(history.Event{At: c.Log.Now(), Kind: history.State, Text: state})
	}
}

// welcome begins or goes on; a new epoch means that all kept messages go out
// once more.
func (c *Child) welcome(s *socket, f frame) error {
	now := c.Log.Now()
	c.stateIs(f.State)
	if c.token == "" {
		c.token, c.epoch = f.Token, f.Epoch
		c.talk.Is(queue.IDOf(f.Token))
	}
	if c.cut > 0 {
		c.mu.Lock()
		c.outages = append(c.outages, Outage{From: c.cut, To: now, Node: c.addr})
		c.mu.Unlock()
		c.talk.Add(history.Event{At: now, Kind: history.Back})
	}
	c.cut, c.way.tries = 0, 0
	if f.Epoch != c.epoch {
		c.epoch, c.seq = f.Epoch, 0
		c.talk.Add(history.Event{At: now, Kind: history.Epoch})
		c.pending = mergeSaid(c.kept, c.pending)
	}
	for i := range c.pending {
		if err := c.say(s, &c.pending[i]); err != nil {
			return err
		}
	}
	return nil
}

// mergeSaid gives what was kept and then what is pending, each once.
func mergeSaid(kept, pending []said) []said {
	out, seen := []said{}, map[string]bool{}
	for _, m := range append(append([]said{}, kept...), pending...) {
		if !seen[m.id] {
			seen[m.id] = true
			out = append(out, m)
		}
	}
	return out
}

func (c *Child) message(f frame) {
	e := history.Event{At: c.Log.Now(), Kind: history.Shown, Seq: f.Seq, From: f.From, Re: f.Re, Text: f.words()}
	if f.From == "child" {
		e.ID = f.ID
	}
	if f.Seq == 0 {
		e.Kind = history.Told
		c.talk.Add(e)
		return
	}
	c.talk.Add(e)
	c.seq = max(c.seq, f.Seq)
	if f.From == "child" {
		c.received(f.ID, f.Seq)
	}
	if f.From == "bot" && f.Re != "" {
		c.settle(f.Re)
	}
}

func (c *Child) received(id string, seq int64) {
	c.talk.Add(history.Event{At: c.Log.Now(), Kind: history.Received, ID: id, Seq: seq})
	c.seq = max(c.seq, seq)
	c.settle(id)
}

// settle takes a message off the list of those that go out again.
func (c *Child) settle(id string) {
	for i, m := range c.pending {
		if m.id != id {
			continue
		}
		c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
		for _, k := range c.kept {
			if k.id == id {
				return
			}
		}
		c.kept = append(c.kept, m)
		c.kept = c.kept[max(0, len(c.kept)-keptMost):]
		return
	}
}

func (c *Child) failed(s *socket, f frame) error {
	if f.Code == "rate-limited" || f.Code == "busy" || f.Code == "unavailable" {
		c.retryAfter = time.Now().Add(max(time.Second, time.Duration(f.RetryS*float64(time.Second))))
	}
	if f.Code != "unknown-token" {
		return nil
	}
	if c.forget.Load() {
		return c.erased()
	}
	// The store lost it while no socket was there: a new conversation, with
	// what is still known.
	c.token, c.seq, c.asked = "", 0, false
	c.talk.Add(history.Event{At: c.Log.Now(), Kind: history.Epoch})
	c.pending = mergeSaid(c.kept, c.pending)
	return s.send(object{"type": "start", "lang": "nl"})
}
