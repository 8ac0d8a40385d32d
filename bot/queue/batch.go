package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	flushers  = 2   // pipelines under way at once to one Redis
	batchMost = 64  // writes in one pipeline
	waitMS    = 500 // for the replicas to have a write
)

var (
	errTimeout = errors.New("no answer in time")
	errClosed  = errors.New("queue is closed")
	// errUnsafe says that Redis has the write and not all replicas have it yet.
	// The same call again answers the same, once it is safe.
	errUnsafe = errors.New("stored, but not yet on the replicas")
)

// once is a command that go-redis must never send a second time: an error of
// the network does not say whether the first one was done.
type once struct{ *redis.Cmd }

// NoRetry is asked by go-redis.
func (once) NoRetry() bool { return true }

// call is one script call on its way.
type call struct {
	ctx    context.Context // of who waits for it
	script *script
	keys   []string
	args   []any // what follows "evalsha sha" or "eval source"
	cmd    once
	err    error
	done   chan struct{}
}

func newCall(ctx context.Context, s *script, keys []string, args []any) *call {
	c := &call{ctx: ctx, script: s, keys: keys, done: make(chan struct{})}
	c.args = make([]any, 0, 3+len(keys)+len(args))
	c.args = append(c.args, "evalsha", s.sha, len(keys))
	for _, key := range keys {
		c.args = append(c.args, key)
	}
	c.args = append(c.args, args...)
	return c
}

// fresh makes the command anew, for a first or a second sending.
func (c *call) fresh(ctx context.Context) once {
	c.cmd = once{redis.NewCmd(ctx, c.args...)}
	return c.cmd
}

// batch sends the calls of many goroutines to one Redis in few pipelines: what
// arrives while a pipeline is under way goes into the next one together. A
// call that is alone goes at once.
type batch struct {
	// fixed
	client *redis.Client
	queue  *Queue
	wake   chan struct{} // holds at most one token a flusher
	quit   chan struct{}

	needs atomic.Int32 // replicas that must have a write before it is safe
	gone  sync.WaitGroup

	mu      sync.Mutex
	pending []*call // guarded by mu
	closed  bool    // guarded by mu
}

func newBatch(q *Queue, client *redis.Client) *batch {
	b := &batch{client: client, queue: q, wake: make(chan struct{}, flushers), quit: make(chan struct{})}
	for range flushers {
		b.gone.Go(b.flush)
	}
	return b
}

// do runs a call and waits for it; when its context ends first, the call may
// still be done.
func (b *batch) do(c *call) error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return errClosed
	}
	b.pending = append(b.pending, c)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
	select {
	case <-c.done:
		return c.err
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
}

// flush is the loop of one flusher.
func (b *batch) flush() {
	for {
		select {
		case <-b.wake:
		case <-b.quit:
			return
		}
		for calls := b.take(); len(calls) > 0; calls = b.take() {
			b.send(wanted(calls))
			for _, c := range calls {
				close(c.done)
			}
		}
	}
}

func (b *batch) take() []*call {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(b.pending), batchMost)
	if n == 0 {
		return nil
	}
	calls := b.pending[:n:n]
	if n == len(b.pending) {
		b.pending = nil
	} else {
		b.pending = b.pending[n:]
	}
	return calls
}

// wanted leaves out the calls that nobody waits for any more: after an outage
// these would only be in the way.
func wanted(calls []*call) []*call {
	out := make([]*call, 0, len(calls))
	for _, c := range calls {
		if c.err = c.ctx.Err(); c.err == nil {
			out = append(out, c)
		}
	}
	return out
}

// send runs calls in one pipeline, and those that Redis turned away without
// doing them once more in the way that it asked for.
func (b *batch) send(calls []*call) {
	if len(calls) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(b.queue.life, 2*b.queue.address.options.ReadTimeout)
	defer cancel()
	b.pipeline(ctx, calls)
	var unknown []*call
	for _, c := range calls {
		if redis.HasErrorPrefix(c.err, "NOSCRIPT") {
			unknown = append(unknown, c)
		}
	}
	if len(unknown) > 0 {
		if err := b.queue.teach(ctx, b.client); err == nil {
			b.pipeline(ctx, unknown)
		}
	}
	for _, c := range calls {
		if b.queue.cluster != nil && (redis.HasErrorPrefix(c.err, "MOVED") || redis.HasErrorPrefix(c.err, "ASK")) {
			c.err = b.queue.follow(ctx, c)
		}
	}
}

// pipeline sends calls, and waits for the replicas where there are any.
func (b *batch) pipeline(ctx context.Context, calls []*call) {
	pipe := b.client.Pipeline()
	for _, c := range calls {
		_ = pipe.Process(ctx, c.fresh(ctx)) // only queued: no error
	}
	var safe *redis.IntCmd
	var info *redis.StringCmd
	need := b.needs.Load()
	if need > 0 {
		safe = redis.NewIntCmd(ctx, "wait", need, waitMS)
		_ = pipe.Process(ctx, safe)
	}
	if need > 0 && b.queue.address.sentinel {
		info = pipe.Info(ctx, "replication") // over the same connection
	}
	_, err := pipe.Exec(ctx) // each command holds its own error
	b.queue.moved(ctx, err)
	var doubtful error
	if safe != nil {
		doubtful = b.queue.unsafe(safe, need)
	}
	if doubtful == nil && info != nil && !b.queue.ofNow(ctx, b.client, info) {
		doubtful = errUnsafe
	}
	for _, c := range calls {
		if c.err = c.cmd.Err(); c.err == nil {
			c.err = doubtful
		}
	}
}

// unsafe tells whether too few replicas have a write; it may be that there are
// fewer than there were.
func (q *Queue) unsafe(wait *redis.IntCmd, need int32) error {
	if n, err := wait.Result(); err != nil || n < int64(need) {
		q.epoch.doubt()
		return errUnsafe
	}
	return nil
}

// moved makes a cluster's client look again who has which slots when a node
// did not answer, or was asked for what it does not have: by itself it does so
// once a minute.
func (q *Queue) moved(ctx context.Context, err error) {
	if q.cluster == nil || err == nil {
		return
	}
	var answered redis.Error
	if !errors.As(err, &answered) || redis.HasErrorPrefix(err, "MOVED") || redis.HasErrorPrefix(err, "READONLY") ||
		redis.HasErrorPrefix(err, "CLUSTERDOWN") {
		q.cluster.ReloadState(ctx)
	}
}

// Close fails what has not been sent and waits for what has.
func (b *batch) Close() {
	b.mu.Lock()
	b.closed = true
	left := b.pending
	b.pending = nil
	b.mu.Unlock()
	for _, c := range left {
		c.err = errClosed
		close(c.done)
	}
	close(b.quit)
	b.gone.Wait()
}

// batchFor gives the batch for the Redis that holds a key.
func (q *Queue) batchFor(ctx context.Context, key string) (*batch, error) {
	if q.cluster == nil {
		return q.only, nil
	}
	client, err := q.cluster.MasterForKey(ctx, key)
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.batches == nil {
		return nil, errClosed
	}
	b := q.batches[client]
	if b == nil {
		b = newBatch(q, client)
		b.needs.Store(q.replicated[client].need)
		q.batches[client] = b
	}
	return b, nil
}

// write runs a script that changes something and gives its reply when that is
// safe. All keys are in one slot.
func (q *Queue) write(ctx context.Context, s *script, keys []string, args ...any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := q.batchFor(ctx, keys[0])
	if err != nil {
		return nil, err
	}
	c := newCall(ctx, s, keys, args)
	if err := b.do(c); err != nil {
		return nil, err
	}
	return c.cmd.Val(), nil
}

// read runs a script that changes nothing that must last.
func (q *Queue) read(ctx context.Context, s *script, keys []string, args ...any) (any, error) {
	c := newCall(ctx, s, keys, args)
	err := q.client.Process(ctx, c.fresh(ctx))
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		c.args[0], c.args[1] = "eval", s.source
		err = q.client.Process(ctx, c.fresh(ctx))
	}
	return c.cmd.Val(), err
}

// follow runs a call that a node of a cluster has turned away wherever its
// slot is now, and makes sure of it there.
func (q *Queue) follow(ctx context.Context, c *call) error {
	c.args[0], c.args[1] = "eval", c.script.source
	if err := q.cluster.Process(ctx, c.fresh(ctx)); err != nil {
		return err
	}
	client, err := q.cluster.MasterForKey(ctx, c.keys[0])
	if err != nil {
		return err
	}
	q.mu.Lock()
	need := q.replicated[client].need
	q.mu.Unlock()
	if need == 0 {
		return nil
	}
	pipe := client.Pipeline()
	pipe.Time(ctx) // WAIT looks at what came before on its own connection
	wait := redis.NewIntCmd(ctx, "wait", need, waitMS)
	_ = pipe.Process(ctx, wait)
	_, _ = pipe.Exec(ctx)
	return q.unsafe(wait, need)
}

// teach makes a Redis know the scripts.
func (q *Queue) teach(ctx context.Context, client *redis.Client) error {
	pipe := client.Pipeline()
	for _, s := range q.scripts.all() {
		pipe.ScriptLoad(ctx, s.source)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("load scripts: %w", err)
	}
	return nil
}

// pause waits a moment or until the queue closes; it says whether to go on.
func (q *Queue) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-q.life.Done():
		return false
	case <-timer.C:
		return true
	}
}
