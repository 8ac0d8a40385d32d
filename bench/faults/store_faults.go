package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// redisFull: Redis may take nothing more for 8 s (F21).
func redisFull(ctx context.Context, w *world) error {
	r := w.store.Servers[0]
	if _, err := r.Do("CONFIG", "SET", "maxmemory", fmt.Sprint(r.Memory()-1<<10)); err != nil {
		return err
	}
	if err := w.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	told := 0
	for _, c := range w.children {
		for _, e := range c.Talk().Events() {
			if e.Kind == "told" {
				told++
			}
		}
	}
	w.alive()
	if _, err := r.Do("CONFIG", "SET", "maxmemory", "0"); err != nil {
		return err
	}
	healed := w.log.Now()
	if err := w.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	info, err := r.Do("INFO", "stats")
	w.result.recovered = w.firstAcks(healed)
	w.note("%d answers from memory while it was full", told)
	w.must(told > 0, "the bot to go on while Redis is full")
	w.must(err == nil && strings.Contains(fmt.Sprint(info), "evicted_keys:0\r"), "nothing to be evicted")
	w.must(part(w.result.recovered, 95) <= 5*time.Second, "normal again: p95 %v, at most 5 s", part(w.result.recovered, 95))
	return nil
}

// halfErased: nodes die while children are being forgotten (F24).
func halfErased(ctx context.Context, w *world) error {
	var ids []string
	for _, c := range w.children {
		ids = append(ids, c.Talk().ID())
	}
	var gone sync.WaitGroup
	gone.Go(func() {
		for _, c := range w.children {
			c.Forget()
			time.Sleep(20 * time.Millisecond)
		}
	})
	for _, n := range w.nodes {
		if err := n.Kill(); err != nil {
			return err
		}
		time.Sleep(time.Duration(w.rand.IntN(300)) * time.Millisecond)
		if err := n.Start(); err != nil {
			return err
		}
	}
	gone.Wait()
	began := w.log.Now()
	left := -1
	err := w.until(ctx, 60*time.Second, "all erased", func() bool {
		var err error
		left, err = w.leftOf(ids)
		return err == nil && left == 0
	})
	w.must(err == nil, "nothing to remain after 60 s: %d conversations do", left)
	w.note("%d conversations, nothing left of them after %v", len(ids), short(w.log.Now()-began))
	return nil
}

// leftOf counts the conversations of which Redis still holds anything.
func (w *world) leftOf(ids []string) (n int, err error) {
	keys, err := w.store.Servers[0].Do("KEYS", "*{c:*")
	if err != nil {
		return 0, err
	}
	all := fmt.Sprint(keys)
	for _, name := range []string{"stays", "claims"} {
		held, err := w.store.Servers[0].Do("HGETALL", "praatpaal:{line}:"+name)
		if err != nil {
			return 0, err
		}
		all += fmt.Sprint(held)
	}
	for _, id := range ids {
		if id != "" && strings.Contains(all, id) {
			n++
		}
	}
	return n, nil
}

// fullLine: very many wait while counsellors claim (F17). The many have no
// sockets; those in the highest danger are real.
func fullLine(ctx context.Context, w *world) error {
	crowd := 20000
	if w.long {
		crowd = 100000
	}
	r := w.store.Servers[0]
	before := r.Memory()
	if err := w.queue(ctx, func(q *queue.Queue) error { return join(ctx, q, crowd) }); err != nil {
		return err
	}
	bytes := r.Memory() - before
	if _, err := r.Do("CONFIG", "SET", "slowlog-log-slower-than", "10000"); err != nil {
		return err
	}
	if _, err := r.Do("SLOWLOG", "RESET"); err != nil {
		return err
	}
	var took []time.Duration
	err := w.queue(ctx, func(q *queue.Queue) error {
		for i := range 200 {
			began := time.Now()
			_, err := q.Claim(ctx, counsellorName(i%50), "")
			if err != nil && !errors.Is(err, queue.ErrNobody) {
				return err
			}
			took = append(took, time.Since(began))
		}
		return nil
	})
	slow, _ := r.Do("SLOWLOG", "LEN")
	w.result.recovered = took
	w.note("%d waiting take %.1f MB; %v commands over 10 ms", crowd, float64(bytes)/1e6, slow)
	w.must(part(took, 99) <= 20*time.Millisecond, "claim p99 %v, at most 20 ms", part(took, 99))
	w.must(bytes <= int64(crowd)*1000, "the line to take at most 100 MB for 100,000: %d for %d", bytes, crowd)
	return err
}

// join fills the line with entries that have a conversation.
func join(ctx context.Context, q *queue.Queue, n int) error {
	errs := make([]error, 200)
	var gone sync.WaitGroup
	for g := range errs {
		gone.Go(func() {
			for i := g; i < n && errs[g] == nil; i += len(errs) {
				id := fmt.Sprintf("%032x", i)
				if i < 1000 {
					_, errs[g] = q.Begin(ctx, queue.Turn{ID: id, Message: "begin", State: []byte("{}")})
				}
				if errs[g] == nil {
					_, errs[g] = q.Join(ctx, queue.Waiting{ID: id, As: "child", Lang: "nl", Bucket: fmt.Sprint(i % 1000), Connected: true})
				}
			}
		})
	}
	gone.Wait()
	return errors.Join(errs...)
}
