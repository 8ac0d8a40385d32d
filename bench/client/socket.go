// Package client plays children and counsellors: clients written from the
// protocol's page alone, as a stranger would write them. They number what
// they say, send again what was not received, come back on another node, and
// write down all that they see. bench/faults and bench/cost start them. It
// must never judge what it saw; package history does.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	handshakeMost = 3 * time.Second
	pingEvery     = 10 * time.Second // the page's own, which scripts can see
	deadAfter     = 25 * time.Second // without any frame
	settleFor     = time.Second      // without a message, at the end
	settlePerson  = 7 * time.Second  // the same where others write: hints may be lost, the server polls
	againEvery    = 5 * time.Second  // what has no answer is sent again
	foundWithin   = 18 * time.Second // a desk's children after a new hello
	backoffFirst  = 250 * time.Millisecond
	backoffMost   = 4 * time.Second
)

// Dial makes the connection of a socket; a fault gives its own.
type Dial func(ctx context.Context, addr string) (net.Conn, error)

// Plain connects without a fault.
func Plain(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

// frame is any frame of the server, to a child or to a desk.
type frame struct {
	Type         string          `json:"type"`
	Token        string          `json:"token"`
	Seq          int64           `json:"seq"`
	State        string          `json:"state"`
	Epoch        string          `json:"epoch"`
	From         string          `json:"from"`
	ID           string          `json:"id"`
	Re           string          `json:"re"`
	Text         string          `json:"text"`
	Code         string          `json:"code"`
	How          string          `json:"how"`
	Name         string          `json:"name"`
	Conversation string          `json:"conversation"`
	RetryS       float64         `json:"retry_s"`
	Parts        []part          `json:"parts"`
	Messages     []frame         `json:"messages"`
	Waiting      []waiting       `json:"waiting"`
	Position     int             `json:"position"`
	Now          time.Time       `json:"now"`
	Wait         json.RawMessage `json:"wait_s"`
}

type part struct {
	Text string `json:"text"`
}

type waiting struct {
	Conversation string `json:"conversation"`
	Connected    bool   `json:"connected"`
}

// words are what a message says.
func (f frame) words() string {
	if f.Text != "" {
		return f.Text
	}
	var all []string
	for _, p := range f.Parts {
		all = append(all, p.Text)
	}
	return strings.Join(all, " / ")
}

// socket is one websocket with a goroutine that reads.
type socket struct {
	ws     *websocket.Conn
	frames chan frame
	end    error // why frames was closed
	last   atomic.Int64
}

var errDead = errors.New("nothing heard for long")

// open makes a socket.
func open(ctx context.Context, dial Dial, url, protocol string, header http.Header) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeMost)
	defer cancel()
	d := websocket.Dialer{
		Subprotocols: []string{protocol}, HandshakeTimeout: handshakeMost, ReadBufferSize: 1024, WriteBufferSize: 1024,
		NetDialContext: func(ctx context.Context, _, addr string) (net.Conn, error) { return dial(ctx, addr) },
	}
	ws, answer, err := d.DialContext(ctx, url, header)
	if err != nil {
		if answer != nil {
			return nil, &refused{status: answer.StatusCode, err: err}
		}
		return nil, err
	}
	s := &socket{ws: ws, frames: make(chan frame, 64)}
	s.last.Store(time.Now().UnixNano())
	go s.read()
	return s, nil
}

// refused is a handshake that was answered by something else than 101.
type refused struct {
	status int
	err    error
}

// Error gives the reason.
func (r *refused) Error() string { return r.err.Error() + " " + strconv.Itoa(r.status) }

// read ends when the socket does. Whoever opened the socket reads frames
// until it is closed, or closes the socket.
func (s *socket) read() {
	defer close(s.frames)
	for {
		s.ws.SetReadDeadline(time.Now().Add(deadAfter))
		_, data, err := s.ws.ReadMessage()
		if err != nil {
			s.end = err
			return
		}
		s.last.Store(time.Now().UnixNano())
		var f frame
		if err := json.Unmarshal(data, &f); err != nil {
			s.end = err
			return
		}
		s.frames <- f
	}
}

// close ends the socket and its reader.
func (s *socket) close() {
	s.ws.NetConn().Close()
	for range s.frames { // lets the reader end
	}
}

// send writes a frame. When the reader has just answered a close, the error is
// what the other side said.
func (s *socket) send(v any) error {
	s.ws.SetWriteDeadline(time.Now().Add(handshakeMost))
	err := s.ws.WriteJSON(v)
	if errors.Is(err, websocket.ErrCloseSent) {
		for range s.frames { // until the reader has ended
		}
		return s.end
	}
	return err
}

// silent is how long nothing has come.
func (s *socket) silent() time.Duration { return time.Since(time.Unix(0, s.last.Load())) }

// quiet tells whether nothing has come for longer than any server is silent
// that answers pings.
func (s *socket) quiet() bool { return s.silent() > deadAfter }

// code is the close code of a socket that has ended; 1006 without one.
func code(err error) int {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return closed.Code
	}
	return websocket.CloseAbnormalClosure
}

// sleep waits, or less when the context ends first.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

type object map[string]any
