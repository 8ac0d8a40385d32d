package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// site is a server that is measured: a Redis of its own, and its nodes.
type site struct {
	// fixed
	name  string
	count int // of nodes
	plan  stand.Plan

	store *stand.Store
	nodes []*stand.Node
}

func (s *site) start(dir string) (err error) {
	s.plan.Dir = filepath.Join(dir, s.name)
	if s.store, err = place(s.plan.Dir); err != nil {
		return err
	}
	s.plan.Redis = s.store.URL
	for i := range s.count {
		n, err := stand.StartNode(s.plan, fmt.Sprint("node", i))
		if err != nil {
			return errors.Join(err, s.stop())
		}
		s.nodes = append(s.nodes, n)
	}
	return nil
}

func (s *site) stop() error {
	var errs []error
	for _, n := range s.nodes {
		errs = append(errs, n.Kill())
	}
	errs = append(errs, s.store.Close(), stand.Remove(s.plan.Dir))
	s.nodes, s.store = nil, nil
	return errors.Join(errs...)
}

func (s *site) addrs() (all []string) {
	for _, n := range s.nodes {
		all = append(all, n.Addr)
	}
	return all
}

func place(dir string) (*stand.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return stand.Single(dir)
}

// talks measures turns in a closed loop: one site after another, in rounds, so
// that what else the machine does weighs on all alike.
func talks(ctx context.Context, s size, dir string, t *table, sites ...*site) (err error) {
	for _, one := range sites {
		if err := one.start(dir); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		defer func() { err = errors.Join(err, one.stop()) }()
	}
	for range s.rounds {
		for _, one := range sites {
			f, err := talk(ctx, s, one)
			if err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			key := one.name
			if len(sites) == 2 && one.name == "ours" {
				key = "one" // beside three
			}
			t.talk[key] = append(t.talk[key], f)
		}
	}
	return nil
}

// opens measures open sockets, each time on a fresh server: memory that was
// used once is not given back at once.
func opens(ctx context.Context, s size, dir string, t *table, sites ...*site) error {
	for range s.rounds {
		for _, one := range sites {
			if err := one.start(dir); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			f, err := idle(ctx, s, one)
			if err := errors.Join(err, one.stop()); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			t.open[one.name] = append(t.open[one.name], f)
		}
	}
	return nil
}
