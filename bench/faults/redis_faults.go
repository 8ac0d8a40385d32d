package main

import (
	"context"
	"syscall"
	"time"
)

// redisKilled: Redis dies and is back 2 s later, with its append-only file
// (F2).
func redisKilled(ctx context.Context, w *world) error {
	r := w.store.Servers[0]
	if err := r.Kill(); err != nil {
		return err
	}
	killed := w.log.Now()
	if err := w.wait(ctx, 2*time.Second); err != nil {
		return err
	}
	away := w.log.Now()
	if err := r.Start(); err != nil {
		return err
	}
	healed := w.log.Now()
	if err := w.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.firstAcks(healed)
	acked := w.acksBetween(killed+500*time.Millisecond, away) // what was under way may come a little later
	w.must(acked == 0, "nothing acked while Redis was away: %d", acked)
	w.must(part(w.result.recovered, 95) <= 3*time.Second, "normal again: p95 %v, at most 3 s", part(w.result.recovered, 95))
	w.alive()
	return nil
}

// redisStopped: Redis hangs for 10 s without dying (F4).
func redisStopped(ctx context.Context, w *world) error {
	r := w.store.Servers[0]
	before := w.memory()
	if err := r.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	slowest := time.Duration(0)
	for range 20 {
		for _, n := range w.nodes {
			began := time.Now()
			err := n.Asks("/healthz", 5*time.Second)
			w.must(err == nil, "/healthz to answer while Redis hangs: %v", err)
			slowest = max(slowest, time.Since(began))
		}
		if err := w.wait(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
	grown := w.memory() - before
	if err := r.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	healed := w.log.Now()
	if err := w.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.firstAcks(healed)
	w.note("/healthz at most %v, memory of a node +%d MiB", short(slowest), grown>>20)
	w.must(slowest <= time.Second, "/healthz answers after %v, at most 1 s", slowest)
	w.must(grown <= 20<<20, "memory of a node grows by %d MiB, at most 20", grown>>20)
	w.must(part(w.result.recovered, 100) <= 5*time.Second, "all pending out after %v, at most 5 s", part(w.result.recovered, 100))
	w.alive()
	return nil
}

// memory is the most that a node takes.
func (w *world) memory() (most int64) {
	for _, n := range w.nodes {
		most = max(most, n.RSS())
	}
	return most
}

// alive: no node has ended or started anew.
func (w *world) alive() {
	for _, n := range w.nodes {
		err := n.Asks("/healthz", time.Second)
		w.must(err == nil, "every node to live on: %v", err)
	}
}

// redisEmpty: Redis dies and comes back without its data (F3). Who is online
// brings everything back.
func redisEmpty(ctx context.Context, w *world) error {
	r := w.store.Servers[0]
	if err := r.Kill(); err != nil {
		return err
	}
	w.forgot = true
	w.log.Emptied()
	if err := r.Empty(); err != nil {
		return err
	}
	if err := w.wait(ctx, time.Second); err != nil {
		return err
	}
	if err := r.Start(); err != nil {
		return err
	}
	healed := w.log.Now()
	if err := w.accounts(ctx, len(w.counsellors)); err != nil { // gone with the data
		return err
	}
	if err := w.wait(ctx, 12*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.firstAcks(healed)
	w.alive()
	return nil
}
