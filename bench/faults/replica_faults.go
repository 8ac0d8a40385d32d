package main

import (
	"context"
	"fmt"
	"time"

	"github.com/praatpaal/praatpaal/bench/stand"
)

func sentinels(dir string) (*stand.Store, error) {
	at := stand.Place{Dir: dir}
	return stand.Sentinel([3]stand.Place{at, at, at}, 5*time.Second)
}

// failover: the master of a Sentinel set dies, or is told to step down (F5).
func failover(ctx context.Context, w *world) error {
	mark := w.log.Now()
	if w.result.seed%2 == 0 {
		w.note("SENTINEL FAILOVER")
		if err := w.store.Failover(); err != nil {
			return err
		}
	} else if err := w.store.Servers[0].Kill(); err != nil {
		return err
	}
	if err := w.wait(ctx, 22*time.Second); err != nil {
		return err
	}
	// Whoever was heard in the first moment was heard by the old master.
	w.result.recovered = w.longestGaps(mark)
	slowest := part(w.result.recovered, 99)
	w.must(slowest <= 10*time.Second, "writes back after %v, at most 10 s", slowest)
	w.alive()
	return nil
}

// shardDown: one of three masters of a Cluster dies; its replica takes over
// (F8).
func shardDown(ctx context.Context, w *world) error {
	mark := w.log.Now()
	if err := w.store.Servers[w.rand.IntN(3)].Kill(); err != nil {
		return err
	}
	if err := w.wait(ctx, 22*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.longestGaps(mark)
	unharmed := 0
	for _, gap := range w.result.recovered {
		if gap < 2500*time.Millisecond {
			unharmed++
		}
	}
	w.note("%d of %d children noticed less than 2.5 s, p75 %v, p90 %v", unharmed, len(w.result.recovered),
		short(part(w.result.recovered, 75)), short(part(w.result.recovered, 90)))
	w.must(unharmed*2 >= len(w.result.recovered), "the other shards to be unharmed")
	slowest := part(w.result.recovered, 99)
	w.must(slowest <= 12*time.Second, "writes back after %v, at most 12 s", slowest)
	w.alive()
	return nil
}

// cutOff: one node does not reach Redis for a while; packets are dropped, not
// refused (F7).
func cutOff(ctx context.Context, w *world) error {
	relay, err := stand.NewRelay(w.store.Servers[0].Addr)
	if err != nil {
		return err
	}
	w.relays = append(w.relays, relay)
	plan := w.plan
	plan.Redis = "redis://" + relay.Addr + "/0"
	n, err := stand.StartNode(plan, "far")
	if err != nil {
		return err
	}
	w.addNode(n)
	for range w.scaled(60) {
		w.child(false)
	}
	if err := w.wait(ctx, 3*time.Second); err != nil {
		return err
	}
	mark := w.log.Now()
	relay.Cut(true)
	notReady := time.Duration(0)
	err = w.until(ctx, 15*time.Second, "not ready", func() bool {
		if n.Asks("/readyz", time.Second) == nil {
			return false
		}
		notReady = w.log.Now() - mark
		return true
	})
	w.must(err == nil && notReady <= 5*time.Second, "not ready after %v, at most 5 s", notReady)
	w.must(n.Asks("/healthz", time.Second) == nil, "the node to live on")
	w.leaveOut(n, true) // as a proxy that asks /readyz does
	if err := w.wait(ctx, 15*time.Second-notReady); err != nil {
		return err
	}
	moved := 0
	for _, c := range w.children {
		if c.Addr() != n.Addr {
			moved++
		}
	}
	sent := w.closes(1013)
	w.must(sent > 0, "sockets to be closed with 1013")
	w.must(moved == len(w.children), "all children to be elsewhere after 15 s: %d of %d", moved, len(w.children))
	relay.Cut(false)
	healed := w.log.Now()
	w.leaveOut(n, false)
	w.note("not ready after %s, %d sockets closed with 1013, %d of %d children elsewhere 15 s later", short(notReady), sent, moved, len(w.children))
	if err := w.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.firstAcks(healed)
	return nil
}

// partition: the master and one node are cut off from the replicas and the
// Sentinels, which choose another master; then all is one again (F6).
func partition(ctx context.Context, w *world) error {
	mark := w.log.Now()
	for other := 1; other <= 2; other++ {
		for _, way := range [][2]int{{0, other}, {other, 0}} {
			if err := w.network.Cut(way[0], way[1], true); err != nil {
				return err
			}
		}
	}
	if err := w.wait(ctx, 15*time.Second); err != nil {
		return err
	}
	for other := 1; other <= 2; other++ {
		for _, way := range [][2]int{{0, other}, {other, 0}} {
			if err := w.network.Cut(way[0], way[1], false); err != nil {
				return err
			}
		}
	}
	healed := w.log.Now()
	if err := w.wait(ctx, 15*time.Second); err != nil {
		return err
	}
	w.result.recovered = w.firstAcks(healed)
	w.note("acked during the cut: %d", w.acksBetween(mark+3*time.Second, healed))
	return nil
}

// apart starts three machines: the master and node 0 on one, replicas,
// Sentinels and the other nodes on two more.
func apart(w *world) error {
	var err error
	if w.network, err = stand.NewNetwork(w.result.seed%200, 3); err != nil {
		return err
	}
	var places [3]stand.Place
	for i := range places {
		places[i] = stand.Place{Dir: w.dir, Inside: w.network.Name(i), Host: w.network.Host(i)}
	}
	if w.store, err = stand.Sentinel(places, 2*time.Second); err != nil {
		return err
	}
	w.plan.Redis = w.store.URL
	for i := range places {
		plan := w.plan
		plan.Inside, plan.Host = w.network.Name(i), w.network.Host(i)
		n, err := stand.StartNode(plan, fmt.Sprint("node", i))
		if err != nil {
			return err
		}
		w.addNode(n)
	}
	return nil
}
