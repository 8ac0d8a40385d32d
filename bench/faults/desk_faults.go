package main

import (
	"context"
	"time"

	"github.com/praatpaal/praatpaal/bench/client"
	"github.com/praatpaal/praatpaal/bench/history"
)

// claimRace: 50 counsellors claim from the same moment on until nobody waits
// any more (F11).
func claimRace(ctx context.Context, w *world) error {
	waiting, desks := 300, 20
	if w.long {
		waiting, desks = 1000, 50
	}
	if err := w.accounts(ctx, desks); err != nil {
		return err
	}
	w.every = 0
	for range waiting {
		w.child(true)
	}
	if err := w.until(ctx, 90*time.Second, "all children waiting", func() bool { return w.inState("waiting") == waiting }); err != nil {
		return err
	}
	start := make(chan struct{})
	for i := range desks {
		w.racer(i, start)
	}
	if err := w.wait(ctx, 3*time.Second); err != nil {
		return err
	}
	close(start)
	ended := func() (n int) {
		for _, c := range w.counsellors {
			n += c.Ended()
		}
		return n
	}
	if err := w.until(ctx, 2*time.Minute, "all children served", func() bool { return ended() >= waiting }); err != nil {
		return err
	}
	for _, c := range w.counsellors {
		w.result.recovered = append(w.result.recovered, c.Claims()...)
	}
	took := w.result.recovered
	w.note("claims took p50 %v, p99 %v at the desk, greeting and story included", short(part(took, 50)), short(part(took, 99)))
	w.must(len(took) == waiting, "exactly %d claims: %d", waiting, len(took))
	return nil
}

func (w *world) racer(i int, start <-chan struct{}) {
	w.every, w.says = 60*time.Millisecond, 1
	w.counsellor(i, start)
	w.every = 0
}

func (w *world) inState(state string) (n int) {
	for _, c := range w.children {
		if c.State() == state {
			n++
		}
	}
	return n
}

// deskGone: a counsellor's browser is gone for good, another is back in time
// (F9). Children of the first are told and come to the front; the second goes
// on with its own.
func deskGone(ctx context.Context, w *world) error {
	if err := w.until(ctx, 20*time.Second, "claims", func() bool {
		return len(w.counsellors[0].Held()) > 0 && len(w.counsellors[1].Held()) > 0
	}); err != nil {
		return err
	}
	left := w.counsellors[0].Held()
	w.cancel[0]()
	gone := w.log.Now()
	if err := w.until(ctx, 60*time.Second, "the children of a dead desk to be told", func() bool {
		return w.toldSince(left, gone) == len(left)
	}); err != nil {
		w.must(false, "%v", err)
	}
	for _, at := range w.toldAt(left, gone) {
		w.result.recovered = append(w.result.recovered, at-gone)
	}
	w.must(part(w.result.recovered, 100) <= 45*time.Second, "at the front after %v, at most 45 s", part(w.result.recovered, 100))
	return w.wait(ctx, 2*time.Second)
}

func (w *world) toldSince(left map[string]time.Duration, since time.Duration) int {
	return len(w.toldAt(left, since))
}

// toldAt gives when children who were with a counsellor were told that they
// wait again, or that another is there.
func (w *world) toldAt(left map[string]time.Duration, since time.Duration) (at []time.Duration) {
	for _, c := range w.children {
		if _, ours := left[talkID(c)]; !ours {
			continue
		}
		for _, e := range c.Talk().Events() {
			if e.Kind == history.State && e.At > since {
				at = append(at, e.At)
				break
			}
		}
	}
	return at
}

func talkID(c *client.Child) string {
	if c.Talk() == nil {
		return ""
	}
	return c.Talk().ID()
}
