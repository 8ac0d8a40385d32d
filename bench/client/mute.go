package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// Mute is a client that talks and never reads. It gives how long the server
// bore it, from the first message on; at most most.
func Mute(ctx context.Context, addr string, every, most time.Duration) (time.Duration, error) {
	s, err := dialOnly(ctx, Plain, addr)
	if err != nil {
		return 0, err
	}
	defer s.NetConn().Close()
	began := time.Now()
	if err := s.WriteJSON(object{"type": "start", "lang": "nl"}); err != nil {
		return 0, err
	}
	for i := 0; time.Since(began) < most && ctx.Err() == nil; i++ {
		s.SetWriteDeadline(time.Now().Add(most))
		if s.WriteJSON(object{"type": "say", "id": fmt.Sprint("m", i), "text": "wat is grooming"}) != nil {
			break
		}
		sleep(ctx, every)
	}
	return time.Since(began), nil
}

// Dead is a client whose packets no longer leave: it reads what comes and
// answers nothing, not even pings. It gives how long the server took to find
// out; at most most.
func Dead(ctx context.Context, addr string, most time.Duration) (time.Duration, error) {
	s, err := dialOnly(ctx, Plain, addr)
	if err != nil {
		return 0, err
	}
	defer s.NetConn().Close()
	if err := s.WriteJSON(object{"type": "start", "lang": "nl"}); err != nil {
		return 0, err
	}
	s.SetPingHandler(func(string) error { return nil })
	began := time.Now()
	s.SetReadDeadline(began.Add(most))
	for {
		if _, _, err := s.ReadMessage(); err != nil {
			return time.Since(began), nil
		}
	}
}

func dialOnly(ctx context.Context, dial Dial, addr string) (*websocket.Conn, error) {
	d := websocket.Dialer{
		Subprotocols: []string{"praatpaal.v1"}, HandshakeTimeout: handshakeMost,
		NetDialContext: func(ctx context.Context, _, addr string) (net.Conn, error) { return dial(ctx, addr) },
	}
	s, _, err := d.DialContext(ctx, "ws://"+addr+"/ws", http.Header{"Origin": {"http://" + addr}})
	return s, err
}

// Knock opens a socket and closes it at once; it gives how long the handshake
// took, and the status when it was refused (0 when it was not).
func Knock(ctx context.Context, dial Dial, addr string) (took time.Duration, status int, err error) {
	began := time.Now()
	s, err := open(ctx, dial, "ws://"+addr+"/ws", "praatpaal.v1", http.Header{"Origin": {"http://" + addr}})
	took = time.Since(began)
	if r, ok := err.(*refused); ok {
		return took, r.status, nil
	}
	if err == nil {
		s.close()
	}
	return took, 0, err
}
