package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/praatpaal/praatpaal/bench/client"
	"github.com/praatpaal/praatpaal/bench/history"
)

// slowReaders: many clients talk and never read, while others chat (F14).
func slowReaders(ctx context.Context, w *world) error {
	mutes := 150
	if w.long {
		mutes = 1000
	}
	mark, before := w.log.Now(), w.memory()
	calm := w.latencies(0, mark)
	var mu sync.Mutex
	var borne []time.Duration
	var gone sync.WaitGroup
	grown := int64(0)
	for i := range mutes {
		gone.Go(func() {
			took, err := client.Mute(ctx, w.addrs()[i%len(w.addrs())], 20*time.Millisecond, 40*time.Second)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				borne = append(borne, took)
			}
		})
	}
	done := make(chan struct{})
	go func() { gone.Wait(); close(done) }()
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		case <-time.After(200 * time.Millisecond):
			grown = max(grown, w.memory()-before)
		}
	}
	busy := w.latencies(mark, w.log.Now())
	w.result.recovered = borne
	w.note("%d never read; cut after p50 %v, at most %v; memory of a node +%d MiB; others' p99 %v, before %v",
		len(borne), short(part(borne, 50)), short(part(borne, 100)), grown>>20, short(part(busy, 99)), short(part(calm, 99)))
	w.must(len(borne) == mutes && part(borne, 100) <= 30*time.Second, "every one to be cut within 30 s")
	w.must(grown <= 100<<20, "memory of a node grows by %d MiB, at most 100", grown>>20)
	// Nothing of them may be left that keeps a node from stopping.
	if err := w.nodes[0].Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := w.nodes[0].Wait(20 * time.Second)
	w.must(err == nil, "a node to stop within 20 s of SIGTERM: %v", err)
	return nil
}

// latencies gives how long messages that were sent in a span of time waited to
// be received.
func (w *world) latencies(from, to time.Duration) (all []time.Duration) {
	for _, c := range w.children {
		sent := map[string]time.Duration{}
		for _, e := range c.Talk().Events() {
			at, known := sent[e.ID]
			switch {
			case e.Kind == history.Sent && e.At >= from && e.At < to:
				sent[e.ID] = e.At
			case e.Kind == history.Received && known:
				all = append(all, e.At-at)
				delete(sent, e.ID)
			}
		}
	}
	return all
}

// wire is a connection that can go dead in one direction without an end.
type wire struct {
	*net.TCPConn
	deaf, dumb *atomic.Bool // nothing comes; nothing leaves
}

// Read is called by the websocket.
func (h wire) Read(p []byte) (int, error) {
	for {
		n, err := h.TCPConn.Read(p)
		if err != nil || !h.deaf.Load() {
			return n, err
		}
	}
}

// Write is called by the websocket.
func (h wire) Write(p []byte) (int, error) {
	if h.dumb.Load() {
		return len(p), nil
	}
	return h.TCPConn.Write(p)
}

// halfOpen: connections die in one direction only, half of them in each
// (F15). New connections work.
func halfOpen(ctx context.Context, w *world) error {
	var deaf, dumb atomic.Bool
	var healthy atomic.Bool
	always := &atomic.Bool{}
	for i := range w.scaled(60) {
		w.childOver(func(ctx context.Context, addr string) (net.Conn, error) {
			conn, err := client.Plain(ctx, addr)
			if err != nil {
				return nil, err
			}
			h := wire{conn.(*net.TCPConn), always, always}
			switch {
			case healthy.Load():
			case i%2 == 0:
				h.deaf = &deaf
			default:
				h.dumb = &dumb
			}
			return h, nil
		}, false)
	}
	dead := make(chan time.Duration, 1)
	go func() {
		took, err := client.Dead(ctx, w.addrs()[0], 75*time.Second)
		if err != nil {
			took = 75 * time.Second
		}
		dead <- took
	}()
	if err := w.wait(ctx, 5*time.Second); err != nil {
		return err
	}
	mark := w.log.Now()
	healthy.Store(true)
	deaf.Store(true)
	dumb.Store(true)
	if err := w.wait(ctx, 40*time.Second); err != nil {
		return err
	}
	for _, c := range w.children {
		for _, o := range c.Outages() {
			if o.To >= mark {
				w.result.recovered = append(w.result.recovered, o.To-mark)
			}
		}
	}
	took := <-dead
	w.note("the server ends a socket that answers nothing after %v", short(took))
	w.must(len(w.result.recovered) == w.scaled(60), "all to come back: %d", len(w.result.recovered))
	w.must(part(w.result.recovered, 100) <= 30*time.Second, "back after %v, at most 30 s", part(w.result.recovered, 100))
	w.must(took <= 30*time.Second, "the server to find a dead line within 30 s: %v", short(took))
	return nil
}

// flood: one source opens 1,000 connections a second, others come as usual
// (F18).
func flood(ctx context.Context, w *world) error {
	n := w.nodes[0]
	seconds := 8
	if w.long {
		seconds = 60
	}
	files, before := n.Files(), n.RSS()
	var refused, let atomic.Int64
	ctx2, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer cancel()
	var gone sync.WaitGroup
	for range 20 {
		gone.Go(func() {
			for ctx2.Err() == nil {
				_, status, err := client.Knock(ctx2, fromSource("127.9.0.1"), n.Addr)
				switch {
				case status != 0:
					refused.Add(1)
				case err == nil:
					let.Add(1)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	var grown int64
	turnedAway := 0
	for i := 0; ctx2.Err() == nil; i++ {
		took, status, err := client.Knock(ctx, fromSource(fmt.Sprintf("127.8.%d.1", i%200)), n.Addr)
		if status != 0 || err != nil {
			turnedAway++
		}
		w.result.recovered = append(w.result.recovered, took)
		grown = max(grown, n.RSS()-before)
		time.Sleep(20 * time.Millisecond)
	}
	gone.Wait()
	w.note("one source: %d let in, %d refused in %d s; others' handshakes p95 %v, %d refused; memory +%d MiB",
		let.Load(), refused.Load(), seconds, short(part(w.result.recovered, 95)), turnedAway, grown>>20)
	w.must(turnedAway == 0, "nobody else to be refused: %d", turnedAway)
	w.must(let.Load() <= int64(20*seconds+120), "the source to be held to burst and rate: %d", let.Load())
	w.must(part(w.result.recovered, 95) <= 500*time.Millisecond, "others' handshakes p95 %v, at most 500 ms", part(w.result.recovered, 95))
	w.must(grown <= 100<<20, "memory grows by %d MiB, at most 100", grown>>20)
	return w.until(ctx, 30*time.Second, "descriptors back", func() bool { return n.Files() <= files+5 })
}

func fromSource(ip string) client.Dial {
	return func(ctx context.Context, addr string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		return d.DialContext(ctx, "tcp", addr)
	}
}
