package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
	"github.com/praatpaal/praatpaal/bot/queue"
)

const settleMost = 60 * time.Second

// end lets everybody finish what is under way, reads every log once more from
// a fresh socket, and judges.
func (w *world) end(ctx context.Context) error {
	for _, c := range w.counsellors {
		c.Rest()
	}
	w.places(ctx)
	for _, c := range w.counsellors {
		c.Leave()
	}
	for _, c := range w.children {
		c.Quit()
	}
	done := make(chan struct{})
	go func() { w.talking.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(settleMost):
		w.must(false, "all to be received within %v after the fault", settleMost)
		w.stop()
		<-done
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := w.readLogs(ctx); err != nil {
		return err
	}
	w.result.verdict = history.Check(w.log)
	return nil
}

func (w *world) readLogs(ctx context.Context) error {
	addrs := w.addrs()
	var errs []error
	for i, c := range w.children {
		var err error
		for try := range 6 {
			if err = c.ReadLog(ctx, addrs[(i+try)%len(addrs)]); err == nil {
				break
			}
			if err := w.wait(ctx, time.Duration(try)*500*time.Millisecond); err != nil {
				return err
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// places looks whether every escalation is in exactly one place, and whether
// the child believes the same. Counsellors claim nobody meanwhile.
func (w *world) places(ctx context.Context) {
	var astray []string
	err := w.queue(ctx, func(q *queue.Queue) error {
		end := time.Now().Add(15 * time.Second)
		for {
			line, err := q.Line(ctx)
			if err != nil {
				return err
			}
			counts, err := q.Counters(ctx)
			if err != nil {
				return err
			}
			astray = append(w.astray(line), w.uncounted(counts)...)
			if len(astray) == 0 || time.Now().After(end) {
				return nil
			}
			if err := w.wait(ctx, time.Second); err != nil {
				return err
			}
		}
	})
	w.must(err == nil, "the line to be read: %v", err)
	w.result.astray += len(astray)
	for i, a := range astray {
		if i < 3 {
			w.result.verdict.Findings = append(w.result.verdict.Findings, a)
			w.must(false, "every escalation in one place: %s", a)
		}
	}
}

// uncounted tells whether every talk that was ended has an outcome, and no
// child two. An end whose answer was lost is counted although nobody saw it.
func (w *world) uncounted(counts map[string]int64) []string {
	ended, most, counted := int64(0), int64(0), int64(0)
	for _, c := range w.counsellors {
		ended += int64(c.Ended())
	}
	for _, c := range w.children {
		if c.Human {
			most++
		}
	}
	for name, n := range counts {
		if !strings.HasSuffix(name, " -") {
			counted += n
		}
	}
	if w.forgot || counted >= ended && counted <= most {
		return nil
	}
	return []string{fmt.Sprintf("%d talks of %d have ended and %d outcomes are counted", ended, most, counted)}
}

// astray lists the children who are told something else than the line says.
func (w *world) astray(line []queue.Waiting) (found []string) {
	where := map[string][]string{}
	for _, l := range line {
		where[l.ID] = append(where[l.ID], "waiting")
	}
	for _, c := range w.counsellors {
		for id := range c.Held() {
			where[id] = append(where[id], "counsellor")
		}
	}
	for _, c := range w.children {
		talk := c.Talk()
		if talk == nil || talk.ID() == "" {
			continue
		}
		told, is := c.State(), where[talk.ID()]
		switch {
		case len(is) > 1:
			found = append(found, fmt.Sprintf("%s is in %v at once", c.Name, is))
		case (told == "waiting" || told == "counsellor") && len(is) == 0:
			found = append(found, fmt.Sprintf("%s was told %q and is nowhere", c.Name, told))
		case len(is) == 1 && is[0] != told:
			found = append(found, fmt.Sprintf("%s was told %q and is %q", c.Name, told, is[0]))
		}
	}
	return found
}

// firstAcks adds, for each child, how long after a moment its next message
// was received.
func (w *world) firstAcks(mark time.Duration) (all []time.Duration) {
	for _, c := range w.children {
		if c.Talk() == nil {
			continue
		}
		for _, e := range c.Talk().Events() {
			if e.Kind == history.Received && e.At >= mark {
				all = append(all, e.At-mark)
				break
			}
		}
	}
	return all
}

// longestGaps adds, for each child who talks, the longest time after a moment
// in which none of its messages was received.
func (w *world) longestGaps(mark time.Duration) (all []time.Duration) {
	for _, c := range w.children {
		if c.Human {
			continue
		}
		last, most := mark, time.Duration(0)
		for _, e := range c.Talk().Events() {
			if e.Kind == history.Received && e.At > mark {
				last, most = e.At, max(most, e.At-last)
			}
		}
		all = append(all, max(most, w.log.Now()-last))
	}
	return all
}

// outages lists how long children were without a socket that was lost after a
// moment.
func (w *world) outages(mark time.Duration) (all []time.Duration) {
	for _, c := range w.children {
		for _, o := range c.Outages() {
			if o.From >= mark {
				all = append(all, o.To-o.From)
			}
		}
	}
	return all
}

// acksBetween counts the messages that were received in a span of time.
func (w *world) acksBetween(from, to time.Duration) (n int) {
	for _, c := range w.children {
		for _, e := range c.Talk().Events() {
			if e.Kind == history.Received && e.At > from && e.At < to {
				n++
			}
		}
	}
	return n
}
