package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// resume goes on with a conversation of another socket, here or on another
// node: subscribe first, then fetch, then send what the browser lacks.
func (c *chat) resume(f frame) {
	id := queue.IDOf(f.token)
	old := c.server.hub.bind(id, c)
	quiet := old != nil && c.outlast(old)
	rec, err := c.load(id)
	if err == nil {
		err = json.Unmarshal(rec.State, &c.conv)
	}
	if err != nil && !errors.Is(err, queue.ErrGone) && quiet || quiet && old.memory.inUse() {
		c.inherit(old, f)
		return
	}
	if err != nil {
		c.server.hub.unbind(id, c)
		c.conv = bot.Conversation{}
		c.notResumed(err)
		return
	}
	c.id, c.token, c.again = id, f.token, unanswered
	c.says = c.server.limits.says(c.id)
	c.version, c.seq, c.epoch = rec.Version, min(f.after, rec.Seq), c.server.store.Epoch()
	c.attach()
	c.welcome(rec.Seq)
	c.replay()
	c.place = place{in: c.conv.State == bot.Waiting}
	c.hintDesk(queue.Hint{Kind: hintConnected, From: socketHere})
	c.lookAtLine()
	c.tellState(c.conv.State != bot.WithBot)
}

// outlast ends the socket that had the conversation on this node, and waits
// until it writes nothing more. It reports whether that is so.
func (c *chat) outlast(old *chat) bool {
	old.takeOver()
	select {
	case <-old.quiet:
		return true
	case <-time.After(2 * storeWait):
	case <-c.conn.gone:
	}
	return false
}

// inherit goes on from what an ended socket of this node remembers, when the
// store cannot be asked or does not have it all.
func (c *chat) inherit(old *chat, f frame) {
	c.id, c.token, c.again = old.id, f.token, unanswered
	c.says = c.server.limits.says(c.id)
	c.conv, c.version, c.epoch, c.memory, c.answered = old.conv, old.version, old.epoch, old.memory, old.answered
	c.seq = min(f.after, old.seq)
	c.welcome(old.seq)
	c.tellState(c.conv.State != bot.WithBot)
	c.clock.look = time.Now().Add(storeEvery)
}

func (c *chat) notResumed(err error) {
	if errors.Is(err, queue.ErrGone) {
		c.again = resends // the browser may bring its last messages into a new conversation
		c.fail(errorFrame{Code: unknownToken})
		return
	}
	c.fail(errorFrame{Code: unavailable})
}

// attach tells the other nodes that the child's end is here now.
func (c *chat) attach() {
	c.server.call(func(ctx context.Context) error {
		return c.server.store.Attach(ctx, c.id, c.me)
	})
}

func (c *chat) load(id string) (rec queue.Record, err error) {
	err = c.server.call(func(ctx context.Context) (err error) {
		rec, err = c.server.store.Load(ctx, id)
		return err
	})
	return rec, err
}

func (c *chat) after(seq int64) (entries []queue.Entry, err error) {
	err = c.server.call(func(ctx context.Context) (err error) {
		entries, err = c.server.store.After(ctx, c.id, seq)
		return err
	})
	return entries, err
}

// replay sends all that the browser lacks.
func (c *chat) replay() {
	entries, err := c.after(c.seq)
	if err != nil {
		c.fail(errorFrame{Code: unavailable})
		return
	}
	for _, e := range entries {
		if e.Seq > c.seq {
			c.pass(e, "")
		}
	}
}

// look compares what we have with what is stored, and sends what others wrote.
func (c *chat) look() error {
	rec, err := c.load(c.id)
	if errors.Is(err, queue.ErrGone) {
		c.vanished(nil)
		return err
	}
	if err != nil {
		return err
	}
	if rec.Version != c.version {
		if err := c.adopt(rec); err != nil {
			return err
		}
	}
	if rec.Seq > c.seq {
		c.replay()
	}
	c.tellState(false)
	return nil
}

// adopt goes on from the stored state.
func (c *chat) adopt(rec queue.Record) error {
	var conv bot.Conversation
	if err := json.Unmarshal(rec.State, &conv); err != nil {
		return fmt.Errorf("stored conversation: %w", err)
	}
	c.conv, c.version = conv, rec.Version
	if conv.State != bot.Waiting {
		c.leftLine()
	}
	return nil
}

// vanished goes on when the store does not know the conversation any more:
// after a loss it is begun again from memory, else it was erased or expired.
func (c *chat) vanished(t *turn) {
	if c.storeLost() {
		switch filled := c.newEpoch(); {
		case t == nil:
		case filled:
			c.turn(t)
		default:
			c.fromMemory(t)
		}
		return
	}
	re := ""
	if t != nil {
		re = t.re()
	}
	c.fail(errorFrame{Code: unknownToken, Re: re})
	c.server.hub.unbind(c.id, c)
	c.leftLine()
	c.id, c.token, c.conv, c.version, c.seq = "", "", bot.Conversation{}, 0, 0
	c.memory, c.again = memory{}, resends
	c.clock.look = time.Now().Add(startWait)
}

// storeLost tells whether the store lost state, as opposed to this one
// conversation; the store needs a moment to find out.
func (c *chat) storeLost() bool {
	for range epochTries {
		if c.server.store.Epoch() != c.epoch {
			return true
		}
		select {
		case <-time.After(epochEvery):
		case <-c.conn.gone:
			return false
		}
	}
	return false
}

// newEpoch tells the browser that the store lost state, so that it sends its
// last messages again, and puts the conversation back if it is lost. When that
// is not possible now, the next look tries again.
func (c *chat) newEpoch() bool {
	epoch := c.server.store.Epoch()
	rec, err := c.load(c.id)
	switch {
	case err == nil && rec.Version > c.version:
		err = c.adopt(rec)
	case err == nil:
		c.version = rec.Version
	case errors.Is(err, queue.ErrGone):
		var stored queue.Stored
		c.version = 0
		stored, err = c.write(&turn{begins: true, next: c.conv})
		rec.Seq, c.version = stored.Seq, stored.Version
	}
	if err != nil {
		return false
	}
	c.epoch, c.seq, c.again = epoch, rec.Seq, resends
	c.attach()
	c.welcome(rec.Seq)
	c.place.in = false
	c.lineUp()
	c.tellState(c.conv.State != bot.WithBot)
	return true
}

// hinted looks at what a hint says has changed.
func (c *chat) hinted(h queue.Hint) {
	if c.id == "" || (h.Origin == c.me) != (h.Kind == hintTakenOver) {
		return // our own, or, of a taking over, about another socket
	}
	switch h.Kind {
	case hintTyping:
		if h.From == "counsellor" {
			c.conn.send([]byte(`{"type":"typing","from":"counsellor"}`))
		}
	case hintTakenOver:
		c.stop(closeTakenOver, "taken over")
	case hintForgotten:
		c.conn.send([]byte(`{"type":"forgotten"}`))
		c.stop(closeNormal, "")
	case hintLine:
		c.lineMoves()
	case hintLog, hintClaim:
		if c.memory.inUse() || c.look() != nil {
			return
		}
		if !c.place.in {
			c.lookAtLine()
			c.tellState(false)
		}
	}
}
