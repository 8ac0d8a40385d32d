package web

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/praatpaal/praatpaal/bot/queue"
	"github.com/praatpaal/praatpaal/locales"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// site is a server of its own on a port of its own.
type site struct {
	t      *testing.T
	host   string
	store  *memoryStore // unless the test gives another
	staff  *staff
	server *Server
	stop   func() error
	dial   func(network, address string) (net.Conn, error)

	patience time.Duration
}

// newSite starts a server on a port of its own; change may be nil.
func newSite(t *testing.T, change func(*Options)) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newSiteOn(t, listener, change)
}

// on is the same site for a test within a test.
func (s *site) on(t *testing.T) *site {
	within := *s
	within.t = t
	return &within
}

// newRealSite is newSite on the product's own store.
func newRealSite(t *testing.T) *site {
	t.Helper()
	q, err := queue.Open(t.Context(), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Errorf("the store stopped with %v", err)
		}
	})
	return newSite(t, func(o *Options) { o.Store = realStore{q, newStaff()} })
}

// thePages are made once for all sites: packing them takes a second.
var thePages = sync.OnceValues(func() (*pages, error) {
	texts, err := locales.Load()
	if err != nil {
		return nil, err
	}
	return newPages(texts)
})

func newSiteOn(t *testing.T, listener net.Listener, change func(*Options)) *site {
	t.Helper()
	made, err := thePages()
	if err != nil {
		t.Fatal(err)
	}
	store := newMemoryStore()
	o := Options{Bot: parrot{}, Store: store, Texts: made.texts, pages: made, SayPerMinute: 30, ConnectsPerSecond: 1000}
	if change != nil {
		change(&o)
	}
	accounts := store.staff
	if r, ok := o.Store.(realStore); ok {
		accounts = r.staff
	}
	server, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	s := &site{t: t, host: listener.Addr().String(), store: store, staff: accounts, server: server, dial: net.Dial, patience: patience}
	if p, ok := listener.(*pipes); ok {
		s.dial, s.patience = p.dial, time.Hour
	}
	stopped := false
	s.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-served
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("the server stopped with %v", err)
		}
	})
	return s
}

// socket opens one; header lines are "Name: value", and "Name:" takes one away.
func (s *site) socket(path, protocol string, headers ...string) (*socket, *http.Response) {
	s.t.Helper()
	h := http.Header{"Origin": {"http://" + s.host}}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); value == "" {
			h.Del(name)
		} else {
			h.Set(name, value)
		}
	}
	dialer := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: patience, EnableCompression: true, NetDial: s.dial}
	if protocol == "" {
		dialer.Subprotocols = nil
	}
	ws, resp, err := dialer.Dial("ws://"+s.host+path, h)
	if err != nil {
		return nil, resp
	}
	c := &socket{t: s.t, ws: ws, patience: s.patience}
	s.t.Cleanup(func() { ws.Close() })
	return c, resp
}

// child opens the socket of a browser that reads all that comes at once.
func (s *site) child() *socket {
	s.t.Helper()
	return s.reader().listen()
}

// reader opens the socket of a browser that reads when the test does.
func (s *site) reader() *socket {
	s.t.Helper()
	c, resp := s.socket("/ws", chatProtocol)
	if c == nil {
		s.t.Fatalf("the handshake was answered with %v", resp)
	}
	return c
}

func (s *site) desk(name string) *socket {
	s.t.Helper()
	session, err := s.staff.SignIn(context.Background(), name, "right")
	if err != nil {
		s.t.Fatal(err)
	}
	c, resp := s.socket("/counsellor/ws", deskProtocol, "Cookie: counsellor="+session)
	if c == nil {
		s.t.Fatalf("the desk's handshake was answered with %v", resp)
	}
	return c.listen()
}

// socket is a client's end.
type socket struct {
	t        *testing.T
	ws       *websocket.Conn
	patience time.Duration
	came     chan came // nil: nobody reads but the test
}

type came struct {
	frame object_
	err   error
}

// listen reads all that comes, until the socket ends.
func (c *socket) listen() *socket {
	c.came = make(chan came, 10000)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			_, data, err := c.ws.ReadMessage()
			var f object_
			if err == nil {
				err = json.Unmarshal(data, &f)
			}
			c.came <- came{f, err}
			if err != nil {
				return
			}
		}
	}()
	c.t.Cleanup(func() { c.ws.Close(); <-ended })
	return c
}

type object_ = map[string]any

func (c *socket) send(frame string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.t.Fatalf("sending %.80s: %v", frame, err)
	}
}

// next gives the next frame.
func (c *socket) next() object_ {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatalf("a frame was expected: %v", err)
	}
	return f
}

func (c *socket) read() (object_, error) {
	if c.came != nil {
		select {
		case got := <-c.came:
			return got.frame, got.err
		case <-time.After(c.patience):
			return nil, errors.New("nothing came")
		}
	}
	c.ws.SetReadDeadline(time.Now().Add(c.patience))
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return nil, err
	}
	var f object_
	return f, json.Unmarshal(data, &f)
}

// until skips frames up to one of a type.
func (c *socket) until(kind string) object_ {
	c.t.Helper()
	for range 1000 {
		if f := c.next(); f["type"] == kind {
			return f
		}
	}
	c.t.Fatalf("no %s came among 1000 frames", kind)
	return nil
}

// before is the fence: it gives every frame that comes before the pong.
func (c *socket) before() (frames []object_) {
	c.t.Helper()
	c.send(`{"type":"ping"}`)
	for {
		f := c.next()
		if f["type"] == "pong" {
			return frames
		}
		frames = append(frames, f)
	}
}

// closed reads until the close and gives its code and reason.
func (c *socket) closed() (int, string) {
	c.t.Helper()
	for {
		_, err := c.read()
		var e *websocket.CloseError
		if errors.As(err, &e) {
			return e.Code, e.Text
		}
		if err != nil {
			c.t.Fatalf("a close frame was expected: %v", err)
		}
	}
}
