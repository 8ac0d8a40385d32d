package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

var errCut = errors.New("cut")

// blade is a connection that ends in the middle of whatever passes when its
// bytes are used up.
type blade struct {
	*net.TCPConn
	mu   sync.Mutex
	left int // guarded by mu; bytes in both directions
}

// use takes n bytes, and gives how many of them still pass.
func (b *blade) use(n int) (pass int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	pass = min(n, b.left)
	b.left -= pass
	if b.left <= 0 {
		return pass, errCut
	}
	return pass, nil
}

// Read is called by the websocket.
func (b *blade) Read(p []byte) (int, error) {
	n, err := b.TCPConn.Read(p)
	pass, cut := b.use(n)
	return pass, b.end(errors.Join(err, cut))
}

// Write is called by the websocket.
func (b *blade) Write(p []byte) (int, error) {
	pass, cut := b.use(len(p))
	n, err := b.TCPConn.Write(p[:pass])
	return n, b.end(errors.Join(err, cut))
}

// end resets a connection that is used up, so that nobody says goodbye.
func (b *blade) end(err error) error {
	if errors.Is(err, errCut) {
		_ = b.SetLinger(0)
		_ = b.Close()
	}
	return err
}

// cutting counts the cuts, and stops cutting when there were enough.
type cutting struct {
	mu   sync.Mutex
	rand *rand.Rand // guarded by mu
	left int        // guarded by mu
}

// offset gives where the next connection is cut.
func (c *cutting) offset() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left <= 0 {
		return 1 << 40
	}
	c.left--
	return 1 + c.rand.IntN(6000)
}

func (c *cutting) done() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left <= 0
}

func (c *cutting) dial(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &blade{TCPConn: conn.(*net.TCPConn), left: c.offset()}, nil
}

// socketsCut: every socket of every child ends at a random byte, and the child
// goes on at whatever node it comes to (F10). The scene's children are left
// alone; those with cut sockets come besides.
func socketsCut(ctx context.Context, w *world) error {
	cuts := 700
	if w.long {
		cuts = 10000
	}
	c := &cutting{rand: rand.New(rand.NewPCG(w.rand.Uint64(), 3)), left: cuts}
	mark := w.log.Now()
	for range w.scaled(150) {
		w.childOver(c.dial, false)
	}
	if err := w.until(ctx, 4*time.Minute, "all cuts", c.done); err != nil {
		return err
	}
	if err := w.wait(ctx, 3*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.outages(mark)
	w.note("%d cuts, %d of sockets in use", cuts, len(w.result.recovered))
	w.must(part(w.result.recovered, 95) <= 3*time.Second, "back: p95 %v, at most 3 s", part(w.result.recovered, 95))
	return nil
}
