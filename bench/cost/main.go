// Cost measures what a bot turn, an open child and a claim cost, in one run on
// one machine, against two servers of its own: one that only echoes, and one
// that also writes both messages to Redis, which is the least that any server
// can do that loses nothing (the durable floor). It starts all of them, plays
// the same clients against each in turn, several times over, prints a table of
// medians, and stops by itself.
//
//	go run ./bench/cost
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// size is how much is measured.
type size struct {
	talking int           // children in the closed loop
	open    int           // sockets
	rate    int           // turns a second over them
	long    time.Duration // of each measurement
	rounds  int           // of each, one server after another
	waiting int           // in the line
	claims  int
}

func main() {
	serve := flag.String("serve", "", "used by itself: be a reference server")
	binary := flag.String("binary", "", "the program, when it is built already")
	s := size{talking: 200}
	flag.IntVar(&s.open, "open", 5000, "open sockets")
	flag.IntVar(&s.rate, "rate", 1000, "turns a second over them")
	flag.DurationVar(&s.long, "long", 4*time.Second, "of each measurement")
	flag.IntVar(&s.rounds, "rounds", 5, "times that each is measured")
	flag.IntVar(&s.waiting, "waiting", 100000, "children in the line")
	flag.IntVar(&s.claims, "claims", 2000, "claims of the full line")
	only := flag.String("only", "talk,nodes,open,line", "what to measure")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	var err error
	if *serve != "" {
		err = reference(ctx, *serve)
	} else {
		err = run(ctx, s, *binary, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

// run measures what is asked for, and prints the table.
func run(ctx context.Context, s size, binary, only string) error {
	dir, err := os.MkdirTemp("", "cost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if binary == "" {
		if binary, err = stand.Build(ctx, dir); err != nil {
			return err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	echo := &site{name: "echo", count: 1, plan: stand.Plan{Binary: self, Args: []string{"--serve", "echo"}}}
	floor := &site{name: "floor", count: 1, plan: stand.Plan{Binary: self, Args: []string{"--serve", "floor"}}}
	ours := &site{name: "ours", count: 1, plan: stand.Plan{Binary: binary}}
	three := &site{name: "three", count: 3, plan: stand.Plan{Binary: binary}}
	t := newTable()
	fmt.Printf("before: %s\n", load())
	measures := []struct {
		name string
		do   func() error
	}{
		{"open", func() error { return opens(ctx, s, dir, t, echo, floor, ours) }},
		{"talk", func() error { return talks(ctx, s, dir, t, echo, floor, ours) }},
		{"nodes", func() error { return talks(ctx, s, dir, t, ours, three) }},
		{"line", func() (err error) { t.line, err = line(ctx, s, filepath.Join(dir, "line")); return err }},
	}
	var failed []error
	for _, m := range measures {
		if !strings.Contains(only, m.name) {
			continue
		}
		if err := m.do(); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", m.name, err))
		}
	}
	t.print(os.Stdout)
	fmt.Printf("\nafter: %s\n", load())
	return errors.Join(failed...)
}
