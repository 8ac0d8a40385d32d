package main

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// nodeKilled: nodes die in the middle of turns, one after another, and come
// back some seconds later (F1).
func nodeKilled(ctx context.Context, w *world) error {
	mark := w.log.Now()
	for range 3 {
		n := w.nodes[w.rand.IntN(len(w.nodes))]
		if err := w.wait(ctx, time.Duration(w.rand.IntN(1000))*time.Millisecond); err != nil {
			return err
		}
		if err := n.Kill(); err != nil {
			return err
		}
		if err := w.wait(ctx, 2*time.Second); err != nil {
			return err
		}
		if err := n.Start(); err != nil {
			return err
		}
	}
	if err := w.wait(ctx, 3*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.outages(mark)
	w.must(part(w.result.recovered, 95) <= 3*time.Second, "back on another node: p95 %v, at most 3 s", part(w.result.recovered, 95))
	w.must(part(w.result.recovered, 99) <= 8*time.Second, "back on another node: p99 %v, at most 8 s", part(w.result.recovered, 99))
	return nil
}

// allKilled: every node dies at the same moment (F23).
func allKilled(ctx context.Context, w *world) error {
	mark := w.log.Now()
	for _, n := range w.nodes {
		if err := n.Signal(syscall.SIGKILL); err != nil {
			return err
		}
	}
	errs := make([]error, len(w.nodes))
	var up sync.WaitGroup
	for i, n := range w.nodes {
		up.Go(func() {
			if errs[i] = n.Wait(5 * time.Second); errs[i] == nil {
				errs[i] = n.Start()
			}
		})
	}
	up.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	back := w.log.Now()
	if err := w.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.outages(mark)
	w.note("nodes were back after %v", short(back-mark))
	w.must(part(w.result.recovered, 100) <= 30*time.Second, "steady after %v, at most 30 s", part(w.result.recovered, 100))
	return nil
}

// deploy: each node gets SIGTERM in turn, and a new one takes its place (F12).
func deploy(ctx context.Context, w *world) error {
	mark := w.log.Now()
	abnormal, restart := w.closes(1006), w.closes(1012)
	for i, old := range w.nodes[:len(w.nodes):len(w.nodes)] {
		fresh, err := stand.StartNode(w.plan, fmt.Sprint("fresh", i))
		if err != nil {
			return err
		}
		w.addNode(fresh)
		w.leaveOut(old, true)
		began := time.Now()
		if err := old.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		err = old.Wait(30 * time.Second)
		w.must(err == nil && time.Since(began) <= 20*time.Second, "process out after %v, at most 20 s", time.Since(began))
	}
	if err := w.wait(ctx, 12*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.outages(mark)
	w.note("%d closed with 1012, %d with 1006", w.closes(1012)-restart, w.closes(1006)-abnormal)
	w.must(w.closes(1012) > restart, "sockets to be closed with 1012")
	w.must(w.closes(1006) == abnormal, "no socket to end with 1006")
	w.must(part(w.result.recovered, 100) <= 15*time.Second, "back after %v, at most 15 s", part(w.result.recovered, 100))
	return nil
}

// closes counts the children's sockets that ended with a code.
func (w *world) closes(code int) (n int) {
	for _, c := range w.children {
		n += c.Closes.Of(code)
	}
	return n
}
