package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// lineFigures are those of a full line.
type lineFigures struct {
	waiting  int
	bytes    int64 // of Redis, for the line
	p50, p99 time.Duration
}

// line fills the line, and lets 50 counsellors claim.
func line(ctx context.Context, s size, dir string) (f lineFigures, err error) {
	store, err := place(dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	keys := dir + "/keys"
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return f, err
	}
	q, err := queue.Open(ctx, queue.Options{URLs: []string{store.URL}, Keys: keys})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	// Those in the highest danger are claimed here: only they need a conversation.
	if err := atOnce(32, s.claims, func(i int) error {
		_, err := q.Begin(ctx, queue.Turn{ID: name(i), Message: "begin", State: []byte("{}")})
		return err
	}); err != nil {
		return f, err
	}
	before := store.Servers[0].Memory()
	if err := atOnce(32, s.waiting, func(i int) error {
		danger := book.Danger(i % 3)
		if i < s.claims {
			danger = 3
		}
		_, err := q.Join(ctx, queue.Waiting{
			ID: name(i), Danger: danger, Topic: "grooming", Role: "victim", As: "child", Lang: "nl",
			Bucket: fmt.Sprintf("%010x", i%5000), Connected: true,
		})
		return err
	}); err != nil {
		return f, err
	}
	f.waiting, f.bytes = s.waiting, store.Servers[0].Memory()-before
	took := make([]time.Duration, s.claims)
	err = atOnce(50, s.claims, func(i int) error {
		began := time.Now()
		_, err := q.Claim(ctx, fmt.Sprint("Hulp", i%50), "")
		took[i] = time.Since(began)
		return err
	})
	slices.Sort(took)
	f.p50, f.p99 = took[len(took)/2], took[len(took)*99/100]
	return f, err
}

func name(i int) string { return fmt.Sprintf("%032x", i) }

// atOnce does n things, some at a time, and gives the first error.
func atOnce(many, n int, do func(int) error) error {
	var next atomic.Int64
	var gone sync.WaitGroup
	errs := make([]error, many)
	for w := range many {
		gone.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = do(int(i))
			}
		})
	}
	gone.Wait()
	return errors.Join(errs...)
}
