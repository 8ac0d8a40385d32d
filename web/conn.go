package web

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Close codes that say whether to come back: 1012 and 4001 are for the
// browser's script, the others for whoever wrote a wrong client.
const (
	closeNormal     = websocket.CloseNormalClosure
	closeBinary     = websocket.CloseUnsupportedData
	closeBadText    = websocket.CloseInvalidFramePayloadData
	closePolicy     = websocket.ClosePolicyViolation
	closeBroken     = websocket.CloseInternalServerErr
	closeRestart    = websocket.CloseServiceRestart
	closeTryAgain   = websocket.CloseTryAgainLater
	closeTakenOver  = 4001
	closeSignedOut  = 4003
	discardAtClose  = 1 << 20
	firstReadBuffer = 512
	joinedMost      = 16 << 10 // bytes in one write, and one frame more
)

// conn is one socket, of a child or of a desk. Its reader goroutine runs
// read; a writer goroutine lives only while something waits to be written, so
// that an idle child costs little. It knows bytes, not frames.
type conn struct {
	// fixed
	ws    *websocket.Conn
	spawn func(func())  // starts a goroutine that the server waits for
	pool  *sync.Pool    // of *[]byte, to join frames in
	gone  chan struct{} // closed when the reader has ended
	drain chan struct{} // closed when the server stops; by itself, so that owners do not wait in one crowd
	room  chan struct{} // one place: something was written
	lost  chan struct{} // closed when the socket was cut
	pads  bool          // text frames have one of few lengths

	// guarded by mu
	mu      sync.Mutex
	queue   []outgoing
	bytes   int  // queued, or being written
	writing bool // a writer goroutine lives
	closing bool // nothing more is taken in
	isCut   bool
}

// outgoing is one message to be written: text, ping or close.
type outgoing struct {
	kind int
	data []byte
	lent *[]byte // of the pool: what holds data goes back once that is joined
}

func newConn(ws *websocket.Conn, spawn func(func()), pool *sync.Pool) *conn {
	if tcp, ok := ws.NetConn().(*net.TCPConn); ok {
		tcp.SetWriteBuffer(sendBuffer) // a slow reader must not hide in the kernel
	}
	return &conn{ws: ws, spawn: spawn, pool: pool, gone: make(chan struct{}), drain: make(chan struct{}), room: make(chan struct{}, 1), lost: make(chan struct{})}
}

// send puts a text frame in the queue. It never waits: a socket whose queue is
// full is cut.
func (c *conn) send(data []byte) { c.put(c.text(data)) }

// text is a text frame as it goes out.
func (c *conn) text(data []byte) outgoing {
	if c.pads {
		data = padded(data)
	}
	return outgoing{kind: websocket.TextMessage, data: data}
}

// ping asks the browser for a pong.
func (c *conn) ping() { c.put(outgoing{kind: websocket.PingMessage}) }

// close sends what is queued, and then the code and the reason.
func (c *conn) close(code int, reason string) {
	c.put(outgoing{kind: websocket.CloseMessage, data: websocket.FormatCloseMessage(code, reason)})
}

func (c *conn) put(o outgoing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	if c.full(len(o.data)) && o.kind != websocket.CloseMessage {
		c.closing, c.queue = true, nil
		c.abort()
		return
	}
	c.closing = o.kind == websocket.CloseMessage
	c.queue = append(c.queue, o)
	c.bytes += len(o.data)
	if !c.writing {
		c.writing = true
		c.spawn(c.write)
	}
}

// full tells whether size more bytes are too many; mu is held. One frame of
// any size is always taken.
func (c *conn) full(size int) bool {
	return len(c.queue) > 0 && (len(c.queue) >= maxQueued || c.bytes+size > maxQueuedBytes)
}

// sendPatiently waits until there is room, for replays that are longer than
// the queue. It reports whether the socket still takes frames.
func (c *conn) sendPatiently(data []byte) bool { return c.putPatiently(c.text(data)) }

// sendWritten is sendPatiently for what write appends to a buffer of the pool.
func (c *conn) sendWritten(write func(out []byte) []byte) bool {
	lent := c.pool.Get().(*[]byte)
	o := c.text(write((*lent)[:0]))
	*lent, o.lent = o.data, lent
	return c.putPatiently(o)
}

func (c *conn) putPatiently(o outgoing) bool {
	for {
		c.mu.Lock()
		full, closing := c.full(len(o.data)), c.closing
		c.mu.Unlock()
		if closing {
			return false
		}
		if !full {
			c.put(o)
			return true
		}
		select {
		case <-c.room:
		case <-c.lost: // the reader may be waiting for whoever waits here
			return false
		case <-c.gone:
			return false
		}
	}
}

// write is the writer goroutine: it ends when the queue is empty. What waits
// together goes out together, in one write: the receipt of a message and its
// answer, most often.
func (c *conn) write() {
	joined := c.pool.Get().(*[]byte)
	defer c.pool.Put(joined)
	for {
		texts, control, size := c.next((*joined)[:0])
		if size < 0 {
			return
		}
		if err := c.writeOut(texts, control); err != nil && !errors.Is(err, websocket.ErrCloseSent) {
			c.cut()
		}
		*joined = texts
		c.wrote(size)
	}
}

// next takes the text frames that wait, joined, up to the first control frame,
// and that too, and gives the bytes of both; -1 when nothing waits.
func (c *conn) next(joined []byte) (texts []byte, control outgoing, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		c.writing = false
		if cap(c.queue) > 4 {
			c.queue = nil // an idle child keeps no large queue
		}
		return joined, control, -1
	}
	n := 0
	for ; n < len(c.queue) && len(joined) < joinedMost && control.kind == 0; n++ {
		o := c.queue[n]
		if size += len(o.data); o.kind == websocket.TextMessage {
			joined = appendFrame(joined, o.data)
			if o.lent != nil {
				c.pool.Put(o.lent)
			}
		} else {
			control = o
		}
	}
	c.queue = slices.Delete(c.queue, 0, n)
	return joined, control, size
}

// wrote makes room.
func (c *conn) wrote(size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes = max(0, c.bytes-size)
	select {
	case c.room <- struct{}{}:
	default:
	}
}

// writeOut writes joined text frames and then a control frame, if there is one.
// The text goes past gorilla, which would write each frame by itself; nobody
// else writes text here, and each write is whole.
func (c *conn) writeOut(texts []byte, control outgoing) error {
	deadline := time.Now().Add(writeWait)
	if len(texts) > 0 {
		c.ws.NetConn().SetWriteDeadline(deadline)
		if _, err := c.ws.NetConn().Write(texts); err != nil {
			return err
		}
	}
	if control.kind == 0 {
		return nil
	}
	err := c.ws.WriteControl(control.kind, control.data, deadline)
	if control.kind == websocket.CloseMessage {
		c.ws.SetReadDeadline(time.Now().Add(closeWait))
	}
	return err
}

// appendFrame appends a text message as a server sends it: whole, unmasked.
func appendFrame(b, text []byte) []byte {
	b = append(b, 0x80|websocket.TextMessage)
	switch n := len(text); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, text...)
}

// cut ends the socket at once, without a word: the other side does not read.
func (c *conn) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing, c.queue, c.bytes = true, nil, 0
	c.abort()
}

// abort is called with mu held.
func (c *conn) abort() {
	if !c.isCut {
		c.isCut = true
		close(c.lost)
	}
	if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.ws.NetConn().Close()
}

// leave is how the reader ends: nothing more is taken in, so that no writer
// begins when the server no longer waits for any.
func (c *conn) leave() {
	c.mu.Lock()
	c.closing, c.queue = true, nil
	c.mu.Unlock()
	c.ws.Close()
	close(c.gone)
}

// read is the reader goroutine. It hands every well-formed text message to
// deliver, which must not keep it, and answers what is not one with the close
// code of the protocol. It ends when the socket does.
func (c *conn) read(deliver func([]byte)) {
	defer c.leave()
	c.ws.SetReadLimit(maxFrame)
	c.ws.SetPongHandler(func(string) error { c.waitFor(readWait); return nil })
	c.waitFor(readWait)
	var buf bytes.Buffer
	for {
		kind, r, err := c.ws.NextReader()
		if err == nil {
			c.waitFor(frameWait)
			buf.Reset()
			_, err = buf.ReadFrom(r)
		}
		if err != nil {
			c.discard(err)
			return
		}
		c.waitFor(readWait)
		c.take(kind, buf.Bytes(), deliver)
		if buf.Cap() > 4*firstReadBuffer {
			buf = bytes.Buffer{} // an idle child keeps no large buffer
		}
	}
}

func (c *conn) take(kind int, data []byte, deliver func([]byte)) {
	switch {
	case c.isClosing():
	case kind == websocket.BinaryMessage:
		c.close(closeBinary, "text frames only")
	case !utf8.Valid(data):
		c.close(closeBadText, "not UTF-8")
	default:
		deliver(data)
	}
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// waitFor sets how long the socket may be silent; once a close is on its way
// the deadline stays as it is.
func (c *conn) waitFor(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.ws.SetReadDeadline(time.Now().Add(d))
	}
}

// refuse ends a socket that came when the server had begun to stop.
func (c *conn) refuse() {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeRestart, retryReason()), time.Now().Add(closeWait))
	c.discard(nil)
	c.ws.Close()
}

// discard reads what the other side is still sending, so that our close frame
// is not swept away by a reset. Who has fallen silent is sending nothing.
func (c *conn) discard(err error) {
	if _, closed := errors.AsType[*websocket.CloseError](err); closed {
		return
	}
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return
	}
	c.ws.SetReadDeadline(time.Now().Add(closeWait))
	io.CopyN(io.Discard, c.ws.NetConn(), discardAtClose)
}
