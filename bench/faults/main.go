// Faults breaks a running Praatpaal on purpose, seed by seed, and counts what
// was lost, doubled or put out of order. It builds the program, starts its own
// Redis and its own nodes on free ports and in folders of its own, plays
// children and counsellors against them, makes one fault, and lets package
// history judge what the clients saw. It stops by itself.
//
//	go run ./bench/faults                     the quick ones, 3 seeds each
//	go run ./bench/faults --only F1,F9        these only
//	go run ./bench/faults --all               all faults, 3 seeds each
//	go run ./bench/faults --long              all faults, 20 seeds, full size
//
// Some faults need root for network namespaces. The exit code is 1 when a
// fault did more than it may.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// options are what the command line says.
type options struct {
	seeds  int
	first  int
	only   string
	every  bool
	long   bool
	atOnce int
	binary string
	keep   bool
	wordy  bool
	clock  func() (string, error) // the program with a clock that can be wrong, built once
}

func main() {
	var o options
	flag.IntVar(&o.seeds, "seeds", 3, "seeds for each fault")
	flag.IntVar(&o.first, "first", 1, "the first seed")
	flag.StringVar(&o.only, "only", "", "faults, with commas; empty: the quick ones")
	flag.BoolVar(&o.every, "all", false, "all faults")
	flag.BoolVar(&o.long, "long", false, "all faults, 20 seeds, full size")
	flag.IntVar(&o.atOnce, "at-once", runtime.NumCPU(), "runs at the same time; more of them wait for each other")
	flag.StringVar(&o.binary, "binary", "", "the program, when it is built already")
	flag.BoolVar(&o.keep, "keep", false, "keep the folders with the logs")
	flag.BoolVar(&o.wordy, "v", false, "print every finding")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.long && o.seeds == 3 {
		o.seeds = 20
	}
	chosen, err := choose(o)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(dir)
	} else {
		fmt.Println("logs:", dir)
	}
	if o.binary == "" {
		if o.binary, err = stand.Build(ctx, dir); err != nil {
			return err
		}
	}
	o.clock = sync.OnceValues(func() (string, error) { return stand.BuildWithClock(ctx, dir) })
	began := time.Now()
	heading(os.Stdout)
	bad := 0
	for r := range tryAll(ctx, o, dir, chosen) {
		r.print(os.Stdout, o.wordy)
		if !r.good() {
			bad++
		}
	}
	fmt.Printf("\n%d faults, %d seeds each, %v; %s\n", len(chosen), o.seeds, time.Since(began).Round(time.Second), machine())
	if bad > 0 {
		return fmt.Errorf("%d of %d faults did more than they may", bad, len(chosen))
	}
	return ctx.Err()
}

// choose gives the faults that are asked for, in the order of the list.
func choose(o options) ([]fault, error) {
	var out []fault
	names := strings.FieldsFunc(o.only, func(r rune) bool { return r == ',' })
	for _, f := range all() {
		switch {
		case len(names) > 0 && slices.Contains(names, f.id),
			len(names) == 0 && (o.long || o.every || f.ci):
			out = append(out, f)
		}
	}
	if len(out) < len(names) || len(out) == 0 {
		return nil, errors.New("no such fault: " + o.only)
	}
	return out, nil
}

// tryAll runs every fault with every seed, some at the same time; those that
// measure closely come last, one by one. It gives each row when it is whole.
func tryAll(ctx context.Context, o options, dir string, chosen []fault) <-chan *row {
	whole := make(chan *row, len(chosen))
	var mu sync.Mutex
	one := func(r *row, seed int) {
		result := try(ctx, o, dir, r.fault, seed)
		mu.Lock()
		defer mu.Unlock()
		if r.add(result); len(r.results) == o.seeds {
			whole <- r
		}
	}
	places := make(chan struct{}, max(1, o.atOnce))
	each := func(alone bool, do func(r *row, seed int)) {
		for _, f := range chosen {
			r := &row{fault: f}
			for seed := o.first; f.alone == alone && seed < o.first+o.seeds && ctx.Err() == nil; seed++ {
				do(r, seed)
			}
		}
	}
	go func() {
		defer close(whole)
		var gone sync.WaitGroup
		each(false, func(r *row, seed int) {
			places <- struct{}{}
			gone.Go(func() { one(r, seed); <-places })
		})
		gone.Wait()
		each(true, one)
	}()
	return whole
}
