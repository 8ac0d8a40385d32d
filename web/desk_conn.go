package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// desk owns a counsellor's end: one goroutine, run, touches it, and everything
// that happens reaches it through events.
type desk struct {
	// fixed
	server  *Server
	conn    *conn
	me      string // random name of this connection
	name    string // the counsellor's first name, which is the account's
	session string
	lang    string
	events  chan deskEvent
	out     chan struct{} // one place: signed out
	done    chan struct{}

	// owned by run
	cases   map[string]*held
	over    bool
	bad     int
	frames  *rate.Limiter
	epoch   string
	refill  refill[deskFrame] // what comes just after a loss, or while the store is away
	stalled bool              // what was held is tried again
	clock   deskClock

	// shared, safe by itself
	absent atomic.Bool // takes no new children
	again  atomic.Bool // the same counsellor has opened another desk
}

type deskEvent struct {
	frame deskFrame
	hint  *queue.Hint
}

// deskClock holds when the desk next does what it does from time to time.
type deskClock struct {
	ping, look, renew time.Time
}

// deskSocket answers GET /counsellor/ws.
func (s *Server) deskSocket(w http.ResponseWriter, r *http.Request) {
	if !s.sameOrigin(r) {
		refuseUpgrade(w, http.StatusForbidden)
		return
	}
	name, session, err := s.signedIn(r)
	switch {
	case errors.Is(err, queue.ErrLogin):
		refuseUpgrade(w, http.StatusUnauthorized)
		return
	case err != nil:
		refuseUpgrade(w, http.StatusServiceUnavailable)
		return
	}
	ws := s.upgrade(w, r, deskProtocol)
	if ws == nil {
		return
	}
	c := newConn(ws, s.sockets.Go, &s.joints)
	d := &desk{
		server: s, conn: c, me: rand.Text(), name: name, session: session, lang: acceptedLanguage(r),
		events: make(chan deskEvent, eventsQueued), out: make(chan struct{}, 1), done: make(chan struct{}),
		cases: map[string]*held{}, frames: rate.NewLimiter(framesPerSecond, framesAtOnce),
	}
	s.live(c, d.deliver, d.run)
}

func (d *desk) deliver(data []byte) {
	select {
	case d.events <- deskEvent{frame: decodeDesk(data)}:
	case <-d.done:
	}
}

// hint is called by the hub; a hint that finds the desk busy is lost, and the
// next look finds the same.
func (d *desk) hint(h queue.Hint) {
	if h.Origin == d.me {
		return
	}
	select {
	case d.events <- deskEvent{hint: &h}:
	default:
	}
}

// signOut is called when the session ends, or goes on at another desk.
func (d *desk) signOut(elsewhere bool) {
	d.again.Store(elsewhere)
	select {
	case d.out <- struct{}{}:
	default:
	}
}

// run is the owner goroutine. Claims outlive it: a desk that comes back within
// the lease goes on with them.
func (d *desk) run() {
	defer close(d.done)
	for _, other := range d.server.hub.deskIn(d) {
		other.signOut(true)
	}
	defer d.server.hub.deskOut(d)
	d.safely(d.begin)
	tick := time.NewTimer(time.Second)
	defer tick.Stop()
	for {
		select {
		case e := <-d.events:
			d.safely(func() { d.handle(e) })
		case <-tick.C:
			d.safely(d.tick)
			tick.Reset(min(time.Second, d.untilRefilled()))
		case <-d.out:
			d.leave()
		case <-d.drained():
			d.stop(closeRestart, retryReason())
		case <-d.conn.gone:
			d.server.lineMoved()
			return
		}
	}
}

func (d *desk) drained() <-chan struct{} {
	if d.over {
		return nil
	}
	return d.conn.drain
}

// leave ends a desk whose session is over, or that is open elsewhere now.
func (d *desk) leave() {
	if d.again.Load() {
		d.stop(closeTakenOver, "taken over")
		return
	}
	d.server.call(func(ctx context.Context) error { return d.server.store.OffDuty(ctx, d.name) })
	d.stop(closeSignedOut, "signed out")
}

func (d *desk) stop(code int, reason string) {
	if !d.over {
		d.over = true
		d.conn.close(code, reason)
	}
}

func (d *desk) safely(do func()) {
	if !d.over {
		d.server.safely("desk", do)
	}
}

// begin greets the counsellor and gives back what was claimed before.
func (d *desk) begin() {
	now := time.Now()
	d.clock = deskClock{ping: now.Add(pingEvery), look: now.Add(deskEvery), renew: now.Add(renewEvery)}
	d.hello()
	d.onDuty()
	d.findClaims()
	d.server.lineMoved()
}

func (d *desk) hello() {
	d.epoch = d.server.store.Epoch()
	d.conn.send(encode(helloFrame{Type: "hello", Name: d.name, Epoch: d.epoch, Lang: d.lang}))
}

// findClaims takes the claims that are ours and not on the desk yet: from
// before a lost line, or handed over by a colleague.
func (d *desk) findClaims() {
	var claims []queue.Claim
	err := d.server.call(func(ctx context.Context) (err error) {
		claims, err = d.server.store.Claims(ctx, d.name)
		return err
	})
	if err != nil {
		return
	}
	for _, claim := range claims {
		if d.cases[claim.ID] != nil {
			continue
		}
		if d.take(claim); d.cases[claim.ID] != nil {
			d.keep(d.cases[claim.ID])
		}
	}
}

func (d *desk) handle(e deskEvent) {
	if e.hint != nil {
		d.hinted(*e.hint)
		return
	}
	f := e.frame
	if !d.frames.Allow() {
		f.wrong = rateLimited
	}
	if f.wrong != "" {
		d.refuse(f)
		return
	}
	d.bad = 0
	if d.refill.active() && (f.kind == "say" || f.kind == "note" || f.parts()) {
		d.putBack(f) // in its order
		return
	}
	d.act(f)
}

func (d *desk) act(f deskFrame) {
	switch f.kind {
	case "ping":
		d.conn.send([]byte(`{"type":"pong"}`))
	case "claim":
		d.claim(f)
	case "away":
		d.setAbsent(f.away)
	default:
		d.about(f)
	}
}

func (d *desk) refuse(f deskFrame) {
	d.fail(f, f.wrong)
	if d.bad++; d.bad >= maxBad {
		d.stop(closePolicy, "too many bad frames")
	}
}

// about answers a frame about one of our conversations.
func (d *desk) about(f deskFrame) {
	h := d.cases[f.conversation]
	if h == nil {
		d.fail(f, notYours)
		return
	}
	switch f.kind {
	case "say":
		d.say(f, h)
	case "note":
		d.note(f, h)
	case "typing":
		d.typing(f, h)
	case "release":
		d.release(f, h)
	case "hand-over":
		d.handOver(f, h)
	case "end":
		d.end(f, h)
	}
}

func (d *desk) fail(f deskFrame, code string) {
	d.conn.send(encode(caseFrame{
		Type: "error", Code: code, Text: d.server.text(d.lang, "error."+code), Conversation: f.conversation, Re: f.id,
	}))
}

// hinted looks at what a hint says has changed.
func (d *desk) hinted(h queue.Hint) {
	if h.Kind == hintClaim && h.From == d.name {
		d.findClaims()
	}
	c := d.cases[h.ID]
	if c == nil {
		return
	}
	switch h.Kind {
	case hintTyping:
		if h.From == "child" {
			d.conn.send(encode(caseFrame{Type: "typing", Conversation: c.id}))
		}
	case hintForgotten:
		how := "forgotten"
		if h.From == string(queue.QuickExit) {
			how = "exit"
		}
		d.gone(c, how)
	case hintConnected:
		here := h.From == socketHere
		if here {
			c.seen = time.Now()
		}
		d.connected(c, here)
	case hintLog, hintClaim, hintGone:
		d.look(c)
	}
}

// tick does what is due.
func (d *desk) tick() {
	now := time.Now()
	d.noticed()
	d.bringBack()
	d.refilled()
	if now.After(d.clock.ping) {
		d.clock.ping = now.Add(pingEvery)
		d.conn.ping()
	}
	if now.After(d.clock.renew) {
		d.clock.renew = now.Add(renewEvery)
		d.renew()
	}
	all := now.After(d.clock.look)
	if all {
		d.clock.look = now.Add(deskEvery)
	}
	for _, h := range d.cases {
		if all || !h.missed.IsZero() {
			d.look(h)
		}
	}
}

// renew keeps the claims and the presence, and asks whether the session holds.
func (d *desk) renew() {
	err := d.server.call(func(ctx context.Context) error {
		_, err := d.server.store.Session(ctx, d.session)
		return err
	})
	if errors.Is(err, queue.ErrLogin) && !d.returning() { // a store that lost the children lost the session too
		d.stop(closeSignedOut, "signed out")
		return
	}
	d.onDuty()
	for _, h := range d.cases {
		d.keep(h)
	}
	d.findClaims()
}

// keep renews one claim.
func (d *desk) keep(h *held) {
	var claim queue.Claim
	err := d.server.call(func(ctx context.Context) (err error) {
		claim, err = d.server.store.Renew(ctx, h.claim)
		return err
	})
	switch {
	case err == nil:
		claim.Waiting = h.claim.Waiting
		h.claim = claim
	case errors.Is(err, queue.ErrFenced), errors.Is(err, queue.ErrGone):
		d.look(h)
	}
}

// onDuty says that this counsellor is here for children.
func (d *desk) onDuty() {
	there := d.server.store.OnDuty
	if d.absent.Load() {
		there = d.server.store.OnBreak
	}
	d.server.call(func(ctx context.Context) error { return there(ctx, d.name) })
}

func (d *desk) setAbsent(absent bool) {
	d.absent.Store(absent)
	d.onDuty()
	d.server.lineMoved()
}
