package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// probes is how many keys stand for the epoch of a Cluster: enough that each
// master holds one. Elsewhere one is enough.
const probes = 16

// epoch knows whether the store is still the one that it was: each probe is a
// random value, written when it is missing, so that a store that came back
// empty has another epoch.
type epoch struct {
	keys []string      // fixed
	ask  chan struct{} // fixed; a token when somebody doubts the epoch

	mu    sync.Mutex
	now   string    // guarded by mu
	first string    // guarded by mu; value of the first probe
	lost  time.Time // guarded by mu; when it became another one
}

func newEpoch(n names, cluster bool) *epoch {
	e := &epoch{ask: make(chan struct{}, 1)}
	many := 1
	if cluster {
		many = probes
	}
	for i := range many {
		e.keys = append(e.keys, n.epoch(i))
	}
	return e
}

// look reads the probes, and says whether the epoch is another one than before.
func (e *epoch) look(ctx context.Context, client redis.UniversalClient) (changed bool, err error) {
	pipe := client.Pipeline()
	values := make([]*redis.StringCmd, len(e.keys))
	for i, key := range e.keys {
		pipe.SetNX(ctx, key, secret(10), 0)
		values[i] = pipe.Get(ctx, key)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return false, err
	}
	var all strings.Builder
	for _, value := range values {
		all.WriteString(value.Val())
		all.WriteString(us)
	}
	sum := sha256.Sum256([]byte(all.String()))
	now := hex.EncodeToString(sum[:8])
	e.mu.Lock()
	defer e.mu.Unlock()
	changed = e.now != "" && e.now != now
	e.now, e.first = now, values[0].Val()
	if changed {
		e.lost = time.Now()
	}
	return changed, nil
}

// known gives the epoch and the value of its first probe.
func (e *epoch) known() (now, first string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now, e.first
}

// doubt asks for a look soon.
func (e *epoch) doubt() {
	select {
	case e.ask <- struct{}{}:
	default:
	}
}

// Epoch is another one than before once the store has lost state, as 16
// hexadecimal digits. It is looked at every 5 s, and when a conversation is
// missing or the line to Redis was cut.
func (q *Queue) Epoch() string {
	now, _ := q.epoch.known()
	return now
}

// LostAt is when this node saw that the epoch had become another one; zero when
// it never did.
func (q *Queue) LostAt() time.Time {
	q.epoch.mu.Lock()
	defer q.epoch.mu.Unlock()
	return q.epoch.lost
}

// Lost says that the store knows less than it did in an epoch: after ErrLost,
// or when a conversation is shorter than it was. From then on the epoch is
// another one for all nodes, so that everybody sends again what they have.
func (q *Queue) Lost(ctx context.Context, epoch string) error {
	now, first := q.epoch.known()
	if now == epoch {
		if _, err := q.read(ctx, q.scripts.epoch, q.epoch.keys[:1], first, secret(10)); err != nil {
			return fmt.Errorf("epoch: %w", err)
		}
		if err := q.look(ctx); err != nil {
			return fmt.Errorf("epoch: %w", err)
		}
	}
	return nil
}
