package web

import (
	"errors"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// memory holds the turns that were answered while the store was away, oldest
// first. Their messages carry no seq, and no received has been sent.
type memory struct {
	turns  []*turn
	told   bool // a child that waits or has a counsellor was given the numbers to call
	wished bool // a person was asked for, and nobody could be
}

func (m *memory) inUse() bool { return len(m.turns) > 0 }

// fromMemory answers a turn that cannot be stored now. A wish for a person is
// answered by the numbers to call: there is no line to stand in.
func (c *chat) fromMemory(t *turn) {
	if old := c.remembered(t.re()); old != nil {
		c.tellUnnumbered(old)
		return
	}
	known := t.said != nil && c.answered.has(c.server.limits.hash(t.re()))
	if known || len(c.memory.turns) >= maxRemembered {
		c.fail(errorFrame{Code: unavailable, Re: t.re()})
		return
	}
	t.event.Line = bot.Away
	next, answer, err := c.server.bot.Next(c.conv, t.event)
	if err != nil {
		c.fail(errorFrame{Code: unknownChoice, Re: t.re()})
		return
	}
	t.next, t.answer = next, answer
	c.remember(t)
}

// remembered gives the turn of a message that was answered from memory.
func (c *chat) remembered(id string) *turn {
	for _, old := range c.memory.turns {
		if id != "" && old.re() == id {
			return old
		}
	}
	return nil
}

// remember keeps a turn until the store is back, and sends its answer.
func (c *chat) remember(t *turn) {
	if t.next.State == bot.Closed && c.conv.State != bot.Closed {
		c.memory.wished = true
	}
	c.conv = t.next
	c.memory.turns = append(c.memory.turns, t)
	c.clock.look = time.Now().Add(storeEvery)
	c.tellUnnumbered(t)
	if c.conv.State == bot.WithCounsellor && !c.memory.told {
		c.memory.told = true // the counsellor does not read this now
		c.sayNumbers("")
	}
	c.tellState(false)
}

func (c *chat) tellUnnumbered(t *turn) {
	if t.answer.Reply != nil {
		c.conn.send(unnumbered(c.server.reply(t.answer, t.next, t.re()).bytes(), c.server.store.Now()))
	}
}

// store writes what was answered from memory, in order. What it cannot write
// now stays for the next time.
func (c *chat) store() {
	for c.memory.inUse() && !c.refill.active() && !c.server.away.is() {
		t := c.memory.turns[0]
		last := c.memory.turns[len(c.memory.turns)-1]
		write := *t
		write.next = last.next
		stored, err := c.write(&write)
		switch {
		case errors.Is(err, queue.ErrStale):
			err = c.merge()
		case errors.Is(err, queue.ErrGone):
			c.vanished(nil)
		case errors.Is(err, queue.ErrLost):
			c.loss()
		case err == nil:
			c.stored(t, stored)
		}
		if err != nil {
			return
		}
	}
	if c.memory.inUse() || c.id == "" {
		return
	}
	wished := c.memory.wished
	c.memory = memory{}
	c.hintDesk(queue.Hint{Kind: hintLog})
	if wished && c.conv.State == bot.Closed {
		// Who could not be put in the line is put there now.
		c.turn(&turn{event: bot.Event{Kind: bot.Human}, from: bot.Closed})
		return
	}
	c.lineUp()
	c.tellState(true)
}

// catchUp takes the stored state when a turn had been stored all the same,
// before its answer was lost: what was done is what is stored, and others may
// have written since. What it cannot read now is stale for the next turn.
func (c *chat) catchUp(others bool) {
	var err error
	switch {
	case !c.memory.inUse():
		err = c.reload()
	case others:
		err = c.merge()
	}
	if err != nil {
		c.server.log.Warn("a stored conversation could not be read", "what", "chat", "err", err)
	}
}

// linger writes what was answered from memory although the socket has ended:
// the browser may come back on another node. Here it takes the memory over.
func (c *chat) linger() {
	enough := time.After(lingerMost)
	for c.memory.inUse() && !c.over {
		select {
		case <-time.After(storeEvery):
			c.refill = refill[frame]{} // nothing more comes here
			c.safely("", c.store)
		case <-c.events: // nobody is there to be told
		case <-c.taken:
			c.stop(closeTakenOver, "taken over")
		case <-c.server.draining:
			return
		case <-enough:
			return
		}
	}
}

func (c *chat) stored(t *turn, stored queue.Stored) {
	c.memory.turns = c.memory.turns[1:]
	others := stored.Again && stored.Version > c.version+1
	if !others {
		c.version = stored.Version
	}
	if t.begins {
		c.attach()
	}
	c.seq = min(c.seq, stored.Seq)
	if t.said != nil {
		c.answered.add(c.server.limits.hash(t.re()))
	}
	c.tell(stored.Entries, t.re())
	if stored.Again {
		c.catchUp(others)
	}
}

// merge goes on from a version that somebody else wrote meanwhile: who has
// the conversation is theirs to say, what was talked about is ours.
func (c *chat) merge() error {
	ours := c.conv
	if err := c.reload(); err != nil {
		return err
	}
	ours.State, ours.Counsellor = c.conv.State, c.conv.Counsellor
	ours.Danger = max(ours.Danger, c.conv.Danger)
	c.conv = ours
	c.memory.turns[len(c.memory.turns)-1].next = ours
	return nil
}

// reload goes on from what is stored.
func (c *chat) reload() error {
	rec, err := c.load(c.id)
	if err != nil {
		return err
	}
	return c.adopt(rec)
}

// sayNumbers sends the numbers to call, outside the numbered log and without
// a change to the conversation.
func (c *chat) sayNumbers(re string) {
	defer func() {
		if recover() != nil {
			c.server.logPanic("numbers")
		}
	}()
	if c.id == "" {
		return
	}
	_, answer, err := c.server.bot.Next(c.conv, bot.Event{Kind: bot.Away})
	if err == nil && answer.Reply != nil {
		c.conn.send(unnumbered(c.server.reply(answer, c.conv, re).bytes(), c.server.store.Now()))
	}
}
