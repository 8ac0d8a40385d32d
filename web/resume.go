package web

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
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
		c.conv, err = unpack(rec.State)
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
	if f.after > rec.Seq { // the browser has seen more than is stored
		c.mark = "-" + rand.Text()
	}
	c.welcome(rec.Seq)
	if c.replayAll(f.after > rec.Seq) != nil {
		c.fail(errorFrame{Code: unavailable})
	}
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
func (c *chat) replay() error {
	entries, err := c.after(c.seq)
	for _, e := range entries {
		if e.Seq > c.seq {
			c.pass(e, "")
		}
	}
	return err
}

// replayAll is replay for a browser that comes back: when the store may have
// lost state since, numbers that it has had may stand for something else now.
func (c *chat) replayAll(short bool) error {
	lost := c.server.store.LostAt()
	if !short && time.Since(lost) > lossLately {
		return c.replay()
	}
	c.latest = lost.Add(-lossLately)
	entries, err := c.recent(c.seq)
	known := func(e queue.Entry) bool { return e.From == "bot" && e.Seq <= c.seq }
	c.passRewritten(slices.DeleteFunc(entries, known), c.seq)
	return err
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
	if rec.Version < c.version || rec.Seq < c.seq {
		c.loss()
		return nil
	}
	if rec.Version != c.version {
		if err := c.adopt(rec); err != nil {
			return err
		}
	}
	if rec.Seq > c.seq {
		err = c.replay()
	}
	c.tellState(false)
	return err
}

// adopt goes on from the stored state.
func (c *chat) adopt(rec queue.Record) error {
	conv, err := unpack(rec.State)
	if err != nil {
		return err
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
			c.onceMore(t)
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
	c.memory, c.refill, c.again = memory{}, refill[frame]{}, resends
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
	epoch, shown := c.server.store.Epoch(), c.seq
	rec, err := c.load(c.id)
	var entries []queue.Entry
	if err == nil {
		entries, err = c.recent(shown)
	}
	switch {
	case err == nil && rec.Version > c.version:
		err = c.adopt(rec)
	case err == nil && rec.Version < c.version:
		err = c.restore(rec)
	case err == nil:
		c.heed(rec)
	case errors.Is(err, queue.ErrGone):
		var stored queue.Stored
		c.version = 0
		stored, err = c.write(&turn{begins: true, next: c.conv})
		rec.Seq, c.version = stored.Seq, stored.Version
		c.returns = time.Now().Add(returnMost)
	}
	if err != nil {
		return false
	}
	c.epoch, c.mark, c.seq, c.again = epoch, "", rec.Seq, resends
	c.refill.begin(c.answered.next > 0)
	c.attach()
	c.welcome(rec.Seq)
	c.passRewritten(entries, shown)
	c.place.in = false
	c.lineUp()
	c.tellState(c.conv.State != bot.WithBot)
	return true
}

// recent reads the last entries up to a number and all over it.
func (c *chat) recent(seq int64) ([]queue.Entry, error) { return c.after(max(0, seq-resends)) }

// passRewritten sends what a counsellor did and wrote when the store had lost state and
// this end did not know yet: over the numbers up to shown that the browser has
// had, or under a number that it had for something else, stored later than all
// it was sent. What comes twice has the same number; browsers skip it.
func (c *chat) passRewritten(entries []queue.Entry, shown int64) {
	was := c.latest
	for _, e := range entries {
		if e.Seq > shown || e.From != "child" && e.At.After(was) {
			c.pass(e, "")
		}
	}
}

// heed takes from a stored state what must not be undone by ours: a counsellor
// may have ended the talk where turns of ours were lost.
func (c *chat) heed(rec queue.Record) {
	if stored, err := unpack(rec.State); err == nil && stored.State == bot.Ended {
		c.conv.State, c.conv.Counsellor = stored.State, stored.Counsellor
	}
}

// restore stores the state that we have over an older one.
func (c *chat) restore(rec queue.Record) error {
	c.heed(rec)
	c.version, c.seq = rec.Version, min(c.seq, rec.Seq)
	stored, err := c.write(&turn{next: c.conv})
	if err == nil {
		c.version = stored.Version
	}
	return err
}

// loss makes a new epoch when the store knows less than it did. It reports
// whether the browser was told.
func (c *chat) loss() bool {
	if c.server.store.Epoch() == c.epoch {
		c.server.call(func(ctx context.Context) error { return c.server.store.Lost(ctx, c.epoch) })
	}
	return c.server.store.Epoch() != c.epoch && c.newEpoch()
}

// onceMore takes a turn up again after a new epoch. The browser sends what the
// child said again, among the others.
func (c *chat) onceMore(t *turn) {
	switch t.event.Kind {
	case bot.Say:
		c.putBack(frame{kind: "say", id: t.re(), text: t.event.Text})
	case bot.Choose:
		c.putBack(frame{kind: "choose", id: t.re(), choice: t.event.Choice})
	default:
		c.turn(t)
	}
}

// putBack holds a message that came just after a loss.
func (c *chat) putBack(f frame) {
	known := c.answered.has(c.server.limits.hash(f.id))
	c.refill.add(f, known, func(old frame) bool { return old.id == f.id })
}

// refilled stores what came after a loss, in order. What was answered from
// memory keeps that answer; what comes before it is older.
func (c *chat) refilled() {
	held, ok := c.refill.due(time.Now())
	if !ok {
		return
	}
	var older []*turn
	if first := c.firstRemembered(held); first >= 0 {
		for _, f := range held[:first] {
			said := plainMessage("child", f.id, f.text)
			if f.kind == "choose" {
				said = plainMessage("child", f.id, c.server.bot.Label(c.conv, f.choice))
				said.Choice = f.choice
			}
			older = append(older, &turn{said: &said, next: c.conv})
		}
		held = held[first:]
	}
	c.memory.turns = append(older, c.memory.turns...)
	c.store()
	for _, f := range held {
		c.safely(f.id, func() { c.act(f) })
	}
}

// firstRemembered finds the first message that was answered from memory, or
// the first that is new when none was; -1 when all can be answered in turn.
func (c *chat) firstRemembered(held []frame) int {
	if !c.memory.inUse() {
		return -1
	}
	first := slices.IndexFunc(held, func(f frame) bool { return c.remembered(f.id) != nil })
	if first < 0 {
		first = slices.IndexFunc(held, func(f frame) bool { return !c.answered.has(c.server.limits.hash(f.id)) })
	}
	if first < 0 {
		return len(held)
	}
	return first
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
