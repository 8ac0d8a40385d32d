package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// Talker is the bot: a pure function of a conversation and an event.
type Talker interface {
	Next(bot.Conversation, bot.Event) (bot.Conversation, bot.Answer, error)
	Label(c bot.Conversation, choice string) string
	Summary(bot.Conversation) bot.Summary
}

// Writing changes the numbered log of a conversation.
type Writing interface {
	Begin(context.Context, queue.Turn) (queue.Stored, error)
	Turn(context.Context, queue.Turn) (queue.Stored, error)
	Forget(ctx context.Context, id string, how queue.Outcome) error
}

// Reading looks a conversation up, and says who reads it.
type Reading interface {
	Load(ctx context.Context, id string) (queue.Record, error)
	After(ctx context.Context, id string, seq int64) ([]queue.Entry, error)
	Attach(ctx context.Context, id, connection string) error
}

// Places are the children's side of the waiting line.
type Places interface {
	Join(context.Context, queue.Waiting) (queue.Place, error)
	Leave(ctx context.Context, id string, how queue.Outcome) error
	Place(ctx context.Context, id string) (queue.Place, error)
}

// Codes are the words that lead back to a conversation, for a day.
type Codes interface {
	GiveCode(ctx context.Context, token, words string) (until time.Time, err error)
	TakeCode(ctx context.Context, words string) (token string, err error)
}

// Counting adds to a counter that belongs to no conversation.
type Counting interface {
	Count(ctx context.Context, what, value, lang string) error
}

// Fairness names where somebody comes from, for the order of the line: a keyed
// hash of the address prefix that nobody can turn back.
type Fairness interface {
	Bucket(prefix string) string
}

// Watch keeps the line true: whose socket lives, whose lease ran out.
type Watch interface {
	Alive(ctx context.Context, ids ...string) error
	Sweep(context.Context) ([]queue.Claim, error)
}

// Hinting carries hints between the nodes.
type Hinting interface {
	Hints() <-chan queue.Hint
	Hint(context.Context, queue.Hint) error
}

// Health says whether the store answers, or does so elsewhere only; what time
// it is for all nodes; and whether the store lost state: who finds that says so.
type Health interface {
	Ready(context.Context) error
	Now() time.Time
	Elsewhere() bool
	Epoch() string
	LostAt() time.Time // when this node saw that state was lost; zero: never
	Lost(ctx context.Context, epoch string) error
}

// Store is all that web asks of package queue.
type Store interface {
	Writing
	Reading
	Places
	Codes
	Counting
	Fairness
	Board
	Duty
	Watch
	Hinting
	Health
	Claiming
	Ending
	Accounts
}

// errAway is the answer for every call while the store is known to be away.
var errAway = errors.New("the store is away")

// decided tells that the store answered, so that asking again is no use.
func decided(err error) bool {
	for _, known := range []error{
		queue.ErrGone, queue.ErrStale, queue.ErrLost, queue.ErrFenced, queue.ErrNobody, queue.ErrTaken, queue.ErrLogin,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// call asks the store for something within storeWait. Everything that is
// called through it may be done twice without harm; a second try hides a
// connection that broke while it was idle.
func (s *Server) call(try func(context.Context) error) error {
	if s.away.is() {
		return errAway
	}
	ctx := s.deadline.shared()
	var err error
	for range 2 {
		if err = try(ctx); err == nil || decided(err) {
			return err
		}
	}
	s.away.suspect()
	return err
}

// deadline gives calls of the store a context that ends storeWait later, or a
// little after. Those of a quarter of a second share one: making one for each
// call was a fortieth of what a whole turn costs.
type deadline struct {
	base context.Context // fixed

	mu    sync.Mutex
	ctx   context.Context
	until time.Time // when the next one is made
}

const sharedFor = storeWait / 8

// shared gives a context that ends by itself.
func (d *deadline) shared() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := time.Now(); d.ctx == nil || now.After(d.until) {
		ctx, cancel := context.WithTimeout(d.base, storeWait+sharedFor)
		context.AfterFunc(ctx, cancel)
		d.ctx, d.until = ctx, now.Add(sharedFor)
	}
	return d.ctx
}

// away knows whether the store answers. Whoever gets an error says so with
// suspect; run asks the store itself, then and every few seconds, and more
// often until it is back.
type away struct {
	// fixed
	ready     func(context.Context) error
	elsewhere func() bool // other nodes reach it
	changed   func()      // called by run when the store went or came back
	alone     func()      // called by run when only this node does not reach it
	suspects  chan struct{}

	// guarded by mu
	mu     sync.Mutex
	now    bool
	cutOff bool // only this node does not reach it
}

func newAway(store Health, changed, alone func()) *away {
	return &away{ready: store.Ready, elsewhere: store.Elsewhere, changed: changed, alone: alone, suspects: make(chan struct{}, 1)}
}

// isCutOff tells that visitors are better served by other nodes.
func (a *away) isCutOff() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cutOff
}

// look sends visitors elsewhere once it is known that they can be served there.
func (a *away) look() {
	if a.isCutOff() || !a.elsewhere() {
		return
	}
	a.mu.Lock()
	a.cutOff = true
	a.mu.Unlock()
	a.alone()
}

func (a *away) is() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *away) set(now bool) {
	a.mu.Lock()
	was := a.now
	a.now, a.cutOff = now, now && a.cutOff
	a.mu.Unlock()
	if was != now {
		a.changed()
	}
}

func (a *away) suspect() {
	select {
	case a.suspects <- struct{}{}:
	default:
	}
}

// run ends with the context.
func (a *away) run(ctx context.Context) {
	for {
		select {
		case <-a.suspects:
		case <-time.After(healthEvery):
		case <-ctx.Done():
			return
		}
		for !a.asks(ctx) {
			a.set(true)
			a.look()
			select {
			case <-time.After(probeEvery):
			case <-ctx.Done():
				return
			}
		}
		a.set(false)
	}
}

func (a *away) asks(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	return a.ready(ctx) == nil
}

// unpack reads a conversation as appendState wrote it, here or on another node.
func unpack(state []byte) (c bot.Conversation, err error) {
	if err := json.Unmarshal(state, &c); err != nil {
		return c, fmt.Errorf("stored conversation: %w", err)
	}
	return c, nil
}
