package web

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Bytes as they are on the wire, for what no client library sends. The groups
// and their numbers are those of the Autobahn suite.

const (
	more   = 0x00
	fin    = 0x80
	rsv1   = 0x40
	rsv2   = 0x20
	rsv3   = 0x10
	opCont = 0x0
	opText = 0x1
	opBin  = 0x2
	opEnd  = 0x8
	opPing = 0x9
	opPong = 0xA
)

// wire is one frame, masked as a browser's are.
func wire(head byte, payload string) string {
	b := []byte{head}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return string(b)
}

func text(payload string) string { return wire(fin|opText, payload) }

// ending is a close frame's payload.
func ending(code uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, code)) + reason
}

// pieces cuts a message into fragments of a size.
func pieces(payload string, size int) string {
	var b strings.Builder
	for at := 0; at < len(payload); at += size {
		head, end := byte(opCont), min(len(payload), at+size)
		if at == 0 {
			head = opText
		}
		if end == len(payload) {
			head |= fin
		}
		b.WriteString(wire(head, payload[at:end]))
	}
	return b.String()
}

// say-like text of a size, which is a good frame of ours.
func stuffed(size int) string {
	return `{"type":"ping","x":"` + strings.Repeat("a", size-22) + `"}`
}

// wireCase is what is sent after the handshake, and what must follow: a close
// with this code, or, with 0, an answer to what comes next.
type wireCase struct {
	name string
	send string
	want int
}

const anyCode = -1 // a close, or the end of the connection

func wireCases() (all []wireCase) {
	add := func(want int, name, send string) { all = append(all, wireCase{name, send, want}) }
	wireFraming(add)
	wireControl(add)
	wireFragments(add)
	wireText(add)
	wireClosing(add)
	wireLimits(add)
	wireOurs(add)
	return all
}

func wireFraming(add func(int, string, string)) {
	for _, n := range []int{22, 125, 126, 127, 128, 1000, 16383, 16384} {
		add(0, fmt.Sprintf("1.1 text of %d bytes", n), text(stuffed(n)))
	}
	add(0, "1.1 empty text", text(""))
	for _, n := range []int{0, 1, 125, 126, 127, 128, 16384} {
		add(1003, fmt.Sprintf("1.2 binary of %d bytes", n), wire(fin|opBin, strings.Repeat("\xfe", n)))
	}
	add(1002, "1.3 text without a mask", "\x81\x02{}")
	add(1002, "1.3 ping without a mask", "\x89\x00")
	add(anyCode, "1.3 length of 63 bits and one", "\x81\xff\x80\x00\x00\x00\x00\x00\x00\x01\x12\x34\x56\x78a")
}

func wireControl(add func(int, string, string)) {
	add(0, "2.1 ping without payload", wire(fin|opPing, ""))
	add(0, "2.2 ping with text", wire(fin|opPing, "Hello, world!"))
	add(0, "2.3 ping with bytes", wire(fin|opPing, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"))
	add(0, "2.4 ping of 125 bytes", wire(fin|opPing, strings.Repeat("\xfe", 125)))
	add(1002, "2.5 ping of 126 bytes", wire(fin|opPing, strings.Repeat("\xfe", 126)))
	add(0, "2.7 pong that nobody asked for", wire(fin|opPong, ""))
	add(0, "2.8 the same with payload", wire(fin|opPong, "unsolicited pong payload"))
	add(1002, "2.8 pong of 126 bytes", wire(fin|opPong, strings.Repeat("x", 126)))
	add(0, "2.9 pong and then ping", wire(fin|opPong, "x")+wire(fin|opPing, "y"))
	add(0, "2.10 ten pings", strings.Repeat(wire(fin|opPing, "payload"), 10))
	for _, op := range []byte{opText, opBin, opPing, opPong, opEnd} {
		for name, bits := range map[string]byte{"1": rsv1, "2": rsv2, "3": rsv3, "1 and 2": rsv1 | rsv2, "all": rsv1 | rsv2 | rsv3} {
			add(1002, fmt.Sprintf("3 reserved bit %s in opcode %d", name, op), wire(fin|bits|op, ""))
		}
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		add(1002, fmt.Sprintf("4 opcode %d", op), wire(fin|op, ""))
		add(1002, fmt.Sprintf("4 opcode %d with payload, after text", op), text(stuffed(30))+wire(fin|op, "reserved"))
	}
}

func wireFragments(add func(int, string, string)) {
	ping := `{"type":"ping"}`
	add(1002, "5.1 ping in fragments", wire(more|opPing, "frag")+wire(fin|opCont, "ment"))
	add(1002, "5.2 pong in fragments", wire(more|opPong, "frag")+wire(fin|opCont, "ment"))
	add(1002, "5.2 close in fragments", wire(more|opEnd, "\x03\xe8")+wire(fin|opCont, ""))
	add(0, "5.3 text in two", wire(opText, ping[:7])+wire(fin|opCont, ping[7:]))
	add(0, "5.6 a ping between the two", wire(opText, ping[:7])+wire(fin|opPing, "p")+wire(fin|opCont, ping[7:]))
	add(0, "5.7 a pong between the two", wire(opText, ping[:7])+wire(fin|opPong, "p")+wire(fin|opCont, ping[7:]))
	add(1002, "5.9 the end of nothing", wire(fin|opCont, "non-continuation"))
	add(1002, "5.12 the middle of nothing", wire(more|opCont, "non-continuation"))
	add(1002, "5.15 two in fragments, then the end of nothing", wire(opText, ping[:7])+wire(fin|opCont, ping[7:])+wire(fin|opCont, "x"))
	add(1002, "5.16 the middle of nothing, then text", wire(more|opCont, "a")+text(ping))
	add(1002, "5.18 text in text", wire(opText, "fragment1")+wire(fin|opText, "fragment2"))
	add(1002, "5.18 binary in text", wire(opText, "fragment1")+wire(fin|opBin, "fragment2"))
	add(0, "5.19 many fragments with pings between", wire(opText, ping[:3])+wire(opCont, ping[3:6])+wire(fin|opPing, "a")+wire(opCont, ping[6:9])+wire(fin|opPing, "b")+wire(fin|opCont, ping[9:]))
	add(0, "5.20 byte by byte", pieces(ping, 1))
	add(0, "5.20 empty fragments around it", wire(opText, "")+strings.Repeat(wire(opCont, ""), 100)+wire(opCont, ping)+wire(fin|opCont, ""))
	add(1003, "5.20 binary in fragments", wire(opBin, "ab")+wire(fin|opCont, "cd"))
}

func wireText(add func(int, string, string)) {
	quoted := func(s string) string { return `{"type":"ping","x":"` + s + `"}` }
	for name, s := range map[string]string{
		"two bytes": "\u0080\u07ff", "three bytes": "\u0800\ud7ff\ue000\uffff", "four bytes": "\U00010000\U0010ffff",
		"Greek": "κόσμε", "a face": "😢", "a family": "👩‍👩‍👧", "no character": "\ufffe", "right to left": "שלום", "combining": "e\u0301",
	} {
		add(0, "6.2 "+name, text(quoted(s)))
		add(0, "6.2 "+name+", byte by byte", pieces(quoted(s), 1))
	}
	for name, s := range map[string]string{
		"a lone end": "\x80", "two lone ends": "\xbf\xbf", "cut after one of two": "\xc3", "cut after two of three": "\xe2\x82",
		"cut after three of four": "\xf0\x9f\x98", "overlong slash": "\xc0\xaf", "overlong in three": "\xe0\x80\xaf", "overlong in four": "\xf0\x80\x80\xaf",
		"overlong zero": "\xc0\x80", "a surrogate": "\xed\xa0\x80", "the other surrogate": "\xed\xbf\xbf", "two surrogates": "\xed\xa0\x80\xed\xb0\x80",
		"above the last": "\xf4\x90\x80\x80", "five bytes": "\xf8\x88\x80\x80\x80", "six bytes": "\xfc\x84\x80\x80\x80\x80", "fe": "\xfe", "ff": "\xff", "κόσμε and rubbish": "\xce\xba\xed\xa0\x80edited",
	} {
		add(1007, "6.3 "+name, text(quoted(s)))
		add(1007, "6.4 "+name+", byte by byte", pieces(quoted(s), 1))
	}
}

func wireClosing(add func(int, string, string)) {
	add(1000, "7.1 close", wire(fin|opEnd, ending(1000, "")))
	add(1000, "7.1 close twice", strings.Repeat(wire(fin|opEnd, ending(1000, "")), 2))
	add(1000, "7.1 ping after close", wire(fin|opEnd, ending(1000, ""))+wire(fin|opPing, ""))
	add(1000, "7.1 text after close", wire(fin|opEnd, ending(1000, ""))+text(`{"type":"start"}`))
	add(1000, "7.1 close in the middle of text", wire(opText, "fragment")+wire(fin|opEnd, ending(1000, "")))
	add(1005, "7.3 close without a code", wire(fin|opEnd, ""))
	add(anyCode, "7.3 half a code", wire(fin|opEnd, "\x03"))
	add(1000, "7.3 a reason", wire(fin|opEnd, ending(1000, "Hello World!")))
	add(1000, "7.3 a reason of 123 bytes", wire(fin|opEnd, ending(1000, strings.Repeat("*", 123))))
	add(1002, "7.3 a reason of 124 bytes", wire(fin|opEnd, ending(1000, strings.Repeat("*", 124))))
	add(anyCode, "7.5 a reason that is no text", wire(fin|opEnd, ending(1000, "\xce\xba\xed\xa0\x80")))
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		add(int(code), fmt.Sprintf("7.7 code %d", code), wire(fin|opEnd, ending(code, "")))
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535} {
		add(1002, fmt.Sprintf("7.9 code %d", code), wire(fin|opEnd, ending(code, "")))
	}
}

func wireLimits(add func(int, string, string)) {
	for _, n := range []int{16385, 17000, 64 << 10, 256 << 10, 1 << 20} {
		add(1009, fmt.Sprintf("9.1 text of %d bytes", n), text(stuffed(n)))
		add(1009, fmt.Sprintf("9.3 text of %d bytes in fragments of 1,000", n), pieces(stuffed(n), 1000))
	}
	add(1009, "9.2 a length of 4 GiB", "\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00\x12\x34\x56\x78a")
	add(0, "9.5 16 KiB in fragments of 64", pieces(stuffed(16<<10), 64))
	add(0, "9.7 a hundred messages", strings.Repeat(text(stuffed(30)), 60))
	add(1002, "12 a frame that says it is compressed", wire(fin|rsv1|opText, "\xaa\x56\x2a\xa9\x2c\x48\x55\xb2\x52\x2a\xc8\xcc\x4b\x57\xaa\x05\x00"))
}

func wireOurs(add func(int, string, string)) {
	for name, s := range map[string]string{
		"not JSON": `hello`, "an array": `[{"type":"ping"}]`, "a number": `1`, "null": `null`, "no type": `{}`, "half an object": `{"type":"ping"`,
		"two objects": `{"type":"ping"}{"type":"ping"}`, "a type in capitals": `{"type":"PING"}`, "the field in capitals": `{"TYPE":"ping"}`,
		"a type twice": `{"type":"ping","type":"forget"}`, "a field twice": `{"type":"start","lang":"nl","lang":"en"}`,
		"nine deep": `{"type":"ping","x":` + strings.Repeat("[", 9) + strings.Repeat("]", 9) + `}`, "ten thousand deep": strings.Repeat("[", 10000),
		"a type of the server": `{"type":"welcome"}`, "a number as text": `{"type":"say","id":"m1","text":7}`, "a zero byte": "{\"type\":\"ping\x00\"}",
	} {
		add(0, "ours: "+name, text(s))
	}
}

func TestFramesAsOnTheWire(t *testing.T) {
	cases := wireCases()
	if len(cases) < 120 {
		t.Fatalf("only %d cases", len(cases))
	}
	s := newSite(t, nil)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := s.on(t).after(c.send); got != c.want && (c.want != anyCode || got == 0) {
				t.Errorf("ended with %d, want %d", got, c.want)
			}
		})
	}
}

// after shakes hands, sends bytes, and gives the code that the server closes
// with; 0 when it does not, and answers a ping of ours.
func (s *site) after(bytes string) int {
	s.t.Helper()
	conn, err := s.dial("tcp", s.host)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n"+
		"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", s.host, s.host, chatProtocol)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Sec-WebSocket-Extensions") != "" {
		s.t.Fatalf("the handshake was answered by %v, %v", resp, err)
	}
	wrote := make(chan struct{})
	go func() { // the server may close before it has read all
		defer close(wrote)
		io.WriteString(conn, bytes)
		io.WriteString(conn, text(`{"type":"start","lang":"nl"}`)+text(`{"type":"say","id":"last","text":"x"}`))
	}()
	defer func() { conn.Close(); <-wrote }()
	return s.readUntilEnd(r)
}

func (s *site) readUntilEnd(r *bufio.Reader) int {
	for {
		op, payload, err := readWire(r)
		switch {
		case err != nil:
			return anyCode
		case op == fin|opEnd && len(payload) < 2:
			return 1005
		case op == fin|opEnd:
			return int(binary.BigEndian.Uint16([]byte(payload)))
		case op == fin|opText && strings.Contains(payload, `"received"`):
			return 0
		}
	}
}

// readWire reads a frame of the server, which is never masked.
func readWire(r *bufio.Reader) (head byte, payload string, err error) {
	var start [2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return 0, "", err
	}
	n := uint64(start[1])
	long := map[uint64]int{126: 2, 127: 8}[n]
	if long > 0 {
		var size [8]byte
		if _, err := io.ReadFull(r, size[8-long:]); err != nil {
			return 0, "", err
		}
		n = binary.BigEndian.Uint64(size[:])
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return start[0], string(b), err
}
