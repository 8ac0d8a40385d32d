package browser

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/redis/go-redis/v9"
)

// stand is the program on a real Redis, with a counsellor's account.
type stand struct {
	program
	t        *testing.T
	binary   string
	env      []string
	redis    *redis.Client
	password string
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{t: t, binary: filepath.Join(t.TempDir(), "praatpaal")}
	if out, err := exec.Command("go", "build", "-o", s.binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	s.redis = ownRedis(t)
	s.env = append(os.Environ(), "PRAATPAAL_ADDR=127.0.0.1:0", "PRAATPAAL_CONTENT=", "PRAATPAAL_KEYS="+t.TempDir(),
		"PRAATPAAL_REDIS=redis://"+s.redis.Options().Addr+"/0")
	said := strings.Fields(s.runs("counsellor", "add", "Sanne"))
	s.password = said[len(said)-1]
	cmd := exec.Command(s.binary)
	cmd.Env, cmd.Stderr = s.env, os.Stderr
	banner, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program did not end well: %v", err)
		}
	})
	s.program = program{chat: address(t, banner, "the chat"), desk: address(t, banner, "the desk")}.read(t, banner)
	return s
}

// ownRedis starts one on a free port.
func ownRedis(t *testing.T) *redis.Client {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	_ = free.Close()
	cmd := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--appendonly", "yes")
	if err := cmd.Start(); err != nil {
		t.Fatalf("redis-server: %v: run .ci/test, which installs it", err)
	}
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port, MaxRetries: 100, MinRetryBackoff: 50 * time.Millisecond})
	t.Cleanup(func() { _ = client.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return client
}

// runs gives what a command prints.
func (s *stand) runs(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(s.binary, args...)
	cmd.Env = s.env
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return string(out)
}

// evidence is what the command prints, nil when it prints nothing.
func (s *stand) evidence(id string) map[string]string {
	s.t.Helper()
	cmd := exec.Command(s.binary, "evidence", id)
	cmd.Env = s.env
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		return nil
	}
	var held map[string]string
	if err := json.Unmarshal(out, &held); err != nil {
		s.t.Fatalf("evidence printed %q: %v", out, err)
	}
	return held
}

// untilGone asks Redis until no key and no value names a conversation.
func (s *stand) untilGone(id string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for {
		n, err := s.redis.Exists(ctx, "praatpaal:{c:"+id+"}").Result()
		if err != nil {
			s.t.Fatalf("the conversation is still in Redis: %v", err)
		}
		if n == 0 {
			return
		}
	}
}

// deskOf signs the counsellor in, in a browser of its own.
func (s *stand) deskOf(e *ears) *tab {
	s.t.Helper()
	w := window(s.t, "nl", 1280, 800)
	w.listens(e)
	w.open(s.program.desk)
	w.do("sign in", chromedp.SendKeys(chromedp.CSS("[name=name]"), "Sanne", chromedp.NodeVisible),
		chromedp.SendKeys(chromedp.CSS("[name=password]"), s.password, chromedp.NodeVisible))
	w.press("[type=submit]")
	w.sees("#next")
	w.until("the child waits in the line", "document.querySelectorAll('#waiting li').length === 1")
	return w
}
