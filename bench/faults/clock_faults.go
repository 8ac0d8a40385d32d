package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// wrongClocks starts three nodes: one is five minutes ahead, one is five
// minutes behind, one jumps back by ten minutes in the middle of the run.
func wrongClocks(w *world) error {
	var err error
	if w.store, err = stand.Single(w.dir); err != nil {
		return err
	}
	w.plan.Redis = w.store.URL
	if w.plan.Binary, err = w.clock(); err != nil {
		return err
	}
	for i, clock := range []string{
		stand.Clock(5*time.Minute, 0, 0), stand.Clock(-5*time.Minute, 0, 0), stand.Clock(0, 25*time.Second, -10*time.Minute),
	} {
		plan := w.plan
		plan.Env = append([]string{clock}, plan.Env...)
		n, err := stand.StartNode(plan, fmt.Sprint("node", i))
		if err != nil {
			return err
		}
		w.addNode(n)
	}
	return nil
}

// clocksWrong: leases end by Redis' clock whatever the nodes' clocks say, and
// the desks show the right ages (F16).
func clocksWrong(ctx context.Context, w *world) error {
	err := w.until(ctx, 20*time.Second, "claims", func() bool { return len(w.counsellors[0].Held()) > 0 })
	if err != nil {
		return err
	}
	left := w.counsellors[0].Held()
	w.cancel[0]()
	if err := w.wait(ctx, time.Second); err != nil { // a renewal may be on its way
		return err
	}
	for _, end := range w.leasesEnd(ctx, slices.Collect(maps.Keys(left))) {
		if end.err != nil {
			return end.err
		}
		w.result.recovered = append(w.result.recovered, end.off.Abs())
		// A node looks every second, and this looks every 50 ms.
		w.must(end.off > -time.Second && end.off < 2*time.Second, "a lease to end at its time: %v", end.off)
	}
	for _, c := range w.counsellors {
		w.must(c.Off() <= 2*time.Second, "ages on the desk to be right within 2 s: %v", c.Off())
	}
	return w.wait(ctx, 2*time.Second)
}

type leaseEnd struct {
	off time.Duration // after its time
	err error
}

// leasesEnd waits for the end of several.
func (w *world) leasesEnd(ctx context.Context, ids []string) []leaseEnd {
	ends := make([]leaseEnd, len(ids))
	var gone sync.WaitGroup
	for i, id := range ids {
		gone.Go(func() { ends[i].off, ends[i].err = w.leaseEnds(ctx, id) })
	}
	gone.Wait()
	return ends
}

// leaseEnds waits until a claim is gone and gives how long after its lease
// that was, by Redis' clock.
func (w *world) leaseEnds(ctx context.Context, id string) (time.Duration, error) {
	r := w.store.Servers[0]
	var until time.Time
	var off time.Duration
	err := w.until(ctx, 45*time.Second, "the lease to end", func() bool {
		clock, err := r.Do("TIME")
		parts, ok := clock.([]any)
		if err != nil || !ok || len(parts) != 2 {
			return false
		}
		seconds, _ := strconv.ParseInt(fmt.Sprint(parts[0]), 10, 64)
		micros, _ := strconv.ParseInt(fmt.Sprint(parts[1]), 10, 64)
		off = time.Unix(seconds, micros*1000).Sub(until)
		score, err := r.Do("ZSCORE", "praatpaal:{line}:leases", id)
		ms, bad := strconv.ParseFloat(fmt.Sprint(score), 64)
		if err == nil && bad == nil && (until.IsZero() || time.UnixMilli(int64(ms)).Sub(until) < 5*time.Second) {
			until = time.UnixMilli(int64(ms))
			return false
		}
		return !until.IsZero() // gone, or claimed anew
	})
	return off, err
}
