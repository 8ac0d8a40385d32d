package client

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
)

// Counsellor is one counsellor's desk. Run it once; the fields are set before.
type Counsellor struct {
	Name    string
	Session func() string // the cookie of a signed-in session
	Nodes   func() []string
	Dial    Dial
	Log     *history.Log
	Rand    *rand.Rand
	Every   time.Duration   // between two acts
	Open    int             // children at a time
	Says    int             // messages into a talk before it is ended; 0: never ended
	Start   <-chan struct{} // claims nothing before it is closed; nil: at once

	off   atomic.Int64 // the most that a desk's clock was wrong
	rest  atomic.Bool
	leave atomic.Bool
	mu    sync.Mutex
	seen  []time.Duration          // how long claims took; guarded by mu
	held  map[string]time.Duration // since when, by the log's clock; guarded by mu
	ended int                      // guarded by mu

	// owned by Run
	cases   map[string]*hold
	epoch   string
	count   int
	way     way
	asked   time.Duration // when the claim under way was sent; 0: none is
	began   time.Time     // of the same
	next    time.Time
	claimAt time.Time // claims nobody before it: nobody waited
}

// hold is one child at this desk.
type hold struct {
	id      string
	says    int
	pending []note
	kept    []note        // to send again when the store lost state
	ending  time.Duration // when end was sent; 0: not yet
	unsure  time.Time     // when the line came back, until the server says that it is ours; else zero
}

type note struct {
	id, text string
	call     time.Duration
	sent     time.Time
	written  bool // the history has it
}

// Rest makes the counsellor claim nobody more and write nothing new.
func (c *Counsellor) Rest() { c.rest.Store(true) }

// Leave makes Run end when all is received.
func (c *Counsellor) Leave() { c.rest.Store(true); c.leave.Store(true) }

// Claims gives how long each claim took.
func (c *Counsellor) Claims() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration{}, c.seen...)
}

// Held gives the conversations that are at this desk, and since when.
func (c *Counsellor) Held() map[string]time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]time.Duration{}
	for id, at := range c.held {
		out[id] = at
	}
	return out
}

// Off is the most that the clock which ages are shown by was wrong.
func (c *Counsellor) Off() time.Duration { return time.Duration(c.off.Load()) }

// Ended is how many talks this desk has ended.
func (c *Counsellor) Ended() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// Run works until the context ends, or until it was told to leave and all is
// received.
func (c *Counsellor) Run(ctx context.Context) {
	defer c.noCases()
	c.cases = map[string]*hold{}
	c.mu.Lock()
	c.held = map[string]time.Duration{}
	c.mu.Unlock()
	for ctx.Err() == nil && !c.finished() {
		err := c.visit(ctx)
		c.mayBeLost()
		wait := c.way.again(c.Rand, err)
		if ctx.Err() == nil && !c.finished() {
			sleep(ctx, wait)
		}
	}
}

// noCases: nobody is at a desk that is not there.
func (c *Counsellor) noCases() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = nil
}

// mayBeLost notes that from now on every claim may go to somebody else.
func (c *Counsellor) mayBeLost() {
	for id := range c.cases {
		c.op(history.OpFree, id, "", c.Log.Now(), history.Forever)
	}
}

func (c *Counsellor) finished() bool {
	if !c.leave.Load() || c.asked > 0 {
		return false
	}
	for _, h := range c.cases {
		if len(h.pending) > 0 || h.ending > 0 {
			return false
		}
	}
	return true
}

func (c *Counsellor) op(kind, id, text string, call, end time.Duration) {
	c.Log.Did(history.Operation{Kind: kind, Counsellor: c.Name, Conversation: id, Text: text, Call: call, Return: end})
}

func (c *Counsellor) visit(ctx context.Context) error {
	addr := c.way.to(c.Rand, c.Nodes())
	if addr == "" {
		return errDead
	}
	header := http.Header{"Origin": {"http://" + addr}, "Cookie": {"counsellor=" + c.Session()}}
	s, err := open(ctx, c.Dial, "ws://"+addr+"/counsellor/ws", "praatpaal.desk.v1", header)
	c.way.tried(addr, err)
	if err != nil {
		return err
	}
	defer s.close()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	ping, hello := time.Now().Add(pingEvery), false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f, ok := <-s.frames:
			if !ok {
				return s.end
			}
			hello = hello || f.Type == "hello"
			if err := c.take(s, f); err != nil {
				return err
			}
		case now := <-tick.C:
			if now.After(ping) {
				ping = now.Add(pingEvery)
				if err := s.send(object{"type": "ping"}); err != nil {
					return err
				}
			}
			if s.quiet() {
				return errDead
			}
			if c.finished() {
				return errFinished
			}
			if err := c.due(s, now); hello && err != nil {
				return err
			}
		}
	}
}

// due does the next act, when its time has come.
func (c *Counsellor) due(s *socket, now time.Time) error {
	for _, h := range c.cases {
		if !h.unsure.IsZero() && now.Sub(h.unsure) > foundWithin {
			c.drop(h.id) // not given back: it was noted that it may be lost
			continue
		}
		if !h.unsure.IsZero() {
			continue // what is pending goes first, once it is ours again
		}
		for i := range h.pending {
			if now.Sub(h.pending[i].sent) > againEvery {
				if err := c.write(s, h, &h.pending[i]); err != nil {
					return err
				}
			}
		}
	}
	if now.Before(c.next) {
		return nil
	}
	c.next = now.Add(time.Duration(c.Rand.Int64N(int64(2*c.Every)) + 1))
	if c.mayClaim() {
		c.asked, c.began = c.Log.Now(), now
		return s.send(object{"type": "claim"})
	}
	for _, h := range c.cases {
		switch {
		case h.ending > 0 || len(h.pending) > 1 || !h.unsure.IsZero():
		case c.Says > 0 && h.says >= c.Says && len(h.pending) == 0:
			h.ending = c.Log.Now()
			return s.send(object{"type": "end", "conversation": h.id, "outcome": "helped"})
		case !c.rest.Load() && (c.Says == 0 || h.says < c.Says):
			h.says++
			c.count++
			n := note{id: fmt.Sprint("d", c.count), text: fmt.Sprintf("%s schrijft %d", c.Name, c.count), call: c.Log.Now()}
			h.pending = append(h.pending, n)
			return c.write(s, h, &h.pending[len(h.pending)-1])
		}
	}
	return nil
}

func (c *Counsellor) mayClaim() bool {
	select {
	case <-c.Start:
	default:
		if c.Start != nil {
			return false
		}
	}
	return !c.rest.Load() && c.asked == 0 && time.Now().After(c.claimAt) && len(c.cases) < c.Open
}

func (c *Counsellor) write(s *socket, h *hold, n *note) error {
	n.sent = time.Now()
	return s.send(object{"type": "say", "conversation": h.id, "id": n.id, "text": n.text})
}
