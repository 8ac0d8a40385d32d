package stand

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is one redis-server.
type Redis struct {
	Process
	Addr string
	dir  string
}

// StartRedis runs a redis-server that keeps every write before it answers.
func StartRedis(dir, name string, more ...string) (*Redis, error) {
	return startRedis(Place{Dir: dir}, name, more...)
}

// Place is where a Redis runs.
type Place struct {
	Dir    string
	Inside string // network namespace; "" for ours
	Host   string // "" is 127.0.0.1
}

func startRedis(at Place, name string, more ...string) (*Redis, error) {
	if at.Host == "" {
		at.Host = "127.0.0.1"
	}
	port := Port()
	r := &Redis{Addr: fmt.Sprintf("%s:%d", at.Host, port)}
	var err error
	if r.dir, err = folder(at.Dir, name); err != nil {
		return nil, err
	}
	r.name, r.log = name, filepath.Join(r.dir, "log")
	if at.Inside != "" {
		r.args = []string{"ip", "netns", "exec", at.Inside}
	}
	r.args = append(r.args, "redis-server", "--port", fmt.Sprint(port), "--bind", at.Host, "--dir", r.dir,
		"--protected-mode", "no", "--save", "", "--appendonly", "yes", "--appendfsync", "always",
		"--maxmemory-policy", "noeviction", "--repl-diskless-sync-delay", "0")
	r.args = append(r.args, more...)
	return r, r.Start()
}

// Start runs it, again after it has ended, and waits until it answers.
func (r *Redis) Start() error {
	if err := r.start(); err != nil {
		return err
	}
	if err := until(20*time.Second, r.Ping); err != nil {
		return fmt.Errorf("%s: %w\n%s", r.name, err, r.Log())
	}
	return nil
}

// Empty removes all that it has on disk; it must have ended.
func (r *Redis) Empty() error {
	if err := os.RemoveAll(r.dir); err != nil {
		return err
	}
	return os.MkdirAll(r.dir, 0o700)
}

// Do sends one command over a connection of its own.
func (r *Redis) Do(args ...any) (any, error) {
	client := redis.NewClient(&redis.Options{Addr: r.Addr, MaxRetries: -1, Protocol: 2, DialTimeout: time.Second, ReadTimeout: 5 * time.Second})
	defer client.Close()
	return client.Do(context.Background(), args...).Result()
}

// Ping is nil when it answers and has loaded its data.
func (r *Redis) Ping() error {
	_, err := r.Do("PING")
	return err
}

// Memory is what its data takes, in bytes.
func (r *Redis) Memory() int64 {
	info, err := r.Do("INFO", "memory")
	if err != nil {
		return 0
	}
	var used int64
	_, rest, _ := strings.Cut(fmt.Sprint(info), "used_memory:")
	_, _ = fmt.Sscan(rest, &used)
	return used
}

// Store is a Redis of one of the three kinds.
type Store struct {
	URL     string
	Servers []*Redis   // all that hold data; the first master first
	Guards  []*Process // Sentinels
}

// Single starts one Redis.
func Single(dir string, more ...string) (*Store, error) {
	r, err := StartRedis(dir, "redis", more...)
	if err != nil {
		return nil, err
	}
	return &Store{URL: "redis://" + r.Addr + "/0", Servers: []*Redis{r}}, nil
}

// Sentinel starts a master, two replicas and three Sentinels. Each is in the
// place of its number: 0 the master, 1 and 2 the replicas; the Sentinels
// stand in 2, 1 and 2, unless they are all together.
func Sentinel(places [3]Place, downAfter time.Duration) (*Store, error) {
	s := &Store{}
	for i, at := range places {
		more := []string{}
		if i > 0 {
			host, port, _ := strings.Cut(s.Servers[0].Addr, ":")
			more = append(more, "--replicaof", host+" "+port)
		}
		r, err := startRedis(at, fmt.Sprintf("redis%d", i), more...)
		if err != nil {
			return s, errors.Join(err, s.Close())
		}
		s.Servers = append(s.Servers, r)
	}
	if err := until(15*time.Second, s.replicated); err != nil {
		return s, errors.Join(err, s.Close())
	}
	var addrs []string
	for i, where := range []int{2, 1, 2} {
		addr, err := s.guard(places[where], i, downAfter)
		if err != nil {
			return s, errors.Join(err, s.Close())
		}
		addrs = append(addrs, addr)
	}
	s.URL = "redis+sentinel://" + strings.Join(addrs, ",") + "/0?master=line"
	time.Sleep(2 * time.Second) // the Sentinels find each other and the replicas
	return s, nil
}

func (s *Store) replicated() error {
	info, err := s.Servers[0].Do("INFO", "replication")
	if err == nil && strings.Count(fmt.Sprint(info), "state=online") < 2 {
		err = errors.New("replicas are not in step")
	}
	return err
}

func (s *Store) guard(at Place, i int, downAfter time.Duration) (string, error) {
	host, port, _ := strings.Cut(s.Servers[0].Addr, ":")
	own := "127.0.0.1"
	if at.Host != "" {
		own = at.Host
	}
	p := Port()
	dir, err := folder(at.Dir, fmt.Sprintf("sentinel%d", i))
	if err != nil {
		return "", err
	}
	conf := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind %s\nprotected-mode no\ndir %s\nsentinel monitor line %s %s 2\n"+
		"sentinel down-after-milliseconds line %d\nsentinel failover-timeout line 10000\nsentinel parallel-syncs line 2\n",
		p, own, dir, host, port, downAfter.Milliseconds())
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return "", err
	}
	g := &Process{name: "sentinel", log: filepath.Join(dir, "log"), args: []string{"redis-sentinel", conf}}
	if at.Inside != "" {
		g.args = append([]string{"ip", "netns", "exec", at.Inside}, g.args...)
	}
	s.Guards = append(s.Guards, g)
	return fmt.Sprintf("%s:%d", own, p), g.start()
}

// Failover tells the Sentinels to make another the master.
func (s *Store) Failover() error {
	hosts, _, _ := strings.Cut(strings.TrimPrefix(s.URL, "redis+sentinel://"), "/")
	first, _, _ := strings.Cut(hosts, ",")
	_, err := (&Redis{Addr: first}).Do("SENTINEL", "FAILOVER", "line")
	return err
}

// Cluster starts three masters with a replica each.
func Cluster(dir string) (*Store, error) {
	s := &Store{}
	args := []string{"--cluster", "create"}
	var urls []string
	for i := range 6 {
		r, err := StartRedis(dir, fmt.Sprintf("redis%d", i), "--cluster-enabled", "yes",
			"--cluster-node-timeout", "3000", "--cluster-require-full-coverage", "no")
		if err != nil {
			return s, errors.Join(err, s.Close())
		}
		s.Servers = append(s.Servers, r)
		args = append(args, r.Addr)
		urls = append(urls, "redis://"+r.Addr)
	}
	args = append(args, "--cluster-replicas", "1", "--cluster-yes")
	if out, err := exec.Command("redis-cli", args...).CombinedOutput(); err != nil {
		return s, errors.Join(fmt.Errorf("redis-cli: %w\n%s", err, out), s.Close())
	}
	s.URL = strings.Join(urls, ",")
	return s, until(15*time.Second, func() error {
		for _, r := range s.Servers {
			info, err := r.Do("CLUSTER", "INFO")
			if err != nil || !strings.Contains(fmt.Sprint(info), "cluster_state:ok") {
				return errors.Join(err, errors.New("cluster is not ready"))
			}
		}
		return nil
	})
}

// Close ends all of it.
func (s *Store) Close() error {
	var errs []error
	for _, g := range s.Guards {
		errs = append(errs, g.Kill())
	}
	for _, r := range s.Servers {
		errs = append(errs, r.Signal(syscall.SIGCONT), r.Kill())
	}
	return errors.Join(errs...)
}
