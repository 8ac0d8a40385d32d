package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/praatpaal/praatpaal/bench/client"
	"github.com/praatpaal/praatpaal/bench/history"
	"github.com/praatpaal/praatpaal/bench/stand"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// world is one run: a store, nodes, and who talks with them.
type world struct {
	// fixed after begin
	dir     string
	long    bool
	rand    *rand.Rand
	plan    stand.Plan
	clock   func() (string, error)
	log     *history.Log
	store   *stand.Store
	network *stand.Network // nil: all on this machine
	relays  []*stand.Relay
	every   time.Duration
	says    int

	mu       sync.Mutex
	nodes    []*stand.Node     // guarded by mu
	out      map[string]bool   // addresses that nobody tries; guarded by mu
	sessions map[string]string // by counsellor; guarded by mu

	// owned by the run's goroutine
	children    []*client.Child
	counsellors []*client.Counsellor
	cancel      []context.CancelFunc // of the counsellors, in their order
	talking     sync.WaitGroup
	stop        context.CancelFunc
	live        context.Context
	forgot      bool // the store lost its counters too
	result      result
}

func newWorld(o options, dir string, s scene, seed int) (*world, error) {
	w := &world{
		dir: dir, long: o.long, rand: rand.New(rand.NewPCG(uint64(seed), 2026)), log: history.New(),
		clock: o.clock, every: s.every, says: s.says, out: map[string]bool{}, sessions: map[string]string{},
	}
	w.live, w.stop = context.WithCancel(context.Background())
	if w.every == 0 {
		w.every = 500 * time.Millisecond
	}
	if w.says == 0 {
		w.says = 4
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return w, err
	}
	var err error
	w.result.seed = seed
	w.plan = stand.Plan{Binary: o.binary, Dir: dir, Env: s.env}
	switch {
	case s.place != nil:
		return w, s.place(w)
	case s.store != nil:
		w.store, err = s.store(dir)
	default:
		w.store, err = stand.Single(dir)
	}
	if err == nil {
		w.plan.Redis = w.store.URL
	}
	return w, err
}

// scaled is a number of people in this run.
func (w *world) scaled(n int) int {
	if w.long || n < 3 {
		return n
	}
	return n / 3
}

// begin starts the nodes, and then everybody who is there from the start.
func (w *world) begin(ctx context.Context, s scene) error {
	if len(w.nodes) == 0 {
		if err := w.startNodes(3); err != nil {
			return err
		}
	}
	if s.empty {
		return nil
	}
	if err := w.accounts(ctx, w.scaled(s.counsellors)); err != nil {
		return err
	}
	for range w.scaled(s.children) {
		w.child(false)
	}
	for range w.scaled(s.waiting) {
		w.child(true)
	}
	for i := range w.scaled(s.counsellors) {
		w.counsellor(i, nil)
	}
	return w.wait(ctx, 3*time.Second)
}

func (w *world) startNodes(n int) error {
	errs := make([]error, n)
	w.nodes = make([]*stand.Node, n)
	var up sync.WaitGroup
	for i := range n {
		up.Go(func() { w.nodes[i], errs[i] = stand.StartNode(w.plan, fmt.Sprint("node", i)) })
	}
	up.Wait()
	return errors.Join(errs...)
}

// addrs are the nodes that clients try, dead or alive.
func (w *world) addrs() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, n := range w.nodes {
		if !w.out[n.Addr] {
			all = append(all, n.Addr)
		}
	}
	return all
}

// addNode puts another node beside those that are there.
func (w *world) addNode(n *stand.Node) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nodes = append(w.nodes, n)
}

// leaveOut makes clients not try a node any more.
func (w *world) leaveOut(n *stand.Node, yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out[n.Addr] = yes
}

// queue opens the store beside the nodes, for what no client can do.
func (w *world) queue(ctx context.Context, do func(*queue.Queue) error) error {
	q, err := queue.Open(ctx, queue.Options{URLs: []string{w.store.URL}, Keys: w.plan.Keys()})
	if err != nil {
		return err
	}
	return errors.Join(do(q), q.Close())
}

func counsellorName(i int) string { return fmt.Sprintf("Hulp%02d", i) }

// accounts makes counsellors and signs them in.
func (w *world) accounts(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	return w.queue(ctx, func(q *queue.Queue) error {
		for i := range n {
			name := counsellorName(i)
			password, _ := queue.NewToken()
			if err := q.AddCounsellor(ctx, name, password); err != nil {
				return err
			}
			code, err := q.OnceCode(ctx, name)
			if err != nil {
				return err
			}
			session, err := q.SignInOnce(ctx, code)
			if err != nil {
				return err
			}
			w.mu.Lock()
			w.sessions[name] = session
			w.mu.Unlock()
		}
		return nil
	})
}

func (w *world) child(human bool) *client.Child { return w.childOver(client.Plain, human) }

// childOver is a child whose connections are made by a fault.
func (w *world) childOver(dial client.Dial, human bool) *client.Child {
	c := &client.Child{
		Name: fmt.Sprint("kind", len(w.children)), Nodes: w.addrs, Dial: dial, Log: w.log,
		Rand: rand.New(rand.NewPCG(w.rand.Uint64(), 1)), Every: w.every, Human: human,
	}
	w.children = append(w.children, c)
	w.talking.Go(func() { c.Run(w.live) })
	return c
}

func (w *world) counsellor(i int, start <-chan struct{}) *client.Counsellor {
	name := counsellorName(i)
	c := &client.Counsellor{
		Name: name, Nodes: w.addrs, Dial: client.Plain, Log: w.log, Rand: rand.New(rand.NewPCG(w.rand.Uint64(), 2)),
		Every: w.every, Open: 3, Says: w.says, Start: start,
		Session: func() string {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.sessions[name]
		},
	}
	ctx, cancel := context.WithCancel(w.live)
	w.counsellors, w.cancel = append(w.counsellors, c), append(w.cancel, cancel)
	w.talking.Go(func() { c.Run(ctx) })
	return c
}

// wait lets time pass; the context's error when it ends meanwhile.
func (w *world) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// until asks again and again; an error with the reason when it takes too long.
func (w *world) until(ctx context.Context, most time.Duration, what string, ask func() bool) error {
	end := time.Now().Add(most)
	for !ask() {
		if time.Now().After(end) {
			return fmt.Errorf("%s: not within %v", what, most)
		}
		if err := w.wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// must notes a target that was missed.
func (w *world) must(ok bool, format string, args ...any) {
	if !ok {
		w.result.missed = append(w.result.missed, fmt.Sprintf(format, args...))
	}
}

func (w *world) note(format string, args ...any) {
	w.result.notes = append(w.result.notes, fmt.Sprintf(format, args...))
}

// close ends everything, whatever has happened.
func (w *world) close() {
	w.stop()
	w.talking.Wait()
	for _, n := range w.nodes {
		if n != nil {
			_ = n.Kill() // the kernel ends it with us at the latest
		}
	}
	for _, r := range w.relays {
		r.Close()
	}
	if w.store != nil {
		_ = w.store.Close()
	}
	if w.network != nil {
		if err := w.network.Close(); err != nil {
			w.note("%v", err)
		}
	}
}
