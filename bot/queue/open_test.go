package queue

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheFormsOfAnAddress(t *testing.T) {
	for _, test := range []struct {
		urls     string
		addrs    []string
		db       int
		kind     string
		shown    string
		password string
	}{
		{"redis://127.0.0.1", []string{"127.0.0.1:6379"}, 0, "single", "redis://127.0.0.1", ""},
		{"redis://h:1/3", []string{"h:1"}, 3, "single", "redis://h:1/3", ""},
		{"rediss://u:p%2Cw@h:1", []string{"h:1"}, 0, "tls", "rediss://h:1", "p,w"},
		{"redis://[::1]:7", []string{"[::1]:7"}, 0, "single", "redis://[::1]:7", ""},
		{"redis://:secret@h:1?cluster=true", []string{"h:1"}, 0, "cluster", "redis://h:1", "secret"},
		{"redis://a:1,redis://b:2", []string{"a:1", "b:2"}, 0, "cluster", "redis://a:1,redis://b:2", ""},
		{"redis://:s@a:1,b:2,c", []string{"a:1", "b:2", "c:6379"}, 0, "cluster", "redis://a:1,b:2,c", "s"},
		{"redis+sentinel://:s@a:1,b/2?master=mine", []string{"a:1", "b:26379"}, 2, "sentinel", "redis+sentinel://a:1,b/2", "s"},
	} {
		a, err := parseAddress([]string{test.urls})
		if err != nil {
			t.Errorf("%s: %v", test.urls, err)
			continue
		}
		kind := "single"
		switch {
		case a.cluster:
			kind = "cluster"
		case a.sentinel:
			kind = "sentinel"
		case a.options.TLSConfig != nil:
			kind = "tls"
		}
		if !cmp.Equal(a.options.Addrs, test.addrs) || a.options.DB != test.db || kind != test.kind ||
			a.shown != test.shown || a.options.Password != test.password {
			t.Errorf("%s: %v %d %s %s %s", test.urls, a.options.Addrs, a.options.DB, kind, a.shown, a.options.Password)
		}
	}
}

func TestAWrongAddressIsOneLineWithoutThePassword(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	l.Close()
	protected := ownRedis(t, "--requirepass", "secret-of-redis")
	for _, test := range []struct{ url, want string }{
		{"redis://" + free, "redis: redis://" + free + ": connection refused: start Redis or unset PRAATPAAL_REDIS"},
		{"redis://u:secret@" + free + "/0", "redis: redis://" + free + "/0: connection refused: start Redis or unset PRAATPAAL_REDIS"},
		{"redis://" + free + ",redis://" + free, ""},
		{"redis+sentinel://:secret@" + free + "?master=m", ""},
		{"redis+sentinel://:secret@" + free, "redis: redis+sentinel://" + free + ": add ?master= and the name that the Sentinels know the master by"},
		{"redis://:secret@" + protected.addr, "redis: redis://" + protected.addr + ": user or password refused: look at PRAATPAAL_REDIS"},
		{"redis://" + protected.addr, "redis: redis://" + protected.addr + ": user or password refused: look at PRAATPAAL_REDIS"},
		{"redis://u:secret@ho st", "redis: a URL that cannot be read: write redis://host:port/0 and escape special characters in the password"},
		{"http://:secret@h", "redis: http://h: begins with no scheme known here: use redis://, rediss:// or redis+sentinel://"},
		{"redis://:secret@h/x", "redis: redis://h/x: the path is not the number of a database: write redis://host:port/0"},
		{"redis://a:1/1,redis://b:2/1", "redis: redis://a:1/1,redis://b:2/1: a Cluster has database 0 only: leave the number out"},
		{",", "redis: no URL: write redis://host:port/0"},
		{"redis://no-such-host.invalid", ""},
	} {
		q, err := Open(t.Context(), Options{URLs: []string{test.url}, Keys: t.TempDir(), Prefix: prefix()})
		if err == nil {
			q.Close()
			t.Errorf("%s: opened", test.url)
			continue
		}
		if test.want != "" && err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.url, err, test.want)
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", test.url, err)
		}
	}
}

func TestRedisNeedsAFolderOfKeys(t *testing.T) {
	_, err := Open(t.Context(), Options{URLs: []string{"redis://" + real.addr}})
	if err == nil || !strings.HasPrefix(err.Error(), "keys: no folder: set PRAATPAAL_KEYS") {
		t.Errorf("error %v", err)
	}
}

// lines is a log that a test reads.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestARedisThatMayEvictIsRefused(t *testing.T) {
	server := ownRedis(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	var log lines
	o := Options{URLs: []string{server.url()}, Keys: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))}
	_, err := Open(t.Context(), o)
	want := "redis: " + server.url() + ": maxmemory-policy is allkeys-lru, so conversations may vanish: set maxmemory-policy noeviction"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	other := ownRedis(t, "--maxmemory", "100mb")
	o.URLs = []string{other.url()}
	open(t, o)
	if got := strings.Count(log.String(), "append-only"); got != 1 {
		t.Errorf("warned %d times: %s", got, log.String())
	}
}

func TestARedisThatHidesItsSettingsGivesAWarning(t *testing.T) {
	server := ownRedis(t, "--rename-command", "CONFIG", "")
	var log lines
	q := open(t, Options{URLs: []string{server.url()}, Keys: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	begun(t, q)
	if !strings.Contains(log.String(), "does not tell its settings") {
		t.Errorf("log: %s", log.String())
	}
}

func TestTheEpochChangesWhenTheStoreComesBackEmpty(t *testing.T) {
	server := ownRedis(t)
	o := store{urls: []string{server.url()}}.options(t)
	a, b := open(t, o), open(t, o)
	was := a.Epoch()
	if was == "" || b.Epoch() != was {
		t.Errorf("epochs %q and %q", was, b.Epoch())
	}
	id, other := begun(t, a), begun(t, a)
	if err := a.client.FlushAll(t.Context()).Err(); err != nil { // a server of this test alone
		t.Fatal(err)
	}
	_, err := a.Load(t.Context(), id)
	isError(t, err, ErrGone)
	b.epoch.doubt()
	wait(t, func() bool { return a.Epoch() != was && b.Epoch() == a.Epoch() })
	if _, ok := a.chest.get(other); ok {
		t.Error("the key of a lost conversation is still held")
	}
	if _, err := b.Begin(t.Context(), talk(id)); err != nil {
		t.Fatal(err)
	}
}

func TestAQueueIsReadyOnlyWhileTheStoreAnswers(t *testing.T) {
	server := ownRedis(t)
	q := open(t, store{urls: []string{server.url()}}.options(t))
	if err := q.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	server.stop()
	err := q.Ready(t.Context())
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("ready without a store: %v", err)
	}
	if _, err := q.Begin(t.Context(), talk(IDOf("x"))); err == nil {
		t.Error("stored without a store")
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	server := ownRedis(t)
	q := open(t, store{urls: []string{server.url()}}.options(t))
	id := begun(t, q)
	if err := server.pause(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	before := time.Now()
	_, err := q.Turn(ctx, Turn{ID: id, Message: "m2", Expect: 1, State: []byte("x")})
	if err == nil {
		t.Error("stored by a Redis that stands still")
	}
	if took := time.Since(before); took > readTimeout {
		t.Errorf("took %v", took)
	}
	if err := server.resume(); err != nil {
		t.Fatal(err)
	}
	// An error never says that it was not done: asking again tells.
	wait(t, func() bool {
		_, err := q.Turn(t.Context(), Turn{ID: id, Message: "m3", Expect: Any})
		return err == nil
	})
}

func TestClosingEndsEverything(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			q, err := Open(t.Context(), s.options(t))
			if err != nil {
				t.Fatal(err)
			}
			id := begun(t, q)
			for range 2 {
				if err := q.Close(); err != nil {
					t.Fatal(err)
				}
			}
			for range q.Hints() { // closed
			}
			if _, err := q.Turn(t.Context(), Turn{ID: id, Expect: Any}); err == nil {
				t.Error("stored after closing")
			}
			if err := q.Ready(t.Context()); err == nil {
				t.Error("ready after closing")
			}
			if len(q.keys.held) != 0 || len(q.chest.seals) != 0 {
				t.Error("keys are still in memory")
			}
		})
	}
}

func TestTheEmbeddedStoreLetsTimePass(t *testing.T) {
	q := open(t, Options{})
	const life = 300 * time.Millisecond
	key := q.names.conversation("x")
	before := time.Now()
	if err := q.client.Set(t.Context(), key, "x", life).Err(); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return q.client.Exists(t.Context(), key).Val() == 0 })
	if took := time.Since(before); took < life-tick {
		t.Errorf("gone after %v", took)
	}
}

func TestTheEmbeddedStoreIsClosedToOthers(t *testing.T) {
	q := open(t, Options{})
	conn, err := net.Dial("tcp", q.embedded.server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "*2\r\n$7\r\nHGETALL\r\n$1\r\nx\r\n")
	answer := make([]byte, 100)
	n, err := conn.Read(answer)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "-NOAUTH") {
		t.Errorf("answer %q, %v", answer[:n], err)
	}
}

func TestTheClientsLogHoldsNoAddress(t *testing.T) {
	var log lines
	clientLog{slog.New(slog.NewTextHandler(&log, nil))}.Printf(t.Context(), "dial %s: %v", "10.1.2.3:6379", "refused")
	if strings.Contains(log.String(), "10.1.2.3") || !strings.Contains(log.String(), "dial %s: %v") {
		t.Errorf("log: %s", log.String())
	}
}

func TestNodesAgreeOnTheTime(t *testing.T) {
	c := &clock{}
	asked := time.Now()
	c.set(asked.Add(5*time.Minute), asked, asked)
	if ahead := time.Until(c.now()); ahead < 4*time.Minute || ahead > 6*time.Minute {
		t.Errorf("ahead by %v", ahead)
	}
}

func TestAFullRedisRefusesTurnsButNotForgetting(t *testing.T) {
	server := ownRedis(t, "--maxmemory", "100mb")
	q := open(t, store{urls: []string{server.url()}}.options(t))
	ctx := t.Context()
	c := claimed(t, q, "Anna")
	if err := q.client.ConfigSet(ctx, "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Begin(ctx, talk(IDOf("x"))); err == nil {
		t.Error("begun in a full store")
	}
	if err := say(q, c, "d1"); err == nil {
		t.Error("stored in a full store")
	}
	if _, err := q.After(ctx, c.ID, 0); err != nil {
		t.Errorf("read: %v", err)
	}
	if err := q.Alive(ctx, c.ID); err != nil {
		t.Errorf("alive: %v", err)
	}
	if _, err := q.Renew(ctx, c); err != nil {
		t.Errorf("renew: %v", err)
	}
	if err := q.Forget(ctx, c.ID, QuickExit); err != nil {
		t.Errorf("forget: %v", err)
	}
	_, err := q.Load(ctx, c.ID)
	isError(t, err, ErrGone)
	if _, err := q.Sweep(ctx); err != nil {
		t.Errorf("sweep: %v", err)
	}
}
