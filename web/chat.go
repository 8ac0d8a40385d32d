package web

import (
	"crypto/rand"
	"time"

	"golang.org/x/time/rate"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// event is one thing that happened to a chat: a frame from the browser, or a
// hint of the store that its numbers have changed.
type event struct {
	frame *frame
	hint  *queue.Hint
}

// chat owns the child's end of one conversation. One goroutine, run, touches
// it; everything that happens reaches it through events.
type chat struct {
	// fixed
	server *Server
	conn   *conn
	me     string // random name of this connection
	lang   string // that the browser asks for
	bucket string // where it comes from, for the fairness of the line
	events chan event
	taken  chan struct{} // one place: another socket goes on with the conversation
	quiet  chan struct{} // closed when run writes nothing more
	done   chan struct{} // closed when run has ended

	// owned by run
	id, token string // "" before start and resume
	conv      bot.Conversation
	version   int64
	seq       int64     // the highest number that the browser was sent
	latest    time.Time // when the newest of what it was sent was stored
	epoch     string
	mark      string // after the epoch, when this conversation alone is short of something
	over      bool   // nothing more is answered
	returned  bool   // came back with words, perhaps on another device
	bad       int    // bad frames in a row
	says      *rate.Limiter
	frames    *rate.Limiter
	again     int      // messages that may come again at once, after a loss
	answered  heard    // ids of messages that this socket has an answer to
	felt      []string // questions about how it feels that were answered
	place     place
	memory    memory
	refill    refill[frame] // what comes just after a loss
	returns   time.Time     // until when a counsellor may come back after it
	clock     clock
}

// clock holds when the owner next does what it does from time to time.
type clock struct {
	ping, look, typing time.Time
}

func newChat(s *Server, c *conn, lang, bucket string) *chat {
	return &chat{
		server: s, conn: c, me: rand.Text(), lang: lang, bucket: bucket,
		events: make(chan event, eventsQueued), taken: make(chan struct{}, 1),
		quiet: make(chan struct{}), done: make(chan struct{}),
		frames: s.limits.frames(),
	}
}

// deliver is called by the reader goroutine.
func (c *chat) deliver(data []byte) {
	f := decode(data)
	e := event{frame: &f}
	select {
	case c.events <- e: // at once, nearly always
		return
	default:
	}
	select {
	case c.events <- e:
	case <-c.done:
	}
}

// hint is called by the hub. A hint that finds the owner busy is lost, and the
// next look finds the same.
func (c *chat) hint(h queue.Hint) {
	select {
	case c.events <- event{hint: &h}:
	default:
	}
}

// takeOver is called by the chat that goes on with the conversation.
func (c *chat) takeOver() {
	select {
	case c.taken <- struct{}{}:
	default:
	}
}

// run is the owner goroutine. It ends when the socket has ended.
func (c *chat) run() {
	defer close(c.done)
	defer c.leave()
	c.clock.ping = time.Now().Add(pingEvery)
	c.clock.look = time.Now().Add(startWait)
	tick, due := time.NewTimer(startWait), time.Now().Add(startWait)
	defer tick.Stop()
	for {
		select {
		case e := <-c.events:
			c.handle(e)
		case <-tick.C:
			c.safely("", c.tick)
			due = time.Time{}
		case <-c.taken:
			c.stop(closeTakenOver, "taken over")
		case <-c.drained():
			c.stop(closeRestart, retryReason())
		case <-c.conn.gone:
			c.linger()
			return
		}
		// What is due later than the timer is found when that rings.
		if next := c.next(); due.IsZero() || next.Before(due) {
			due = next
			tick.Reset(time.Until(due))
		}
	}
}

// drained is closed when the server stops; nil once the socket is closing.
func (c *chat) drained() <-chan struct{} {
	if c.over {
		return nil
	}
	return c.conn.drain
}

// handle answers one event.
func (c *chat) handle(e event) {
	switch {
	case c.over:
	case e.hint != nil:
		c.safely("", func() { c.hinted(*e.hint) })
	default:
		c.safely(e.frame.id, func() { c.answer(*e.frame) })
	}
}

// safely keeps a panic inside this conversation: the child gets the numbers
// to call, and nobody else notices.
func (c *chat) safely(re string, do func()) {
	defer func() {
		if p := recover(); p != nil {
			c.server.logPanic("chat")
			c.fail(errorFrame{Code: unavailable, Re: re})
			c.sayNumbers(re)
		}
	}()
	do()
}

// answer answers one frame from the browser.
func (c *chat) answer(f frame) {
	if c.id == "" {
		c.clock.look = time.Now().Add(startWait)
	}
	if f.wrong == "" && !c.expected(f.kind) {
		f.wrong = badFrame
	}
	if !c.frames.Allow() {
		f.wrong = rateLimited
	}
	if f.wrong != "" {
		c.refuse(f)
		return
	}
	c.bad = 0
	if c.refill.active() && (f.kind == "say" || f.kind == "choose") {
		c.putBack(f)
		return
	}
	c.act(f)
}

// expected tells whether a frame has a meaning now: a conversation begins with
// start or resume, once.
func (c *chat) expected(kind string) bool {
	begins := kind == "start" || kind == "resume" || kind == "return"
	return kind == "ping" || begins == (c.id == "")
}

func (c *chat) act(f frame) {
	switch f.kind {
	case "ping":
		c.conn.send([]byte(`{"type":"pong"}`))
	case "start":
		c.start(f)
	case "resume":
		c.resume(f)
	case "return":
		c.comeBack(f)
	case "code":
		c.giveCode()
	case "feel":
		c.feel(f)
	case "say":
		c.say(f)
	case "choose":
		c.choose(f)
	case "lang":
		c.turn(&turn{event: bot.Event{Kind: bot.Speak, Lang: f.lang}})
	case "typing":
		c.typing()
	case "human":
		c.turn(&turn{event: bot.Event{Kind: bot.Human}})
	case "bot":
		c.turn(&turn{event: bot.Event{Kind: bot.ToBot}})
	case "forget":
		c.forget(queue.Left)
	case "exit":
		c.forget(queue.QuickExit)
	}
}

// refuse answers a frame that is not right; too many in a row end the socket.
func (c *chat) refuse(f frame) {
	c.fail(errorFrame{Code: f.wrong, Re: f.id})
	if f.wrong == tooLong || f.wrong == rateLimited {
		return
	}
	if c.bad++; c.bad >= maxBad {
		c.stop(closePolicy, "too many bad frames")
	}
}

// fail sends an error with its text in the child's language.
func (c *chat) fail(e errorFrame) {
	e.Type, e.Text = "error", c.server.text(c.language(), "error."+e.Code)
	switch e.Code {
	case rateLimited:
		e.RetryS = max(1, e.RetryS)
	case notErased:
		e.Code = unavailable
	case codeOften:
		e.Code = rateLimited
	}
	c.conn.send(encode(e))
}

func (c *chat) language() string {
	if c.conv.Lang != "" {
		return c.conv.Lang
	}
	return c.lang
}

// start begins a new conversation.
func (c *chat) start(f frame) {
	e := bot.Event{Kind: bot.Start, Lang: f.lang, As: f.as, Page: f.page}
	if e.Lang == "" {
		e.Lang = c.lang
	}
	if e.As == "" {
		e.As = "child"
	}
	t := &turn{event: e, begins: true}
	if err := c.work(t); err != nil {
		c.refuse(frame{wrong: badFrame})
		return
	}
	c.token, c.id = queue.NewToken()
	c.says = c.server.limits.says(c.id)
	c.server.hub.bind(c.id, c)
	c.conv, c.epoch, c.seq, c.version = t.next, c.server.store.Epoch(), 0, 0
	stored, err := c.write(t)
	c.welcome(0)
	if err != nil {
		c.remember(t)
		return
	}
	c.accept(t, stored)
	c.attach()
}

func (c *chat) welcome(seq int64) {
	f := welcomeFrame{Type: "welcome", Token: c.token, Lang: c.conv.Lang, Seq: seq, State: c.conv.State, Epoch: c.epoch + c.mark}
	if c.returned {
		f.As = c.conv.As
	}
	c.conn.send(encode(f))
}

// say takes what was typed.
func (c *chat) say(f frame) {
	m := plainMessage("child", f.id, f.text)
	c.turn(&turn{event: bot.Event{Kind: bot.Say, Text: f.text}, said: &m})
}

// choose takes a quick reply; its label is what the child said.
func (c *chat) choose(f frame) {
	m := plainMessage("child", f.id, c.server.bot.Label(c.conv, f.choice))
	m.Choice = f.choice
	c.turn(&turn{event: bot.Event{Kind: bot.Choose, Choice: f.choice}, said: &m})
}

// forget erases the conversation everywhere and ends the socket. The child is
// told when that is not possible now; it is tried until it is.
func (c *chat) forget(how queue.Outcome) {
	c.hintDesk(queue.Hint{Kind: hintForgotten, From: string(how)})
	if err := c.server.erase(c.id, how); err == nil {
		c.conn.send([]byte(`{"type":"forgotten"}`))
	} else if how != queue.QuickExit {
		c.fail(errorFrame{Code: notErased})
		return
	}
	c.stop(closeNormal, "")
}

// stop ends the socket with a code, after what is queued.
func (c *chat) stop(code int, reason string) {
	if c.over {
		return
	}
	c.over = true
	close(c.quiet)
	c.conn.close(code, reason)
}

// leave is what remains to be done when the socket has ended.
func (c *chat) leave() {
	if !c.over {
		c.hintDesk(queue.Hint{Kind: hintConnected, From: socketGone})
		c.over = true
		close(c.quiet)
	}
	c.server.hub.unbind(c.id, c)
}
