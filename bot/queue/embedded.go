package queue

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// tick is how often the embedded store is told that time has passed: a key
// outlives its time by at most this much.
const tick = 250 * time.Millisecond

// insideTimeout is longer than elsewhere: there is no network to break, and
// scripts are slower here.
const insideTimeout = 10 * time.Second

// embedded is a store inside this process, for trying things out and for a
// single small server: it forgets all when the process ends. It listens on
// the loopback address behind a password that nobody else knows.
type embedded struct {
	server *miniredis.Miniredis
	stop   context.CancelFunc
	ticks  sync.WaitGroup
}

// startEmbedded starts the store and its clock, and gives its address.
func startEmbedded() (*embedded, address, error) {
	password := secret(tokenBytes)
	e := &embedded{server: miniredis.NewMiniRedis()}
	e.server.RequireAuth(password)
	if err := e.server.Start(); err != nil {
		return nil, address{}, fmt.Errorf("embedded store: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.ticks.Go(func() { e.age(ctx) })
	a := address{options: options(), shown: "embedded", inside: true}
	a.options.Addrs = []string{e.server.Addr()}
	a.options.Password = password
	a.options.ReadTimeout = insideTimeout
	return e, a, nil
}

// age lets the keys grow older: the store does not do it by itself.
func (e *embedded) age(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			now := time.Now()
			e.server.FastForward(now.Sub(last))
			last = now
		}
	}
}

// Close stops the clock, waits for it, and stops the store.
func (e *embedded) Close() {
	e.stop()
	e.ticks.Wait()
	e.server.Close()
}
