package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html"
	"strings"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// fromNote marks an entry that is for colleagues only.
const fromNote = "note"

// Claiming is how a counsellor gets a conversation and keeps it.
type Claiming interface {
	Claim(ctx context.Context, holder, id string) (queue.Claim, error)
	Renew(context.Context, queue.Claim) (queue.Claim, error)
	Claims(ctx context.Context, holder string) ([]queue.Claim, error)
}

// Ending is how a counsellor gives a conversation away.
type Ending interface {
	Release(context.Context, queue.Claim, queue.Release) error
	HandOver(ctx context.Context, c queue.Claim, holder string) (queue.Claim, error)
	End(context.Context, queue.Claim, queue.Outcome) error
}

// held is one conversation that a desk has claimed, owned by the desk.
type held struct {
	ledger
	claim     queue.Claim
	seq       int64 // the highest number that the desk was sent
	danger    book.Danger
	topic     string
	connected bool
	seen      time.Time // last sign of the child's socket
	typing    time.Time // when typing may be told again
	missed    time.Time // since when it is not in the store; zero: it is
	returns   time.Time // until when it is looked for after a loss; zero: it is here
}

// claim takes the next child, or one by id.
func (d *desk) claim(f deskFrame) {
	if len(d.cases) >= maxOpen {
		d.fail(f, tooManyOpen)
		return
	}
	claim, err := d.askClaim(f.conversation)
	switch {
	case errors.Is(err, queue.ErrNobody):
		d.fail(f, nobodyWaits)
	case errors.Is(err, queue.ErrTaken), errors.Is(err, queue.ErrGone):
		d.fail(f, takenCase)
	case err != nil:
		d.fail(f, unavailable)
	default:
		d.take(claim)
	}
	d.server.lineMoved()
}

// askClaim asks once only: asked twice it might give two children. What it
// got without an answer is found by the next look at our claims.
func (d *desk) askClaim(id string) (queue.Claim, error) {
	if d.server.away.is() {
		return queue.Claim{}, errAway
	}
	ctx, cancel := context.WithTimeout(d.server.base, storeWait)
	defer cancel()
	claim, err := d.server.store.Claim(ctx, d.name, id)
	if err != nil && !decided(err) {
		d.server.away.suspect()
	}
	return claim, err
}

// take makes a claim ours: the child is told who has come, and the desk gets
// the story so far. It is also how a desk goes on after a lost line.
func (d *desk) take(claim queue.Claim) {
	h := &held{
		ledger: ledger{server: d.server, id: claim.ID, fence: claim.Fence},
		claim:  claim, connected: claim.Waiting.Connected, seen: time.Now(),
	}
	if err := d.greet(h); err != nil {
		d.drop(h, err)
		return
	}
	entries, err := h.after(0)
	if err != nil {
		d.fail(deskFrame{conversation: h.id}, unavailable)
		return
	}
	d.cases[h.id] = h
	d.tellClaimed(h, entries)
}

// greet brings the conversation into the counsellor's hands, unless it is.
func (d *desk) greet(h *held) error {
	if err := h.load(); err != nil {
		return err
	}
	if h.conv.State == bot.WithCounsellor && h.conv.Counsellor == d.name {
		return nil
	}
	if h.conv.State == bot.WithBot || h.conv.State == bot.Ended {
		return errOtherState
	}
	return h.write(bot.Event{Kind: bot.Joined, Name: d.name}, "")
}

// drop gives up a claim that came to nothing.
func (d *desk) drop(h *held, err error) {
	switch {
	case errors.Is(err, errOtherState), errors.Is(err, queue.ErrGone):
		d.server.call(func(ctx context.Context) error { return d.server.store.End(ctx, h.claim, queue.Left) })
		d.fail(deskFrame{conversation: h.id}, takenCase)
	case errors.Is(err, queue.ErrFenced):
		d.fail(deskFrame{conversation: h.id}, takenCase)
	default:
		d.fail(deskFrame{conversation: h.id}, unavailable)
	}
}

func (d *desk) tellClaimed(h *held, entries []queue.Entry) {
	sum := d.server.bot.Summary(h.conv)
	h.danger, h.topic = sum.Danger, sum.Topic
	f := claimedFrame{
		Type: "claimed", Conversation: h.id, Lang: sum.Lang, Danger: sum.Danger, Topic: sum.Topic, Role: sum.Role,
		As: sum.As, Since: h.claim.Waiting.Since.UTC(), Why: nonNil(sum.Why), Told: nonNil(sum.Told),
		Notes: []rawFrame{}, Messages: []rawFrame{}, Connected: h.connected,
	}
	for _, e := range entries {
		h.seq = max(h.seq, e.Seq)
		if e.From == fromNote {
			f.Notes = append(f.Notes, d.message(h.id, e))
		} else {
			f.Messages = append(f.Messages, d.message(h.id, e))
		}
	}
	d.conn.sendPatiently(encode(f))
}

func nonNil(list []string) []string { return append([]string{}, list...) }

// message is a stored entry as the desk gets it.
func (d *desk) message(id string, e queue.Entry) rawFrame {
	return append([]byte(`{"conversation":"`+id+`",`), numbered(e)[1:]...)
}

// say sends what the counsellor typed. The claim's number goes with it: a desk
// that has lost the child cannot write to it any more.
func (d *desk) say(f deskFrame, h *held) {
	m := plainMessage("counsellor", f.id, f.text)
	m.Name, m.Lang = d.name, h.conv.Lang
	m.Parts[0].HTML = "<p>" + strings.ReplaceAll(html.EscapeString(f.text), "\n", "<br>") + "</p>"
	d.write(f, h, m)
}

// note keeps something for colleagues; the child never sees it.
func (d *desk) note(f deskFrame, h *held) {
	m := plainMessage(fromNote, f.id, f.text)
	m.Name = d.name
	d.write(f, h, m)
}

func (d *desk) write(f deskFrame, h *held, m message) {
	key := rand.Text() + rand.Text() // longer than any id of a browser
	if f.id != "" {
		key = digest(m.From, d.name, f.id)
	}
	stored, err := h.say(m, key, h.seq)
	if err != nil {
		d.notWritten(f, h, err)
		return
	}
	for _, e := range stored.Entries {
		if e.Seq > h.seq+1 {
			d.catchUp(h)
		}
		d.conn.send(encode(caseFrame{Type: "received", Conversation: h.id, ID: f.id, Seq: e.Seq}))
		h.seq = max(h.seq, e.Seq)
	}
	d.server.hint(queue.Hint{ID: h.id, Kind: hintLog, Origin: d.me})
}

// digest makes one word of several, which no browser can make up.
func digest(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:])
}

// lost answers a write that was not possible.
func (d *desk) lost(f deskFrame, h *held, err error) {
	if !errors.Is(err, queue.ErrGone) && !errors.Is(err, queue.ErrFenced) {
		d.fail(f, unavailable)
		return
	}
	d.fail(f, notYours)
	d.look(h)
}

// gone takes a conversation off the desk.
func (d *desk) gone(h *held, how string) {
	if d.cases[h.id] == h {
		delete(d.cases, h.id)
		d.conn.send(encode(caseFrame{Type: "gone", Conversation: h.id, How: how}))
	}
}

// typing tells the child that the counsellor types.
func (d *desk) typing(_ deskFrame, h *held) {
	if now := time.Now(); now.After(h.typing) {
		h.typing = now.Add(typingEvery)
		d.server.hint(queue.Hint{ID: h.id, Kind: hintTyping, From: "counsellor", Origin: d.me})
	}
}

// release gives the child back to the bot or to the front of the line. The
// conversation is told first: the claim is what allows us to.
func (d *desk) release(f deskFrame, h *held) {
	event, how := bot.Event{Kind: bot.HandBack}, queue.ToBot
	if f.to == "line" {
		event.Kind, how = bot.Requeued, queue.ToLine
	}
	d.part(f, h, event, "released", func(ctx context.Context) error {
		return d.server.store.Release(ctx, h.claim, how)
	})
}

// end finishes the talk. Whoever was sent elsewhere is counted so.
func (d *desk) end(f deskFrame, h *held) {
	how := queue.Served
	if f.outcome == "referred" {
		how = queue.Elsewhere
	}
	d.part(f, h, bot.Event{Kind: bot.Finished}, "ended", func(ctx context.Context) error {
		return d.server.store.End(ctx, h.claim, how)
	})
}

// part writes how a talk ended for us, and then lets the claim go.
func (d *desk) part(f deskFrame, h *held, e bot.Event, how string, let func(context.Context) error) {
	err := h.write(e, bot.WithCounsellor)
	if err == nil || errors.Is(err, errOtherState) {
		err = d.server.call(let)
	}
	if err != nil {
		// What was written may be lost with all the rest: it is stored again first.
		if !d.waits(f, h, err) {
			d.lost(f, h, err)
		}
		return
	}
	d.gone(h, how)
	d.server.hint(queue.Hint{ID: h.id, Kind: hintLog, Origin: d.me})
	d.server.lineMoved()
}

// handOver gives the child to a colleague, whose desk greets it.
func (d *desk) handOver(f deskFrame, h *held) {
	if f.to == d.name {
		d.fail(f, badFrame)
		return
	}
	err := h.load() // a line that was lost says no more than that the claim is over
	if err == nil {
		err = d.server.call(func(ctx context.Context) error {
			_, err := d.server.store.HandOver(ctx, h.claim, f.to)
			return err
		})
	}
	switch {
	case err == nil:
		d.gone(h, "handed-over")
	case errors.Is(err, queue.ErrAway):
		d.fail(f, colleagueAway)
	case !d.waits(f, h, err):
		d.lost(f, h, err)
	}
}

// catchUp sends what others wrote.
func (d *desk) catchUp(h *held) {
	entries, err := h.after(h.seq)
	if err != nil {
		return
	}
	for _, e := range entries {
		h.seq = max(h.seq, e.Seq)
		d.conn.sendPatiently(d.message(h.id, e))
	}
}

// look compares a conversation with what is stored.
func (d *desk) look(h *held) {
	if !h.returns.IsZero() {
		return
	}
	err := h.load()
	switch {
	case errors.Is(err, queue.ErrGone):
		d.missing(h)
		return
	case err != nil:
		return
	case d.noticed():
		return
	case h.record.Holder != d.name || h.record.Fence != h.claim.Fence:
		d.gone(h, "lost")
		return
	}
	if h.record.Seq < h.seq {
		d.loss()
	}
	if h.record.Seq > h.seq {
		d.catchUp(h)
	}
	if sum := d.server.bot.Summary(h.conv); sum.Danger != h.danger || sum.Topic != h.topic {
		h.danger, h.topic = sum.Danger, sum.Topic
		d.conn.send(encode(dangerFrame{
			Type: "danger", Conversation: h.id, Danger: sum.Danger, Topic: sum.Topic, Why: nonNil(sum.Why),
		}))
	}
	d.connected(h, time.Since(h.seen) < goneAfter)
}

// missing takes a conversation that is not there any more off the desk, unless
// a hint says first how it went.
func (d *desk) missing(h *held) {
	if h.missed.IsZero() {
		h.missed = time.Now()
	}
	if time.Since(h.missed) >= hintWait {
		d.gone(h, "forgotten")
	}
}

// connected tells whether the child's socket lives.
func (d *desk) connected(h *held, yes bool) {
	if yes != h.connected {
		h.connected = yes
		d.conn.send(encode(caseFrame{Type: "connected", Conversation: h.id, Connected: &yes}))
	}
}
