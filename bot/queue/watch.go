package queue

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// clock tells the time as Redis has it, so that nodes whose own clocks differ
// agree on it.
type clock struct {
	ahead atomic.Int64 // ns that Redis is ahead of this machine
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Now is the time by Redis' clock, which all nodes share.
func (q *Queue) Now() time.Time { return q.clock.now() }

// set notes a time that Redis gave between two moments here.
func (c *clock) set(redis, asked, answered time.Time) {
	c.ahead.Store(int64(redis.Sub(asked.Add(answered.Sub(asked) / 2))))
}

// watch is the loop that looks at the store every few seconds.
func (q *Queue) watch() {
	ticker := time.NewTicker(watchTime)
	defer ticker.Stop()
	var last time.Time
	proved := hourOf(long, q.clock.now())
	for {
		select {
		case <-q.life.Done():
			return
		case <-q.epoch.ask:
			// Not more often than once a second: anybody can make up a token
			// that is not there. But a doubt is never dropped.
			if !q.pause(time.Until(last.Add(time.Second))) {
				return
			}
		case <-ticker.C:
		}
		last = time.Now()
		ctx, cancel := context.WithTimeout(q.life, readTimeout)
		err := q.look(ctx)
		if err == nil {
			err = q.client.Publish(ctx, q.names.node+q.node, echo).Err()
		}
		if hour := hourOf(long, q.clock.now()); err == nil && hour != proved {
			if proved = hour; q.sameFolder(ctx) != nil {
				q.log.Error("the keys of this node are not those of the others: give all nodes the same folder in PRAATPAAL_KEYS")
			}
		}
		cancel()
		if err == nil {
			q.reach()
		}
		q.note(err)
		q.moved(q.life, err)
		if err := q.keys.sweep(); err != nil {
			q.log.Error("keys are not destroyed in time", "error", err.Error())
		}
		q.chest.age(chestIdle)
	}
}

// look reads the clock, the epoch and the replicas.
func (q *Queue) look(ctx context.Context) error {
	asked := time.Now()
	now, err := q.client.Time(ctx).Result()
	if err != nil {
		return err
	}
	q.clock.set(now, asked, time.Now())
	changed, err := q.epoch.look(ctx, q.client)
	if err != nil {
		return err
	}
	if changed {
		q.chest.empty()
		q.log.Warn("the store has lost state: conversations are sent again by who still has them")
	}
	if q.address.inside {
		return nil
	}
	return q.masters(ctx, q.replicas)
}

// note logs once that the store went away, and once that it is back.
func (q *Queue) note(err error) {
	q.mu.Lock()
	was := q.reachable
	q.reachable = err == nil
	q.mu.Unlock()
	switch {
	case q.life.Err() != nil:
	case was && err != nil:
		q.log.Error("the store is away", "error", q.address.plain(err).Error())
	case !was && err == nil:
		q.log.Info("the store is back")
	}
}

// field reads one value of an answer to INFO.
func field(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// inspect refuses a Redis that would lose what it was given.
func (q *Queue) inspect(ctx context.Context) error {
	if q.address.inside {
		return nil
	}
	return q.masters(ctx, func(ctx context.Context, client *redis.Client) error {
		config, err := client.ConfigGet(ctx, "maxmemory*").Result()
		if err == nil {
			var file map[string]string
			file, err = client.ConfigGet(ctx, "appendonly").Result()
			maps.Copy(config, file)
		}
		if err != nil {
			q.log.Warn("redis does not tell its settings: see that maxmemory-policy is noeviction and appendonly is yes, and that INFO is allowed where there are replicas")
			return nil
		}
		limit, _ := strconv.ParseInt(config["maxmemory"], 10, 64) // 0 when absent: no limit
		if policy := config["maxmemory-policy"]; limit > 0 && policy != "noeviction" {
			return fmt.Errorf("redis: %s: maxmemory-policy is %s, so conversations may vanish: set maxmemory-policy noeviction", q.address.shown, policy)
		}
		if config["appendonly"] == "no" {
			q.log.Warn("redis keeps no append-only file: what was sent may be lost when it stops: set appendonly yes")
		}
		return nil
	})
}
