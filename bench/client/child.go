package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
)

// Child is one child's browser. Run it once; the fields are set before.
type Child struct {
	Name  string
	Nodes func() []string // addresses that can be tried now
	Dial  Dial
	Log   *history.Log
	Rand  *rand.Rand
	Every time.Duration // mean time between two messages; 0: says nothing
	Most  int           // messages in all; 0: no end
	Human bool          // asks for a person at once

	// set by Run, read by anybody
	Closes Closes      // with which codes sockets ended
	quit   atomic.Bool // says nothing new
	forget atomic.Bool // wants to be erased

	mu      sync.Mutex
	talk    *history.Talk // guarded by mu for others than Run
	addr    string        // guarded by mu; of the last socket
	outages []Outage      // guarded by mu
	state   string        // guarded by mu

	// owned by Run
	token      string
	epoch      string
	seq        int64
	count      int
	pending    []said
	kept       []said // the last 50, to send again when the store lost state
	way        way
	cut        time.Duration // when the last socket ended; 0 while one lives
	asked      bool
	asking     time.Time // when it last asked to be erased
	news       time.Time // when a socket or a message last came
	nextSay    time.Time
	nextPing   time.Time
	retryAfter time.Time
}

type said struct {
	id, text string
	sent     time.Time
	written  bool // the history has it
}

// Outage is a time without a socket, by the log's clock.
type Outage struct {
	From, To time.Duration
	Node     string // that the socket was on
}

// Closes counts the close codes of sockets.
type Closes struct {
	mu    sync.Mutex
	codes map[int]int
}

func (c *Closes) add(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.codes == nil {
		c.codes = map[int]int{}
	}
	c.codes[code]++
}

// Of gives how many sockets ended with a code.
func (c *Closes) Of(code int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[code]
}

// Quit makes the child say nothing new; Run then ends when all is received.
func (c *Child) Quit() { c.quit.Store(true) }

// Forget makes the child ask to be erased, until it is told so; Run then ends.
func (c *Child) Forget() { c.forget.Store(true) }

// Outages lists the times without a socket.
func (c *Child) Outages() []Outage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.outages)
}

// Addr is the node of the last socket.
func (c *Child) Addr() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addr
}

// State is who answers the child now, as it was last told.
func (c *Child) State() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Talk is what it saw; nil before Run.
func (c *Child) Talk() *history.Talk {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.talk
}

const keptMost = 50

// Run chats until the context ends, or until it has quit and all is received.
func (c *Child) Run(ctx context.Context) {
	c.mu.Lock()
	c.talk = c.Log.Talk(c.Name)
	c.mu.Unlock()
	c.nextSay = time.Now().Add(time.Duration(c.Rand.Int64N(int64(max(c.Every, 1)))))
	for ctx.Err() == nil {
		err := c.visit(ctx)
		if errors.Is(err, errFinished) {
			return
		}
		if !errors.Is(err, errNotOpened) {
			c.Closes.add(code(err))
		}
		if c.cut == 0 {
			c.cut = c.Log.Now()
			c.talk.Add(history.Event{At: c.cut, Kind: history.Cut})
		}
		sleep(ctx, c.way.again(c.Rand, err))
	}
}

// finished: all is received, and what belongs to it has had time to come.
func (c *Child) finished() bool {
	settle := settleFor
	if c.Human {
		settle = settlePerson
	}
	return c.quit.Load() && len(c.pending) == 0 && (!c.Human || c.asked) && time.Since(c.news) > settle
}

var (
	errFinished  = errors.New("finished")
	errNotOpened = errors.New("no socket") // a node that is gone refuses: that is no socket that ended
)

// visit is one socket, from the handshake to its end.
func (c *Child) visit(ctx context.Context) error {
	addr := c.way.to(c.Rand, c.Nodes())
	if addr == "" {
		return errDead
	}
	s, err := open(ctx, c.Dial, "ws://"+addr+"/ws", "praatpaal.v1", http.Header{"Origin": {"http://" + addr}})
	c.way.tried(addr, err)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotOpened, err)
	}
	defer s.close()
	c.mu.Lock()
	c.addr = addr
	c.mu.Unlock()
	if c.token == "" {
		err = s.send(object{"type": "start", "lang": "nl"})
	} else {
		err = s.send(object{"type": "resume", "token": c.token, "after": c.seq})
	}
	if err != nil {
		return err
	}
	return c.live(ctx, s)
}

// live goes on until the socket ends.
func (c *Child) live(ctx context.Context, s *socket) error {
	welcome := false
	c.nextPing = time.Now().Add(pingEvery)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f, ok := <-s.frames:
			if !ok {
				return s.end
			}
			if err := c.take(s, f); err != nil {
				return err
			}
			welcome = welcome || f.Type == "welcome"
		case now := <-tick.C:
			if welcome && c.finished() {
				return errFinished
			}
			if err := c.due(s, now, welcome); err != nil {
				return err
			}
		}
	}
}

// due does what the time has come for.
func (c *Child) due(s *socket, now time.Time, welcome bool) error {
	if now.After(c.nextPing) {
		c.nextPing = now.Add(pingEvery)
		if err := s.send(object{"type": "ping"}); err != nil {
			return err
		}
	}
	if s.quiet() {
		return errDead
	}
	if !welcome {
		return nil
	}
	if c.forget.Load() {
		if now.Sub(c.asking) < againEvery {
			return nil
		}
		c.asking = now
		return s.send(object{"type": "forget"})
	}
	if c.Human && !c.asked {
		c.asked = true
		return s.send(object{"type": "human"})
	}
	for i := range c.pending {
		if now.Sub(c.pending[i].sent) > againEvery && now.After(c.retryAfter) {
			if err := c.say(s, &c.pending[i]); err != nil {
				return err
			}
		}
	}
	if c.Every > 0 && !c.quit.Load() && now.After(c.nextSay) && len(c.pending) < 3 && (c.Most == 0 || c.count < c.Most) {
		c.nextSay = now.Add(time.Duration(c.Rand.Int64N(int64(2*c.Every)) + 1))
		c.count++
		c.pending = append(c.pending, said{id: fmt.Sprint("m", c.count), text: fmt.Sprintf("%s nummer %d", c.Name, c.count)})
		return c.say(s, &c.pending[len(c.pending)-1])
	}
	return nil
}

// say sends a message, for the first time or again.
func (c *Child) say(s *socket, m *said) error {
	if !m.written {
		m.written = true
		c.talk.Add(history.Event{At: c.Log.Now(), Kind: history.Sent, ID: m.id, Text: m.text})
	}
	m.sent = time.Now()
	return s.send(object{"type": "say", "id": m.id, "text": m.text})
}
