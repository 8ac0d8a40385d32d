package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// turn is one event on its way: worked out by the bot, then stored.
type turn struct {
	event  bot.Event
	said   *message  // the child's own words; nil for anything else
	from   bot.State // the state that the event is for; "" for any
	begins bool      // the first of a conversation
	key    string    // makes the write happen once
	next   bot.Conversation
	answer bot.Answer
	paper  []byte // that what is stored is written on, while it is being stored
}

// body is a message as it is stored and sent, until the turn is over.
func (t *turn) body(m *message) []byte {
	from := len(t.paper)
	t.paper = m.append(t.paper)
	return slices.Clip(t.paper[from:])
}

// re is the id that an answer refers to.
func (t *turn) re() string {
	if t.said == nil {
		return ""
	}
	return t.said.ID
}

// heard remembers the ids of the last messages, as a ring of hashes.
type heard struct {
	ids  [resends]uint64
	next int
}

func (h *heard) add(id uint64) {
	h.ids[h.next%len(h.ids)] = id
	h.next++
}

func (h *heard) has(id uint64) bool {
	for _, known := range h.ids[:min(h.next, len(h.ids))] {
		if known == id {
			return true
		}
	}
	return false
}

// turn works one event out and stores it; what the bot answers goes out when
// it is safe.
func (c *chat) turn(t *turn) {
	if retry := c.tooFast(t); retry > 0 {
		c.fail(errorFrame{Code: rateLimited, Re: t.re(), RetryS: retry})
		return
	}
	if c.memory.inUse() {
		c.fromMemory(t)
		return
	}
	lent := c.server.joints.Get().(*[]byte)
	t.paper = *lent
	defer func() {
		*lent, t.paper = t.paper, nil // the turn may be kept in memory
		c.server.joints.Put(lent)
	}()
	c.tryTurn(t)
}

// tryTurn works a turn out again when somebody else has written meanwhile.
func (c *chat) tryTurn(t *turn) {
	for range turnTries {
		if t.from != "" && t.from != c.conv.State {
			return
		}
		if err := c.work(t); err != nil {
			c.notPossible(t, err)
			return
		}
		stored, err := c.write(t)
		if err == nil {
			c.accept(t, stored)
			return
		}
		if !errors.Is(err, queue.ErrStale) {
			c.notStored(t, err)
			return
		}
		if err := c.look(); err != nil && !errors.Is(err, queue.ErrGone) {
			c.fromMemory(t)
			return
		}
		if c.id == "" || c.over {
			return // gone meanwhile, and the browser was told
		}
	}
	c.fail(errorFrame{Code: busy, Re: t.re()})
}

// tooFast gives the seconds to wait before this turn may come; 0 for now.
// What comes again is free, and so is the first call for a person.
func (c *chat) tooFast(t *turn) int {
	switch t.event.Kind {
	case bot.Say, bot.Choose:
		if c.answered.has(c.server.limits.hash(t.re())) {
			return 0
		}
	case bot.Human:
		if c.conv.State == bot.WithBot || c.conv.State == bot.Closed {
			return 0
		}
	case bot.Speak, bot.ToBot:
	default:
		return 0
	}
	if c.says.Allow() {
		return 0
	}
	if c.again > 0 {
		c.again--
		return 0
	}
	r := c.says.Reserve()
	defer r.Cancel()
	return int(math.Ceil(r.Delay().Seconds()))
}

// work asks the bot. A message that this socket has an answer to changes
// nothing: it is stored once more only if the store has lost it.
func (c *chat) work(t *turn) (err error) {
	if t.said != nil && c.answered.has(c.server.limits.hash(t.re())) {
		t.next, t.answer = c.conv, bot.Answer{}
		return nil
	}
	t.event.Line = c.noLineNow()
	t.next, t.answer, err = c.server.bot.Next(c.conv, t.event)
	return err
}

// noLineNow says why nobody can be put in the line now; "" when one can.
func (c *chat) noLineNow() bot.EventKind {
	if c.memory.inUse() || c.server.away.is() {
		return bot.Away
	}
	if open, _ := c.server.open(); !open {
		return bot.NoOne
	}
	return ""
}

// notPossible answers what the bot refuses: a tap on something that was not
// offered, unless the same tap comes again after the talk has moved on.
func (c *chat) notPossible(t *turn, err error) {
	if !errors.Is(err, bot.ErrUnknownChoice) {
		c.fail(errorFrame{Code: badFrame, Re: t.re()})
		return
	}
	old, err := c.find(t.re())
	switch {
	case err != nil:
		c.fail(errorFrame{Code: unavailable, Re: t.re()})
	case len(old) == 0:
		c.fail(errorFrame{Code: unknownChoice, Re: t.re()})
	default:
		c.tellAgain(old, t.re())
	}
}

// find gives the stored turn of a message, empty when there is none.
func (c *chat) find(id string) (found []queue.Entry, err error) {
	entries, err := c.after(0)
	for _, e := range entries {
		var m struct{ From, ID, Re string }
		if json.Unmarshal(e.Body, &m) != nil {
			continue
		}
		if m.From == "child" && m.ID == id || m.From == "bot" && m.Re == id {
			found = append(found, e)
		}
	}
	return found, err
}

// notStored goes on when the store did not take a turn.
func (c *chat) notStored(t *turn, err error) {
	switch {
	case errors.Is(err, queue.ErrGone):
		c.vanished(t)
	case errors.Is(err, queue.ErrLost) && c.loss():
		c.onceMore(t)
	default:
		c.fromMemory(t)
	}
}

// write stores a turn: one call, which may be made twice.
func (c *chat) write(t *turn) (stored queue.Stored, err error) {
	if t.key == "" {
		t.key = storeID(t.re())
	}
	if t.key == "" {
		t.key = rand.Text() + rand.Text() // longer than any id of a browser
	}
	t.paper = appendState(t.paper[:0], &t.next) // what an earlier try wrote there is over
	q := queue.Turn{ID: c.id, Message: t.key, Expect: c.version, Seen: c.seq, State: slices.Clip(t.paper), Kept: c.kept(t.next)}
	q.Entries = c.entries(t)
	err = c.server.call(func(ctx context.Context) (err error) {
		if t.begins {
			stored, err = c.server.store.Begin(ctx, q)
			return err
		}
		stored, err = c.server.store.Turn(ctx, q)
		return err
	})
	return stored, err
}

// storeID is a browser's id for a message as the store takes it: not readable,
// since a sender may put anything into it.
func storeID(id string) string {
	if id == "" {
		return ""
	}
	return digest(id)[:32]
}

// kept tells whether a counsellor has had the conversation.
func (c *chat) kept(conv bot.Conversation) bool {
	return conv.State == bot.WithCounsellor || conv.Counsellor != ""
}

// entries are the child's words and the bot's answer, as they go to the log.
func (c *chat) entries(t *turn) []queue.Entry {
	entries := make([]queue.Entry, 0, 2)
	if t.said != nil {
		t.said.Lang = c.conv.Lang
		e := queue.Entry{From: "child", Body: t.body(t.said)}
		if t.re() != "" {
			e.ID = t.key
		}
		entries = append(entries, e)
	}
	if t.answer.Reply != nil {
		entries = append(entries, queue.Entry{From: "bot", Body: t.body(c.server.reply(t.answer, t.next, t.re()))})
	}
	return entries
}

// reply is the bot's frame, with what was understood where that is asked for.
func (s *Server) reply(a bot.Answer, next bot.Conversation, re string) *message {
	m := botMessage(a.Reply, re)
	if !s.options.Explain {
		return &m
	}
	m.Danger = &next.Danger
	if h := a.Heard; h != nil {
		m.Understood = &understood{Topic: h.Topic, Role: h.Role, Danger: h.Danger, Wants: h.Wants}
	}
	return &m
}

// accept makes a stored turn ours and answers it.
func (c *chat) accept(t *turn, stored queue.Stored) {
	if t.said != nil {
		c.answered.add(c.server.limits.hash(t.re()))
	}
	if stored.Again {
		c.acceptAgain(t, stored)
		return
	}
	c.conv, c.version = t.next, stored.Version
	c.tell(stored.Entries, t.re())
	c.hintDesk(queue.Hint{Kind: hintLog})
	if t.answer.Do == bot.Forget {
		c.forget(queue.Left)
		return
	}
	c.lineUp()
	c.tellState(false)
}

// acceptAgain answers a turn that was stored before: the same message came
// again, or our own write was done although its answer was lost.
func (c *chat) acceptAgain(t *turn, stored queue.Stored) {
	ours := len(stored.Entries) > 0 && stored.Entries[0].Seq > c.seq
	c.tellAgain(stored.Entries, t.re())
	if stored.Version == c.version || c.look() != nil {
		return
	}
	if ours && t.answer.Do == bot.Forget {
		c.forget(queue.Left)
		return
	}
	c.lineUp()
	c.tellState(false)
}

// tell sends new entries in their order, and before them what others wrote.
func (c *chat) tell(entries []queue.Entry, re string) {
	if len(entries) > 0 && entries[0].Seq > c.seq+1 {
		missed, _ := c.after(c.seq)
		for _, e := range missed {
			if e.Seq < entries[0].Seq {
				c.pass(e, "")
			}
		}
	}
	for _, e := range entries {
		if e.Seq > c.seq {
			c.pass(e, re)
		}
	}
}

// tellAgain answers a message that came again as it was answered before.
func (c *chat) tellAgain(entries []queue.Entry, re string) {
	for _, e := range entries {
		c.pass(e, re)
	}
}

// pass sends one stored entry, of the turn that answers re where that is given:
// then the child's own message needs no more than its number. Notes of
// counsellors are not for the child.
func (c *chat) pass(e queue.Entry, re string) {
	c.seq = max(c.seq, e.Seq)
	if e.At.After(c.latest) {
		c.latest = e.At
	}
	switch {
	case e.From == fromNote:
	case e.From == "child" && re != "":
		c.conn.sendWritten(func(out []byte) []byte { return appendReceived(out, re, e.Seq) })
	default:
		c.conn.sendWritten(func(out []byte) []byte { return appendNumbered(out, e) })
	}
}

// typing tells the counsellor that the child types.
func (c *chat) typing() {
	if c.conv.State != bot.WithCounsellor || time.Now().Before(c.clock.typing) {
		return
	}
	c.clock.typing = time.Now().Add(typingEvery)
	c.hintDesk(queue.Hint{Kind: hintTyping, From: "child"})
}

// hintDesk tells the desk that has this conversation to look. A hint may be
// lost; the desk polls as well.
func (c *chat) hintDesk(h queue.Hint) {
	if c.conv.State != bot.WithCounsellor {
		return
	}
	h.ID, h.Origin = c.id, c.me
	c.server.hint(h)
}
