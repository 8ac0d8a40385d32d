package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Options say where the store is.
type Options struct {
	// URLs of Redis; empty: the embedded store, which forgets all when the
	// process ends. Several may also stand in one string, with commas:
	//
	//	redis://[user:password@]host:port[/db]   a single one; rediss:// for TLS
	//	redis://a:6379,redis://b:6379            nodes of a Cluster; or a,b in one
	//	redis://a:6379?cluster=true              one node of a Cluster
	//	redis+sentinel://[user:password@]a:26379,b:26379[/db]?master=name
	//	                                         Sentinels; rediss+sentinel:// for TLS
	//
	// User and password are those of Redis; the Sentinels' own are
	// sentinel_user and sentinel_password in the query.
	URLs []string
	// Keys is the folder of the sealing keys, which all nodes share; it is
	// made when it is not there. "" keeps them in memory, which only the
	// embedded store may.
	Keys string
	// Prefix stands before every key, so that several may share a Redis; ""
	// is "praatpaal:".
	Prefix string
	// Node is the random id of this process; made when empty.
	Node string
	// Log gets what an operator should know; nil: nothing is logged.
	Log *slog.Logger
}

// Times that the line works with, by Redis' own clock.
const (
	leaseTime  = 30 * time.Second // a claim that is not renewed
	silentTime = 60 * time.Second // nobody is offered whose socket says nothing
	awayTime   = time.Hour        // a place is kept for somebody whose socket is gone
	lifeTime   = time.Hour        // of a conversation after its last word
	keptTime   = 24 * time.Hour   // of one that was handed over
	entriesMax = 500              // of one conversation
	watchTime  = 5 * time.Second  // between looks at the store
)

// Queue keeps conversations on Redis. All its methods are safe for any number
// of goroutines.
type Queue struct {
	// fixed after Open
	log      *slog.Logger
	address  address
	embedded *embedded // nil: a real Redis
	client   redis.UniversalClient
	cluster  *redis.ClusterClient // nil: not a Cluster
	only     *batch               // nil: a Cluster
	scripts  *scripts
	names    names
	node     string
	peers    peers
	lease    time.Duration // shorter in tests
	silent   time.Duration // shorter in tests
	away     time.Duration // shorter in tests
	life     context.Context
	stop     context.CancelCauseFunc
	loops    sync.WaitGroup
	hearing  bool // the loop that closes hints has begun
	hints    chan Hint
	gate     chan struct{} // a place for each password that may be hashed at once
	codeGate chan struct{} // and for words to come back with, so that guessing them shuts nobody out of the desk

	// safe by themselves
	clock *clock
	epoch *epoch
	keys  *keyring
	chest *chest
	ended sync.Once

	sheets sync.Pool // of *sheet

	mu         sync.Mutex
	batches    map[*redis.Client]*batch      // guarded by mu; nil once closed
	replicated map[*redis.Client]replication // guarded by mu
	estimate   estimate                      // guarded by mu
	reachedAt  time.Time                     // guarded by mu; when the store last answered
	reachable  bool                          // guarded by mu; for the log
}

// Open connects to the store, or starts the embedded one, and returns when
// all works. It refuses a Redis that may evict. Its errors are one line for
// an operator. The context bounds the opening only.
func Open(ctx context.Context, o Options) (*Queue, error) {
	q, err := newQueue(o)
	if err != nil {
		return nil, err
	}
	if err := q.start(ctx, o); err != nil {
		_ = q.Close() // the first error tells more
		return nil, err
	}
	return q, nil
}

func newQueue(o Options) (*Queue, error) {
	if o.Prefix == "" {
		o.Prefix = "praatpaal:"
	}
	if strings.ContainsAny(o.Prefix, "{}"+us) {
		return nil, fmt.Errorf("prefix %q: leave { and } out: they decide about slots", o.Prefix)
	}
	if o.Node == "" {
		o.Node = secret(10)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.URLs) > 0 && o.Keys == "" {
		return nil, errors.New("keys: no folder: set PRAATPAAL_KEYS to a folder that all nodes share and that is not on the Redis machine")
	}
	if err := checkWord("node", o.Node); err != nil {
		return nil, err
	}
	q := &Queue{
		log: o.Log, node: o.Node, peers: peers{o.Keys, o.Node}, names: newNames(o.Prefix),
		lease: leaseTime, silent: silentTime, away: awayTime,
		hints: make(chan Hint, hintsMost), gate: newGate(), codeGate: newGate(),
		clock: &clock{}, chest: newChest(chestMost),
		batches: map[*redis.Client]*batch{}, replicated: map[*redis.Client]replication{}, reachable: true,
	}
	q.sheets.New = func() any { return newSheet() }
	q.life, q.stop = context.WithCancelCause(context.Background())
	var err error
	q.scripts, err = newScripts()
	return q, err
}

// start connects, opens the keys and begins the loops.
func (q *Queue) start(ctx context.Context, o Options) error {
	var err error
	if len(o.URLs) == 0 {
		q.embedded, q.address, err = startEmbedded()
	} else {
		q.address, err = parseAddress(o.URLs)
	}
	if err != nil {
		return err
	}
	if err := q.dial(ctx); err != nil {
		return err
	}
	keys, err := newKeyring(o.Keys, q.clock.now)
	if err != nil {
		return err
	}
	return q.begin(ctx, keys)
}

// dial connects to the address, and sees that the store there will do.
func (q *Queue) dial(ctx context.Context) error {
	redis.SetLogger(clientLog{q.log})
	q.epoch = newEpoch(q.names, q.address.cluster)
	q.client = redis.NewUniversalClient(&q.address.options)
	if cluster, ok := q.client.(*redis.ClusterClient); ok {
		q.cluster = cluster
	} else {
		q.only = newBatch(q, q.client.(*redis.Client))
	}
	if err := q.client.Ping(ctx).Err(); err != nil {
		return q.address.plain(err)
	}
	if err := q.inspect(ctx); err != nil {
		return err
	}
	if err := q.masters(ctx, q.teach); err != nil {
		return q.address.plain(err)
	}
	if err := q.look(ctx); err != nil {
		return q.address.plain(err)
	}
	return nil
}

// begin starts the loops.
func (q *Queue) begin(ctx context.Context, keys *keyring) error {
	q.keys = keys
	if err := q.sameFolder(ctx); err != nil {
		return err
	}
	channels, err := q.subscribe(ctx)
	if err != nil {
		return q.address.plain(err)
	}
	q.reach()
	q.hearing = true
	q.loops.Go(func() { q.hear(channels) })
	q.loops.Go(q.watch)
	return nil
}

// masters runs a function for every Redis that takes writes.
func (q *Queue) masters(ctx context.Context, do func(context.Context, *redis.Client) error) error {
	if q.cluster != nil {
		return q.cluster.ForEachMaster(ctx, do)
	}
	return do(ctx, q.only.client)
}

// Close ends all loops and waits for them. Calls that are under way get an
// error; Hints is closed.
func (q *Queue) Close() error {
	var err error
	q.ended.Do(func() {
		q.stop(errClosed)
		q.loops.Wait()
		if !q.hearing {
			close(q.hints)
		}
		err = errors.Join(q.disconnect(), q.peers.leave())
	})
	return err
}

func (q *Queue) disconnect() error {
	q.mu.Lock()
	batches := q.batches
	q.batches = nil
	q.mu.Unlock()
	for _, b := range batches {
		b.Close()
	}
	if q.only != nil {
		q.only.Close()
	}
	var err error
	if q.client != nil {
		err = q.client.Close()
	}
	if q.embedded != nil {
		q.embedded.Close()
	}
	q.chest.empty()
	if q.keys != nil {
		q.keys.forget()
	}
	return err
}

// Ready says whether turns can be stored now: Redis answers, of a Cluster one
// master at least, and a key to seal with is there. Otherwise it gives the
// reason in one line.
func (q *Queue) Ready(ctx context.Context) error {
	if err := q.life.Err(); err != nil {
		return errClosed
	}
	if err := q.answers(ctx); err != nil {
		return q.address.plain(err)
	}
	_, _, err := q.keys.current(short)
	return err
}

// answers asks Redis for something. Of a Cluster that lost a shard the others
// go on: whose conversation lives there must not suffer.
func (q *Queue) answers(ctx context.Context) error {
	if q.cluster == nil {
		return q.client.HLen(ctx, q.names.counts).Err()
	}
	var some atomic.Bool
	err := q.cluster.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error {
		info, err := master.ClusterInfo(ctx).Result()
		if err == nil && !strings.Contains(info, "cluster_state:ok") {
			err = errors.New("the cluster is down")
		}
		if err == nil || redis.HasErrorPrefix(err, "NOPERM") {
			some.Store(true)
		}
		return err
	})
	if some.Load() {
		return nil
	}
	return err
}

// clientLog passes on what go-redis has to say, without what it is about:
// its arguments hold addresses.
type clientLog struct{ log *slog.Logger }

// Printf is called by go-redis.
func (l clientLog) Printf(ctx context.Context, format string, _ ...any) {
	l.log.WarnContext(ctx, "redis client", "event", format)
}
