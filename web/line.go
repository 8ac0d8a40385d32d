package web

import (
	"context"
	"errors"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// place is the child's place in the waiting line.
type place struct {
	in     bool      // in the line
	since  time.Time // of joining
	danger book.Danger
	now    queue.Place
	asked  time.Time // when now was asked for
	nobody time.Time // since when no counsellor is present; zero when one is
	alone  bool      // the child was told so
	shown  string    // the last state frame
	told   time.Time // when it was sent
}

// lineUp makes the line agree with the conversation's state: whoever waits
// stands in it, at the danger known now, and nobody else does.
func (c *chat) lineUp() {
	switch {
	case c.conv.State == bot.Waiting && (!c.place.in || c.conv.Danger > c.place.danger):
		c.join()
	case c.conv.State == bot.WithCounsellor:
		c.leftLine()
	case c.conv.State != bot.Waiting && c.place.in:
		c.leaveLine()
	}
}

func (c *chat) join() {
	w := queue.Waiting{
		ID: c.id, Danger: c.conv.Danger, Topic: c.conv.Topic, Role: c.conv.Role,
		As: c.conv.As, Lang: c.conv.Lang, Bucket: c.bucket, Connected: true,
	}
	if !c.place.since.IsZero() {
		w.Since = c.place.since // the store may have lost the line
	}
	var now queue.Place
	err := c.server.call(func(ctx context.Context) (err error) {
		now, err = c.server.store.Join(ctx, w)
		return err
	})
	switch {
	case errors.Is(err, queue.ErrTaken):
		c.look()
	case err != nil:
		c.noLine()
	default:
		c.place.danger = w.Danger
		c.placed(now)
		c.sayAlone()
	}
}

// sayAlone tells a child that has just joined the line that no counsellor is
// there yet, with the numbers of who is; once.
func (c *chat) sayAlone() {
	if c.place.now.Counsellors > 0 || c.place.alone {
		return
	}
	c.place.alone = true
	c.turn(&turn{event: bot.Event{Kind: bot.Alone}, from: bot.Waiting})
}

// placed notes the place that the line has told.
func (c *chat) placed(now queue.Place) {
	if c.place.since.IsZero() || !now.Since.IsZero() {
		c.place.since = now.Since
	}
	c.memory.told = false
	c.place.in, c.place.now, c.place.asked = true, now, time.Now()
	c.server.hub.waits(c.id, true)
}

// noLine gives the numbers at once to a child that cannot be put in the line.
func (c *chat) noLine() {
	if !c.place.in {
		c.fromMemory(&turn{event: bot.Event{Kind: bot.Away}})
		return
	}
	if !c.memory.told {
		c.memory.told = true
		c.sayNumbers("")
	}
}

func (c *chat) leaveLine() {
	how := queue.Left
	if c.conv.State == bot.Closed {
		how = queue.Elsewhere
	}
	err := c.server.call(func(ctx context.Context) error { return c.server.store.Leave(ctx, c.id, how) })
	if err == nil || errors.Is(err, queue.ErrGone) {
		c.leftLine()
	}
}

// leftLine forgets the place.
func (c *chat) leftLine() {
	c.server.hub.waits(c.id, c.conv.State == bot.WithCounsellor)
	c.place = place{shown: c.place.shown, told: c.place.told}
}

// lineMoves looks at the line because of a hint; many hints at once are one.
func (c *chat) lineMoves() {
	if soon := c.place.asked.Add(lineQuiet); time.Now().Before(soon) {
		c.clock.look = soon
		return
	}
	was := c.memory.told
	c.lookAtLine()
	c.tellState(was && !c.memory.told)
}

// lookAtLine asks for the place of a waiting child and tells it.
func (c *chat) lookAtLine() {
	if c.conv.State != bot.Waiting || c.memory.inUse() {
		return
	}
	var now queue.Place
	err := c.server.call(func(ctx context.Context) (err error) {
		now, err = c.server.store.Place(ctx, c.id)
		return err
	})
	switch {
	case errors.Is(err, queue.ErrGone): // a join that was half done
		c.notInLine()
	case err != nil:
		c.noLine()
	case now.Position == 0: // claimed this moment
		c.look()
	default:
		c.placed(now)
	}
	c.longAlone()
}

// notInLine finds out why a waiting child has no place.
func (c *chat) notInLine() {
	rec, err := c.load(c.id)
	if err != nil || rec.Holder != "" || rec.Version != c.version {
		c.look()
		return
	}
	c.place.in = false
	c.lineUp()
}

// longAlone ends the wait of a child for whom nobody has been there for long:
// it is told, with what works now.
func (c *chat) longAlone() {
	switch {
	case !c.place.in || c.place.now.Counsellors > 0:
		c.place.nobody = time.Time{}
	case c.place.nobody.IsZero():
		c.place.nobody = time.Now()
	case time.Since(c.place.nobody) > nobodyWait:
		c.turn(&turn{event: bot.Event{Kind: bot.NoOne}, from: bot.Waiting})
	}
}

// withBot is the state frame at the end of most turns.
const withBot = `{"type":"state","state":"bot"}`

// tellState sends the state when it is another than the browser knows, or
// when it must be sent anyway.
func (c *chat) tellState(must bool) {
	if c.id == "" || c.over {
		return
	}
	f := stateFrame{Type: "state", State: c.conv.State}
	switch c.conv.State {
	case bot.Waiting:
		if !c.place.in || c.memory.told {
			return // nothing is known of the line
		}
		p := c.place.now
		if p.Counsellors == 0 {
			p.Wait = nobodyWait // nobody knows; by then it is told
		} else {
			f.WaitFromS, f.WaitToS = whole(p.Least), whole(p.Most)
		}
		f.Position, f.WaitS, f.Counsellors = p.Position, whole(p.Wait), &p.Counsellors
	case bot.WithCounsellor:
		f.Name = c.conv.Counsellor
	case bot.Closed:
		if _, at := c.server.open(); !at.IsZero() {
			f.OpensAt = at.Format(time.RFC3339)
		}
	}
	frame := []byte(withBot)
	if f != (stateFrame{Type: "state", State: bot.WithBot}) {
		frame = encode(f)
	}
	if c.place.shown == "" && c.conv.State == bot.WithBot {
		c.place.shown = string(frame) // the welcome has said so
	}
	if must || string(frame) != c.place.shown {
		c.place.shown, c.place.told = string(frame), time.Now()
		c.conn.send(frame)
	}
}

// whole is a time in seconds.
func whole(d time.Duration) *int {
	s := int(d.Seconds())
	return &s
}

// next is when the owner has something to do although nothing happens.
func (c *chat) next() time.Time {
	if c.over {
		return time.Now().Add(pingEvery)
	}
	if latest := time.Now().Add(c.lookEvery()); latest.Before(c.clock.look) {
		c.clock.look = latest // the state has changed to one that is looked at more often
	}
	next := c.clock.look
	if c.clock.ping.Before(next) {
		next = c.clock.ping
	}
	if c.refill.active() && c.refill.until.Before(next) {
		next = c.refill.until
	}
	return next
}

// tick does what is due.
func (c *chat) tick() {
	if c.over {
		return
	}
	now := time.Now()
	if !now.Before(c.clock.ping) {
		c.clock.ping = now.Add(pingEvery)
		c.conn.ping()
	}
	c.refilled()
	if now.Before(c.clock.look) || c.over {
		return
	}
	if c.id == "" {
		c.stop(closePolicy, "start or resume expected")
		return
	}
	c.lookAround()
	c.clock.look = time.Now().Add(c.lookEvery())
}

// lookAround finds what no hint has told.
func (c *chat) lookAround() {
	switch {
	case c.memory.inUse():
		c.store()
	case c.server.store.Epoch() != c.epoch:
		c.newEpoch()
	case c.conv.State == bot.Waiting:
		c.lookAtLine()
		c.tellState(time.Since(c.place.told) >= lineEvery)
	case c.conv.State == bot.WithCounsellor:
		c.lookAtDesk()
	case c.place.in:
		c.lineUp()
	}
}

// lookAtDesk finds what the counsellor wrote, and whether one is still there:
// a child is not left with a claim that nobody holds.
func (c *chat) lookAtDesk() {
	c.hintDesk(queue.Hint{Kind: hintConnected, From: socketHere})
	rec, err := c.load(c.id)
	if err == nil && rec.Version == c.version && rec.Holder == "" && time.Now().After(c.returns) {
		c.turn(&turn{event: bot.Event{Kind: bot.Lost}, from: bot.WithCounsellor})
		return
	}
	c.look()
}

func (c *chat) lookEvery() time.Duration {
	switch {
	case c.memory.inUse():
		return storeEvery
	case c.conv.State == bot.Waiting:
		return max(lineQuiet, time.Until(c.place.told.Add(lineEvery)))
	case c.conv.State == bot.WithCounsellor:
		return deskEvery
	}
	return pingEvery
}
