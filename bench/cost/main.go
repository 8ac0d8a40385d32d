// Cost measures what a bot turn, an open child and a claim cost, in one run on
// one machine, against two servers of its own: one that only echoes, and one
// that also writes both messages to Redis, which is the least that any server
// can do that loses nothing (the durable floor). It starts all of them, plays
// the same clients against each, prints a table, and stops by itself.
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
	waiting int           // in the line
	claims  int
}

func main() {
	serve := flag.String("serve", "", "used by itself: be a reference server")
	binary := flag.String("binary", "", "the program, when it is built already")
	s := size{talking: 200}
	flag.IntVar(&s.open, "open", 5000, "open sockets")
	flag.IntVar(&s.rate, "rate", 1000, "turns a second over them")
	flag.DurationVar(&s.long, "long", 6*time.Second, "of each measurement")
	flag.IntVar(&s.waiting, "waiting", 100000, "children in the line")
	flag.IntVar(&s.claims, "claims", 2000, "claims of the full line")
	only := flag.String("only", "", "echo, floor, ours, line or nodes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
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

// run measures all, one after another, and prints the table.
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
	fmt.Printf("before: %s\n", load())
	var t table
	for _, one := range []struct {
		name string
		plan stand.Plan
		into *figures
	}{
		{"echo", stand.Plan{Binary: self, Args: []string{"--serve", "echo"}}, &t.echo},
		{"floor", stand.Plan{Binary: self, Args: []string{"--serve", "floor"}}, &t.floor},
		{"ours", stand.Plan{Binary: binary}, &t.ours},
	} {
		if only != "" && only != one.name {
			continue
		}
		if *one.into, err = server(ctx, s, filepath.Join(dir, one.name), one.plan); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
	}
	if only == "" || only == "nodes" {
		if t.three, err = nodes(ctx, s, filepath.Join(dir, "nodes"), stand.Plan{Binary: binary}); err != nil {
			return fmt.Errorf("three nodes: %w", err)
		}
	}
	if only == "" || only == "line" {
		if t.line, err = line(ctx, s, filepath.Join(dir, "line")); err != nil {
			return fmt.Errorf("the line: %w", err)
		}
	}
	t.print(os.Stdout)
	fmt.Printf("\nafter: %s\n", load())
	return nil
}

// server measures one server with a Redis of its own.
func server(ctx context.Context, s size, dir string, plan stand.Plan) (f figures, err error) {
	store, err := place(dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	plan.Dir, plan.Redis = dir, store.URL
	n, err := stand.StartNode(plan, "node")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, n.Kill()) }()
	if err := idle(ctx, s, n, &f); err != nil {
		return f, err
	}
	return f, talk(ctx, s, []*stand.Node{n}, store.Servers[0], &f)
}

// nodes measures three nodes on one Redis.
func nodes(ctx context.Context, s size, dir string, plan stand.Plan) (f figures, err error) {
	store, err := place(dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	plan.Dir, plan.Redis = dir, store.URL
	var all []*stand.Node
	for i := range 3 {
		n, err := stand.StartNode(plan, fmt.Sprint("node", i))
		if err != nil {
			return f, err
		}
		defer func() { err = errors.Join(err, n.Kill()) }()
		all = append(all, n)
	}
	return f, talk(ctx, s, all, store.Servers[0], &f)
}

func place(dir string) (*stand.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return stand.Single(dir)
}
