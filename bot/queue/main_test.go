package queue

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// real is the address of the one redis-server that this test binary starts;
// folder is where it keeps its files.
var real struct{ addr, folder string }

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if _, err := exec.LookPath("redis-server"); err != nil {
		fmt.Fprintln(os.Stderr, "redis-server is not installed: run the test command of the README, which installs it (Debian: apt-get install redis-server)")
		return 1
	}
	folder, err := os.MkdirTemp("", "praatpaal-queue-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	server, err := startRedis(folder, "--appendonly", "yes", "--appendfsync", "everysec")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.stop()
	real.addr, real.folder = server.addr, folder
	code := m.Run()
	// A dial that failed asks once more after a second, and ends by itself when
	// it finds its pool closed.
	dials := goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial")
	if err := goleak.Find(dials); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// redisServer is a real Redis of our own.
type redisServer struct {
	addr string
	cmd  *exec.Cmd
}

// startRedis starts one on a free port and waits until it answers.
func startRedis(folder string, args ...string) (*redisServer, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	args = append([]string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
		"--logfile", filepath.Join(folder, "redis.log"), "--daemonize", "no",
	}, args...)
	s := &redisServer{addr: "127.0.0.1:" + strconv.Itoa(port), cmd: exec.Command("redis-server", args...)}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("redis-server: %w", err)
	}
	client := redis.NewClient(&redis.Options{Addr: s.addr, MaxRetries: 50, MinRetryBackoff: 20 * time.Millisecond, MaxRetryBackoff: 100 * time.Millisecond, DialerRetries: 1})
	defer client.Close()
	redis.SetLogger(clientLog{discard()})
	if err := client.Ping(context.Background()).Err(); err != nil && !redis.HasErrorPrefix(err, "NOAUTH") {
		s.stop()
		return nil, fmt.Errorf("redis-server does not answer: %w", err)
	}
	return s, nil
}

func (s *redisServer) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// ownRedis starts one that no other test touches.
func ownRedis(t *testing.T, args ...string) *redisServer {
	t.Helper()
	s, err := startRedis(t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

func (s *redisServer) url() string { return "redis://" + s.addr + "/0" }

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

var prefixes atomic.Int64

// prefix is a start of keys that no other test has.
func prefix() string { return fmt.Sprintf("t%d-%s:", prefixes.Add(1), secret(5)) }

// store is one kind of store to test on.
type store struct {
	name string
	urls []string
}

func stores() []store {
	return []store{{"miniredis", nil}, {"redis", []string{"redis://" + real.addr + "/0"}}}
}

// onBoth runs a test on the embedded store and on the real one.
func onBoth(t *testing.T, do func(t *testing.T, q *Queue)) {
	t.Helper()
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			do(t, open(t, s.options(t)))
		})
	}
}

func (s store) options(t *testing.T) Options {
	o := Options{URLs: s.urls, Prefix: prefix()}
	if len(s.urls) > 0 {
		o.Keys = t.TempDir()
	}
	return o
}

func open(t *testing.T, o Options) *Queue {
	t.Helper()
	q, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return q
}

// sibling opens another node on the same store. The embedded store lives in
// one process: its sibling shares the server and the keys in memory.
func sibling(t *testing.T, q *Queue, o Options) *Queue {
	t.Helper()
	if q.embedded == nil {
		return open(t, Options{URLs: o.URLs, Keys: o.Keys, Prefix: o.Prefix})
	}
	other, err := newQueue(Options{Prefix: o.Prefix})
	if err != nil {
		t.Fatal(err)
	}
	other.address = q.address
	if err := other.dial(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := other.begin(t.Context(), q.keys); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return other
}

// onBothNodes is onBoth with two nodes.
func onBothNodes(t *testing.T, do func(t *testing.T, a, b *Queue)) {
	t.Helper()
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			o := s.options(t)
			a := open(t, o)
			do(t, a, sibling(t, a, o))
		})
	}
}

// pause lets the server stand still, resume lets it go on.
func (s *redisServer) pause() error  { return s.cmd.Process.Signal(syscall.SIGSTOP) }
func (s *redisServer) resume() error { return s.cmd.Process.Signal(syscall.SIGCONT) }
