package web

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// pipes is a listener whose connections stay inside the process, so that time
// can be played with.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

func (p *pipes) dial(string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// inTime runs a test on a clock that jumps whenever everybody waits.
func inTime(t *testing.T, change func(*Options), test func(t *testing.T, s *site)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newSiteOn(t, newPipes(), change)) })
}

func took(t *testing.T, since time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(since); got < want || got > want+2*time.Second {
		t.Errorf("took %v, want %v", got, want)
	}
}

func TestASocketThatBeginsNothingIsClosed(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		began := time.Now()
		c := s.child()
		code, _ := c.closed()
		took(t, began, startWait)
		if code != 1008 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestTheServerPingsAndFindsDeadSockets(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.reader()
		c.send(`{"type":"start"}`)
		c.until("message")
		began, pings := time.Now(), 0
		c.ws.SetPingHandler(func(string) error { pings++; return nil }) // no pong: this browser is deaf
		if _, err := c.read(); err == nil {
			t.Error("a frame came")
		}
		if found := time.Since(began); found < readWait || found >= 30*time.Second {
			t.Errorf("found after %v", found)
		}
		if pings != 2 {
			t.Errorf("%d pings", pings)
		}
	})
}

func TestASocketThatAnswersPingsLives(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.reader()
		c.send(`{"type":"start"}`)
		c.until("message")
		c.ws.SetReadDeadline(time.Now().Add(10 * time.Minute))
		_, _, err := c.ws.ReadMessage() // answers pings all the while
		if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
			t.Errorf("the socket ended with %v", err)
		}
	})
}

func TestAFrameMustComeToItsEnd(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		w, err := c.ws.NextWriter(websocket.TextMessage)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		fmt.Fprint(w, strings.Repeat(" ", 5000)) // more than the client's buffer: a first fragment goes out
		if _, err := c.read(); err == nil {
			t.Error("a frame came")
		}
		took(t, began, frameWait)
	})
}

func TestASlowReaderIsCut(t *testing.T) {
	inTime(t, func(o *Options) { o.SayPerMinute = 0 }, func(t *testing.T, s *site) {
		c := s.reader()
		c.send(`{"type":"start"}`)
		began := time.Now()
		c.ws.SetWriteDeadline(began.Add(time.Minute))
		sent := 0
		for c.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`)) == nil {
			if sent++; sent > 10*maxQueued {
				t.Fatal("all was taken although nothing is read")
			}
		}
		if time.Since(began) > writeWait+time.Second {
			t.Errorf("took %v", time.Since(began))
		}
	})
}

func TestALongReplayWaitsForItsReader(t *testing.T) {
	inTime(t, func(o *Options) { o.SayPerMinute = 0 }, func(t *testing.T, s *site) {
		c := s.reader()
		c.send(`{"type":"start"}`)
		token := c.until("welcome")["token"]
		for i := range 2 * maxQueued {
			c.send(fmt.Sprintf(`{"type":"say","id":"m%d","text":"%s"}`, i, strings.Repeat("x", 1500)))
			c.until("received")
		}
		c.ws.Close()
		d := s.reader()
		d.send(fmt.Sprintf(`{"type":"resume","token":"%s","after":0}`, token))
		d.until("welcome")
		for seq := range 4*maxQueued + 1 {
			if f := d.next(); f["seq"] != float64(seq+1) {
				t.Fatalf("number %d came as %v", seq+1, f["seq"])
			}
			time.Sleep(100 * time.Millisecond) // on the test's own clock: a slow phone
		}
	})
}

func TestWhileWaitingTheStateComesEveryTenSeconds(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		s.store.OnDuty(t.Context(), "Sanne")
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
		began := time.Now()
		for range 6 {
			if f := c.next(); f["type"] != "state" || f["state"] != "waiting" || f["position"] != 1.0 || f["counsellors"] != 1.0 {
				t.Fatalf("came %v", f)
			}
		}
		took(t, began, time.Minute)
		s.store.mu.Lock()
		defer s.store.mu.Unlock()
		if len(s.store.beats) < 5 {
			t.Errorf("the line heard of the socket %d times", len(s.store.beats))
		}
	})
}

func TestTheLineMovesAndTheChildIsTold(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		first, second := s.child(), s.child()
		for _, c := range []*socket{first, second} {
			c.send(`{"type":"start"}`)
			c.send(`{"type":"human"}`)
			c.until("state")
		}
		began := time.Now()
		first.send(`{"type":"bot"}`)
		for {
			if f := second.until("state"); f["position"] == 1.0 {
				break
			}
		}
		if time.Since(began) > 2*time.Second {
			t.Errorf("told after %v", time.Since(began))
		}
	})
}

func TestWhoWaitsForNobodyIsTold(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
		began := time.Now()
		var f object_
		for f = c.next(); f["type"] == "state"; f = c.next() {
		}
		if text := fmt.Sprint(f["parts"]); !strings.Contains(text, "112") {
			t.Errorf("came %v", f)
		}
		// It is looked at every lineEvery; the first look comes at once or then.
		if got := time.Since(began); got < nobodyWait+lineEvery || got > nobodyWait+2*lineEvery {
			t.Errorf("told after %v", got)
		}
		if f := c.next(); f["state"] != "closed" {
			t.Errorf("came %v", f)
		}
	})
}

func TestClosedSaysWhenItOpensAndWhatWorksNow(t *testing.T) {
	inTime(t, func(o *Options) {
		o.Hours = func(now time.Time) (bool, time.Time) { return false, now.Truncate(24 * time.Hour).Add(24 * time.Hour) }
	}, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.until("message")
		c.send(`{"type":"human"}`)
		if f := c.next(); !strings.Contains(fmt.Sprint(f["parts"]), "112") {
			t.Errorf("came %v", f)
		}
		if f := c.next(); f["state"] != "closed" || f["opens_at"] != time.Now().Truncate(24*time.Hour).Add(24*time.Hour).Format(time.RFC3339) {
			t.Errorf("came %v", f)
		}
		if line, _ := s.store.Line(t.Context()); len(line) > 0 {
			t.Errorf("in the line: %v", line)
		}
	})
}

func TestACounsellorWhoIsGonePutsTheChildInFront(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
		d := s.desk("Sanne")
		d.send(`{"type":"claim"}`)
		d.until("claimed")
		c.until("state")
		began := time.Now()
		d.ws.Close()
		if f := c.until("message"); f["node"] != "lost" {
			t.Errorf("came %v", f)
		}
		if f := c.until("state"); f["state"] != "waiting" || f["position"] != 1.0 {
			t.Errorf("came %v", f)
		}
		if time.Since(began) > 45*time.Second {
			t.Errorf("told after %v", time.Since(began))
		}
		c.before()
		late := s.desk("Sanne")
		late.until("hello")
		for _, f := range late.before() {
			if f["type"] == "claimed" {
				t.Errorf("the late desk got %v", f)
			}
		}
	})
}

func TestADeskThatIsBackInTimeKeepsItsChild(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
		d := s.desk("Sanne")
		d.send(`{"type":"claim"}`)
		d.until("claimed")
		c.until("state")
		for range 5 {
			d.ws.Close()
			time.Sleep(20 * time.Second)
			d = s.desk("Sanne")
			d.until("claimed")
		}
		if frames := c.before(); len(frames) > 0 {
			t.Errorf("the child was told %v", frames)
		}
	})
}

func TestADeskWhoseSessionEndedIsClosed(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		d := s.desk("Sanne")
		d.until("hello")
		s.store.SignOut(t.Context(), "session of Sanne")
		if code, _ := d.closed(); code != 4003 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestHintsMayBeLost(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		s.store.mu.Lock()
		s.store.deaf = true
		s.store.mu.Unlock()
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
		d := s.desk("Sanne")
		d.send(`{"type":"claim"}`)
		id := d.until("claimed")["conversation"]
		for f := c.until("state"); f["state"] != "counsellor"; f = c.until("state") {
		}
		d.send(fmt.Sprintf(`{"type":"say","conversation":"%s","id":"d1","text":"hallo"}`, id))
		if f := c.until("message"); f["text"] != "hallo" {
			t.Errorf("came %v", f)
		}
		c.send(`{"type":"say","id":"m1","text":"hoi"}`)
		if f := d.until("message"); f["text"] != "hoi" {
			t.Errorf("came %v", f)
		}
		if err := s.store.Forget(t.Context(), fmt.Sprint(id), queue.Left); err != nil {
			t.Fatal(err)
		}
		if f := d.until("gone"); f["how"] != "forgotten" {
			t.Errorf("came %v", f)
		}
	})
}
