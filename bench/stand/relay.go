package stand

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Relay is a wire between two ends that can be cut without either end being
// told: bytes are held back, as when packets are dropped.
type Relay struct {
	Addr string // where to connect to

	to     string
	listen net.Listener
	cut    atomic.Bool
	ctx    context.Context
	stop   context.CancelFunc
	gone   sync.WaitGroup
}

// NewRelay makes a wire to an address.
func NewRelay(to string) (*Relay, error) {
	l, err := net.Listen("tcp", Addr(Port()))
	if err != nil {
		return nil, err
	}
	r := &Relay{Addr: l.Addr().String(), to: to, listen: l}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.gone.Go(r.accept)
	return r, nil
}

// Cut holds back everything, or lets it pass again.
func (r *Relay) Cut(yes bool) { r.cut.Store(yes) }

// Close ends the wire.
func (r *Relay) Close() {
	r.stop()
	_ = r.listen.Close()
	r.gone.Wait()
}

func (r *Relay) accept() {
	for {
		in, err := r.listen.Accept()
		if err != nil {
			return
		}
		r.gone.Go(func() { r.join(in) })
	}
}

func (r *Relay) join(in net.Conn) {
	defer in.Close()
	r.open()
	out, err := net.DialTimeout("tcp", r.to, time.Second)
	if err != nil {
		return
	}
	defer out.Close()
	end := context.AfterFunc(r.ctx, func() { in.Close(); out.Close() })
	defer end()
	var both sync.WaitGroup
	both.Go(func() { r.copy(out, in) })
	both.Go(func() { r.copy(in, out) })
	both.Wait()
}

// open waits while the wire is cut.
func (r *Relay) open() {
	for r.cut.Load() && r.ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
}

func (r *Relay) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		r.open()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
