package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/praatpaal/praatpaal/bot/book"
)

// replicatedRedis starts a master that gives its replicas everything at once,
// and something every second: who has got nothing yet does not count, see
// following.
func replicatedRedis(t *testing.T) *redisServer {
	t.Helper()
	return ownRedis(t, "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
}

// replicaOf starts a replica and waits until it has all.
func replicaOf(t *testing.T, master *redisServer) *redisServer {
	t.Helper()
	_, port, err := net.SplitHostPort(master.addr)
	if err != nil {
		t.Fatal(err)
	}
	s := ownRedis(t, "--replicaof", "127.0.0.1 "+port, "--repl-diskless-sync-delay", "0", "--repl-diskless-sync", "yes")
	client := redis.NewClient(&redis.Options{Addr: s.addr})
	defer client.Close()
	wait(t, func() bool {
		return field(client.Info(t.Context(), "replication").Val(), "master_link_status") == "up"
	})
	at := redis.NewClient(&redis.Options{Addr: master.addr})
	defer at.Close()
	_, port, err = net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { // the master knows that it is up
		for line := range strings.Lines(at.Info(t.Context(), "replication").Val()) {
			if strings.Contains(line, ",port="+port+",") && following(line) == 1 {
				return true
			}
		}
		return false
	})
	return s
}

func TestAWriteIsSafeOnlyOnceAReplicaHasIt(t *testing.T) {
	master := replicatedRedis(t)
	replica := replicaOf(t, master)
	q := open(t, store{urls: []string{master.url()}}.options(t))
	id := begun(t, q)
	if q.only.needs.Load() != 1 {
		t.Fatal("the replica was not noticed")
	}
	if err := replica.pause(); err != nil {
		t.Fatal(err)
	}
	turn := Turn{ID: id, Message: "m2", Expect: 1, State: []byte("x"), Entries: []Entry{{From: "child", ID: "m2", Body: []byte("hoi")}}}
	for range 2 { // asking again must not make it safe
		_, err := q.Turn(t.Context(), turn)
		isError(t, err, errUnsafe)
	}
	if err := replica.resume(); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool {
		stored, err := q.Turn(t.Context(), turn)
		return err == nil && stored.Again && stored.Seq == 3
	})
}

func TestAFailoverBySentinelsLosesNothing(t *testing.T) {
	master := replicatedRedis(t)
	replicaOf(t, master)
	replicaOf(t, master)
	sentinel := startSentinel(t, master)
	o := store{urls: []string{"redis+sentinel://" + sentinel.addr + "?master=mine"}}.options(t)
	q := open(t, o)
	id := join(t, q, Waiting{Danger: book.Urgent})
	// One replica makes a write safe, and another may become the master: then
	// the browsers send again. Here both have it, so that nothing is to be lost.
	wait(t, func() bool {
		pipe := q.client.Pipeline()
		pipe.Time(t.Context())
		both := redis.NewIntCmd(t.Context(), "wait", 2, 500)
		_ = pipe.Process(t.Context(), both)
		_, err := pipe.Exec(t.Context())
		return err == nil && both.Val() == 2
	})
	master.stop()
	sentinel.failover(t)
	turn := Turn{ID: id, Message: "m2", Expect: 1, State: []byte("x"), Entries: []Entry{{From: "child", ID: "m2", Body: []byte("hoi")}}}
	wait(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := q.Turn(ctx, turn)
		return err == nil
	})
	var entries []Entry
	wait(t, func() (read bool) {
		var err error
		entries, err = q.After(t.Context(), id, 0)
		return err == nil
	})
	if len(entries) != 3 {
		t.Errorf("%q", bodies(entries))
	}
	var c Claim
	wait(t, func() bool {
		var err error
		c, err = q.Claim(t.Context(), "Anna", id)
		return err == nil
	})
	if c.ID != id {
		t.Errorf("claim %+v", c)
	}
	// Hints come again, over a new subscription.
	wait(t, func() bool { return q.Attach(t.Context(), id, "c1") == nil })
	heard := Hint{ID: id, Kind: "typing", From: "counsellor"}
	wait(t, func() bool {
		if err := q.Hint(t.Context(), heard); err != nil {
			return false
		}
		select {
		case h := <-q.Hints():
			return h == heard
		default:
			return false
		}
	})
}

// redisSentinel is one that decides alone, and only when it is told to: one
// that looks for itself takes a master that is slow, because the machine is
// busy, for a dead one, and the next master too.
type redisSentinel struct {
	addr   string
	client *redis.SentinelClient
}

// startSentinel starts one and waits until it knows both replicas.
func startSentinel(t *testing.T, master *redisServer) redisSentinel {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nlogfile %s\nsentinel monitor mine %s 1\nsentinel down-after-milliseconds mine %d\n",
		port, filepath.Dir(file), filepath.Join(filepath.Dir(file), "log"), strings.Replace(master.addr, ":", " ", 1), (2 * patience).Milliseconds())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("redis-server", file, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	s := redisSentinel{addr: fmt.Sprintf("127.0.0.1:%d", port)}
	s.client = redis.NewSentinelClient(&redis.Options{Addr: s.addr})
	t.Cleanup(func() { _ = s.client.Close() })
	wait(t, func() bool {
		known, err := s.client.Replicas(t.Context(), "mine").Result()
		return err == nil && len(known) == 2
	})
	return s
}

// failover makes a replica the master, as if the master had been found dead.
func (s redisSentinel) failover(t *testing.T) {
	t.Helper()
	wait(t, func() bool { return s.client.Failover(t.Context(), "mine").Err() == nil })
}

// startCluster starts a Cluster of three masters.
func startCluster(t *testing.T) (urls []string, servers []*redisServer) {
	t.Helper()
	args := []string{"--cluster", "create"}
	for range 3 {
		s := ownRedis(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no", "--cluster-port", clusterPort(t))
		servers = append(servers, s)
		args = append(args, s.addr)
		urls = append(urls, "redis://"+s.addr)
	}
	out, err := exec.Command("redis-cli", append(args, "--cluster-yes")...).CombinedOutput()
	if err != nil {
		t.Fatalf("redis-cli: %v: %s", err, out)
	}
	for _, s := range servers {
		client := redis.NewClient(&redis.Options{Addr: s.addr})
		wait(t, func() bool { return strings.Contains(client.ClusterInfo(t.Context()).Val(), "cluster_state:ok") })
		client.Close()
	}
	return urls, servers
}

func clusterPort(t *testing.T) string {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(port)
}

func TestAllOfItWorksOnACluster(t *testing.T) {
	urls, servers := startCluster(t)
	o := store{urls: urls}.options(t)
	a, b := open(t, o), open(t, o)
	var ids []string
	for range 30 {
		ids = append(ids, join(t, a, Waiting{Danger: book.Concern, Lang: "nl"}))
	}
	if err := b.Alive(t.Context(), ids...); err != nil {
		t.Fatal(err)
	}
	for i, want := range ids {
		if err := a.Attach(t.Context(), want, "c1"); err != nil {
			t.Fatal(err)
		}
		c, err := b.Claim(t.Context(), "Anna", "")
		if err != nil || c.ID != want {
			t.Fatalf("claim %d: %+v, %v", i, c, err)
		}
		if err := say(b, c, "d1"); err != nil {
			t.Fatal(err)
		}
		hear(t, a, Hint{ID: c.ID, Kind: "log"})
		entries, err := a.After(t.Context(), c.ID, 0)
		if err != nil || len(entries) != 3 {
			t.Fatalf("%q, %v", bodies(entries), err)
		}
	}
	moveSlot(t, a, servers, ids[0])
	for _, id := range ids {
		if _, err := a.Turn(t.Context(), Turn{ID: id, Message: "m9", Expect: Any, Entries: []Entry{{From: "child", ID: "m9", Body: []byte("x")}}}); err != nil {
			t.Fatal(err)
		}
		if err := b.Forget(t.Context(), id, Left); err != nil {
			t.Fatal(err)
		}
		_, err := a.Load(t.Context(), id)
		isError(t, err, ErrGone)
	}
	wantCounts(t, a, map[string]int64{a.day() + " left concern nl": 30})
	clusterStaff(t, a, b)
	clusterEpoch(t, a, b, servers[1])
}

// The shard of the line dies, and nobody takes over: whose conversation lives
// elsewhere goes on.
func TestAClusterThatLostAShardServesTheOthers(t *testing.T) {
	urls, servers := startCluster(t)
	q := open(t, store{urls: urls}.options(t))
	shard := func(key string) string {
		master, err := q.cluster.MasterForKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return master.Options().Addr
	}
	lost := shard(q.names.line[0])
	id := begun(t, q)
	for shard(q.names.conversation(id)) == lost {
		id = begun(t, q)
	}
	for _, s := range servers {
		if s.addr == lost {
			s.stop()
		}
	}
	for i := range 20 {
		if err := q.Ready(t.Context()); err != nil {
			t.Fatalf("not ready: %v", err)
		}
		message := fmt.Sprint("m", i)
		turn := Turn{ID: id, Message: message, Expect: Any, Entries: []Entry{{From: "child", ID: message, Body: []byte("x")}}}
		if _, err := q.Turn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range servers {
		s.stop()
	}
	wait(t, func() bool { return q.Ready(t.Context()) != nil })
}

func clusterStaff(t *testing.T, a, b *Queue) {
	t.Helper()
	if err := a.AddCounsellor(t.Context(), "Anna", password); err != nil {
		t.Fatal(err)
	}
	session, err := b.SignIn(t.Context(), "Anna", password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Session(t.Context(), session); err != nil {
		t.Error(err)
	}
}

// clusterEpoch lets one shard of the test's own cluster come back empty.
func clusterEpoch(t *testing.T, a, b *Queue, shard *redisServer) {
	t.Helper()
	was := a.Epoch()
	if err := a.cluster.ForEachMaster(t.Context(), func(ctx context.Context, c *redis.Client) error {
		if c.Options().Addr != shard.addr {
			return nil
		}
		return c.FlushAll(ctx).Err()
	}); err != nil {
		t.Fatal(err)
	}
	a.epoch.doubt()
	b.epoch.doubt()
	wait(t, func() bool { return a.Epoch() != was && a.Epoch() == b.Epoch() })
}

// moveSlot moves the slot of a conversation to another master, without telling
// the queue.
func moveSlot(t *testing.T, q *Queue, servers []*redisServer, id string) {
	t.Helper()
	ctx := t.Context()
	key := q.names.conversation(id)
	slot := q.client.ClusterKeySlot(ctx, key).Val()
	owner, err := q.cluster.MasterForKey(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	from := redis.NewClient(&redis.Options{Addr: owner.Options().Addr})
	defer from.Close()
	var to *redis.Client
	for _, s := range servers {
		if s.addr != owner.Options().Addr {
			to = redis.NewClient(&redis.Options{Addr: s.addr})
			break
		}
	}
	defer to.Close()
	host, port, err := net.SplitHostPort(to.Options().Addr)
	if err != nil {
		t.Fatal(err)
	}
	fromID, toID := from.Do(ctx, "cluster", "myid").Val(), to.Do(ctx, "cluster", "myid").Val()
	err = errors.Join(
		to.Do(ctx, "cluster", "setslot", slot, "importing", fromID).Err(),
		from.Do(ctx, "cluster", "setslot", slot, "migrating", toID).Err(),
		from.Migrate(ctx, host, port, key, 0, 5*time.Second).Err(),
	)
	if err != nil {
		t.Fatal(err)
	}
	// Half way: the old master asks to look at the new one for this key.
	if _, err := q.Turn(ctx, Turn{ID: id, Message: "m8", Expect: Any, Entries: []Entry{{From: "child", ID: "m8", Body: []byte("x")}}}); err != nil {
		t.Errorf("while the slot moves: %v", err)
	}
	err = errors.Join(
		to.Do(ctx, "cluster", "setslot", slot, "node", toID).Err(),
		from.Do(ctx, "cluster", "setslot", slot, "node", toID).Err(),
	)
	if err != nil {
		t.Fatal(err)
	}
}
