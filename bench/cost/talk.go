package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// sentences are what children say here: nothing that hands over by itself.
func sentences() []string {
	return []string{
		"hoi", "wat is grooming", "iemand op snap wil een foto van mij", "ik durf het niet tegen mijn ouders te zeggen",
		"ik heb een foto gestuurd en heb daar spijt van", "dankjewel", "hij is veel ouder dan ik", "weet ik niet",
		"mijn vriendin heeft ruzie met haar vriend", "hoe krijg ik een foto offline", "ik schaam me zo", "wat kan ik nu doen",
	}
}

// voice is one child's socket. It is used by one goroutine at a time.
type voice struct {
	ws    *websocket.Conn
	count int
	buf   bytes.Buffer
}

// speak opens a socket and begins a conversation.
func speak(addr string) (*voice, error) {
	d := websocket.Dialer{Subprotocols: []string{"praatpaal.v1"}, ReadBufferSize: 1024, WriteBufferSize: 512, HandshakeTimeout: 10 * time.Second}
	ws, _, err := d.Dial("ws://"+addr+"/ws", http.Header{"Origin": {"http://" + addr}})
	if err != nil {
		return nil, err
	}
	v := &voice{ws: ws}
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"start","lang":"nl"}`)); err != nil {
		return nil, err
	}
	return v, v.until([]byte(`"from":"bot"`), []byte(`{"type":"start"`))
}

// turn says something and waits for the answer.
func (v *voice) turn(text string) error {
	v.count++
	id := fmt.Sprint("m", v.count)
	if err := v.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"say","id":"`+id+`","text":"`+text+`"}`)); err != nil {
		return err
	}
	return v.until([]byte(`"re":"`+id+`"`), []byte(`"id":"`+id+`","text"`))
}

// until reads frames up to one that is an answer: of ours, or of an echo. An
// error frame is none.
func (v *voice) until(ours, echo []byte) error {
	v.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		_, r, err := v.ws.NextReader()
		if err != nil {
			return err
		}
		v.buf.Reset()
		if _, err := v.buf.ReadFrom(r); err != nil {
			return err
		}
		frame := v.buf.Bytes()
		if bytes.Contains(frame, []byte(`"type":"error"`)) {
			return fmt.Errorf("the server says %s", frame)
		}
		if bytes.Contains(frame, ours) || bytes.Contains(frame, echo) {
			return nil
		}
	}
}

// crowd opens many sockets, some at a time.
func crowd(addrs []string, n int) ([]*voice, error) {
	all := make([]*voice, n)
	errs := make([]error, n)
	var next atomic.Int64
	var gone sync.WaitGroup
	for range 16 {
		gone.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				all[i], errs[i] = speak(addrs[i%int64(len(addrs))])
			}
		})
	}
	gone.Wait()
	for _, err := range errs {
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func hush(all []*voice) {
	for _, v := range all {
		if v != nil {
			v.ws.Close()
		}
	}
}

// talk lets children talk as fast as they are answered, and counts.
func talk(ctx context.Context, s size, at *site) (f loop, err error) {
	all, err := crowd(at.addrs(), s.talking)
	defer hush(all)
	if err != nil {
		return f, err
	}
	lines := sentences()
	var turns atomic.Int64
	ctx, cancel := context.WithTimeout(ctx, s.long+time.Second)
	defer cancel()
	errs := make([]error, len(all))
	var gone sync.WaitGroup
	for i, v := range all {
		gone.Go(func() {
			for n := i; ctx.Err() == nil && errs[i] == nil; n++ {
				errs[i] = v.turn(lines[n%len(lines)])
				turns.Add(1)
			}
		})
	}
	time.Sleep(time.Second) // warm
	first, began := turns.Load(), time.Now()
	cpu, store := used(at.nodes), at.store.Servers[0].CPU()
	<-ctx.Done()
	n, took := float64(turns.Load()-first), time.Since(began)
	f.turn = time.Duration(float64(used(at.nodes)-cpu) / n)
	f.store = time.Duration(float64(at.store.Servers[0].CPU()-store) / n)
	f.perSecond = n / took.Seconds()
	gone.Wait()
	return f, errors.Join(errs...)
}

func used(nodes []*stand.Node) (all time.Duration) {
	for _, n := range nodes {
		all += n.CPU()
	}
	return all
}

// idle measures what an open socket takes when nothing is said, and then how
// long answers take when some of many talk.
func idle(ctx context.Context, s size, at *site) (f opened, err error) {
	few, err := crowd(at.addrs(), 100)
	defer hush(few)
	if err != nil {
		return f, err
	}
	time.Sleep(time.Second)
	before := at.nodes[0].RSS()
	all, err := crowd(at.addrs(), s.open)
	defer hush(all)
	if err != nil {
		return f, err
	}
	time.Sleep(3 * time.Second)
	f.memory = (at.nodes[0].RSS() - before) / int64(s.open)
	err = pace(ctx, s, all, &f)
	return f, err
}

// pace lets the children talk at a steady rate, and takes how long each waits
// for its answer.
func pace(ctx context.Context, s size, all []*voice, f *opened) error {
	lines := sentences()
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var gone sync.WaitGroup
	began := time.Now()
	total := int(s.long.Seconds()) * s.rate
	for i := range total {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(s.rate))
		time.Sleep(time.Until(due))
		if ctx.Err() != nil {
			break
		}
		gone.Go(func() {
			sent := time.Now()
			err := all[i%len(all)].turn(lines[i%len(lines)])
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(sent))
			if err != nil {
				failed = err
			}
		})
		if i%len(all) == len(all)-1 {
			gone.Wait() // a voice has one turn at a time
		}
	}
	gone.Wait()
	slices.Sort(took)
	if len(took) > 0 {
		f.p50, f.p99 = took[len(took)/2], took[len(took)*99/100]
	}
	return failed
}
