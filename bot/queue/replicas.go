package queue

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// lowerAfter is how long fewer replicas must have followed before writes wait
// for fewer: longer than a planned failover takes. Its first act is that the
// next master leaves the old one, which goes on taking writes that are lost.
const lowerAfter = 8 * time.Second

// lagMost is how many seconds a replica may have said nothing and still be one
// that writes wait for; Redis' replicas say something every second.
const lagMost = 2

// replication is what is known about the replicas of one Redis.
type replication struct {
	need    int32     // replicas that must have a write before it is safe
	history string    // of the data; another one after a failover
	former  string    // the history before: whoever still has it is no master any more
	fewer   time.Time // since when fewer follow than need; zero: they do not
}

// replicas finds out how many replicas must have a write to this Redis before
// it is safe: all that follow, because any of them may become the master.
// Behind Sentinels it is one at least: a master that was cut off goes on
// taking writes, and its own list of replicas does not tell.
func (q *Queue) replicas(ctx context.Context, client *redis.Client) error {
	info, err := client.Info(ctx, "replication").Result()
	if redis.HasErrorPrefix(err, "NOPERM") {
		info, err = "", nil // inspect has warned
	}
	if err == nil {
		q.learn(ctx, client, info)
	}
	return err
}

// learn takes what a Redis says about its replicas. Behind Sentinels it may be
// the old master, over a connection from before a failover.
func (q *Queue) learn(ctx context.Context, client *redis.Client, info string) {
	now := replication{history: field(info, "master_replid")}
	if field(info, "role") == "master" {
		now.need = following(info)
	}
	if q.address.sentinel {
		now.need = max(now.need, 1)
	}
	q.mu.Lock()
	was := q.replicated[client]
	q.mu.Unlock()
	switch {
	case !q.address.sentinel || was.history == "":
	case now.history == was.former:
		return
	case now.history != was.history:
		now.former = was.history
	default:
		now.former = was.former
	}
	if q.address.sentinel && now.need < was.need && now.history == was.history {
		if was.fewer.IsZero() {
			was.fewer = time.Now()
		}
		if time.Since(was.fewer) < lowerAfter || q.failingOver(ctx) {
			now = was
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.replicated[client] = now
	if b := q.batches[client]; b != nil {
		b.needs.Store(now.need)
	}
	if q.only != nil {
		q.only.needs.Store(now.need)
	}
}

// ofNow tells whether a write went to the Redis whose replicas are known: after
// a failover some connections still lead to the old master, which goes on
// taking writes, and a replica that has not turned away yet has them too.
func (q *Queue) ofNow(ctx context.Context, client *redis.Client, info *redis.StringCmd) bool {
	text, err := info.Result()
	if redis.HasErrorPrefix(err, "NOPERM") {
		return true
	}
	q.mu.Lock()
	known := q.replicated[client].history
	q.mu.Unlock()
	if err == nil && field(text, "master_replid") == known {
		return true
	}
	if err == nil {
		q.learn(ctx, client, text)
	}
	q.epoch.doubt()
	return false
}

// failingOver asks the Sentinels whether they are choosing another master.
func (q *Queue) failingOver(ctx context.Context) bool {
	o := q.address.options
	for _, addr := range o.Addrs {
		sentinel := redis.NewSentinelClient(&redis.Options{
			Addr: addr, Username: o.SentinelUsername, Password: o.SentinelPassword, TLSConfig: o.TLSConfig,
			Protocol: 2, MaxRetries: -1, DialTimeout: dialTimeout, ReadTimeout: readTimeout, DialerRetries: 1,
			DisableIdentity: true, MaintNotificationsConfig: o.MaintNotificationsConfig,
		})
		master, err := sentinel.Master(ctx, o.MasterName).Result()
		_ = sentinel.Close() // only asked
		if err == nil && strings.Contains(master["flags"], "failover_in_progress") {
			return true
		}
	}
	return false
}

// following counts the replicas that have everything and say so: one that is
// still copying, or that has fallen silent, cannot make anything safe. The
// last one counts even when it is silent.
func following(info string) int32 {
	var near, far int32
	for line := range strings.Lines(info) {
		if !strings.HasPrefix(line, "slave") || !strings.Contains(line, ",state=online,") || strings.Contains(line, ",offset=0,") {
			continue
		}
		_, lag, _ := strings.Cut(strings.TrimSpace(line), ",lag=")
		if n, err := strconv.Atoi(lag); err == nil && n <= lagMost {
			near++
		} else {
			far = 1
		}
	}
	return max(near, far)
}
