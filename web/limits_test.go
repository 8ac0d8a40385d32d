package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// What the protocol page says about limits, close codes and the handshake.

func TestABadFrameIsAnsweredAndNeverEndsTheConnection(t *testing.T) {
	bad := []string{
		``, `x`, `{`, `[]`, `null`, `"start"`, `42`, `{}`, `{"type":null}`, `{"type":5}`, `{"type":"dance"}`, `{"Type":"ping"}`,
		`{"type":"start","lang":5}`, `{"type":"start","lang":"de"}`, `{"type":"start","lang":""}`, `{"type":"start","as":"teacher"}`,
		`{"type":"start","page":{}}`, `{"type":"ping"} {"type":"ping"}`, `{"type":"ping",}`,
		`{"type":"ping","deep":` + strings.Repeat("[", 8) + strings.Repeat("]", 8) + `}`,
		`{"type":"ping","deep":` + strings.Repeat("[", 8000) + strings.Repeat("]", 8000) + `}`,
	}
	s := newSite(t, nil)
	c := s.child()
	for _, frame := range bad {
		c.send(frame)
		if f := c.next(); f["type"] != "error" || f["code"] != "bad-frame" || f["text"] == "" {
			t.Errorf("%.60s was answered by %v", frame, f)
		}
		c.before() // a good frame, so that there are never many bad ones in a row
	}
}

func TestTwentyBadFramesInARowEndTheConnection(t *testing.T) {
	c := newSite(t, nil).child()
	for range 19 {
		c.send(`{"type":"dance"}`)
		c.next()
	}
	c.before()
	for range 20 {
		c.send(`{"type":"dance"}`)
	}
	if code, _ := c.closed(); code != 1008 {
		t.Errorf("closed with %d", code)
	}
}

func TestLengthIsCountedInCharacters(t *testing.T) {
	site := newSite(t, nil)
	for _, c := range []struct {
		text string
		code any
	}{
		{strings.Repeat("a", 2000), nil},
		{strings.Repeat("é", 2000), nil},
		{strings.Repeat("😀", 2000), nil},
		{strings.Repeat("a", 2001), "too-long"},
		{strings.Repeat("😀", 2001), "too-long"},
	} {
		s := site.child()
		s.send(`{"type":"start"}`)
		s.before()
		s.send(`{"type":"say","id":"m1","text":"` + c.text + `"}`)
		f := s.next()
		if f["code"] != c.code || c.code == nil && f["type"] != "received" {
			t.Errorf("%d of %.4s: answered by %v", len([]rune(c.text)), c.text, f)
		}
		if c.code != nil && (f["re"] != "m1" || f["text"] == "") {
			t.Errorf("the error lacks a field: %v", f)
		}
	}
}

func TestLimitsOfTheSocket(t *testing.T) {
	frame := func(size int) string {
		head, tail := `{"type":"ping","x":"`, `"}`
		return head + strings.Repeat("a", size-len(head)-len(tail)) + tail
	}
	cases := []struct {
		name string
		kind int
		data string
		want int
	}{
		{"16 KiB are taken", websocket.TextMessage, frame(16 << 10), 0},
		{"a byte more is not", websocket.TextMessage, frame(16<<10 + 1), 1009},
		{"20,000 bytes", websocket.TextMessage, frame(20000), 1009},
		{"a megabyte", websocket.TextMessage, frame(1 << 20), 1009},
		{"a binary frame", websocket.BinaryMessage, `{"type":"ping"}`, 1003},
		{"an empty binary frame", websocket.BinaryMessage, ``, 1003},
		{"no UTF-8", websocket.TextMessage, "{\"type\":\"ping\",\"x\":\"\xff\xfe\"}", 1007},
		{"half a character", websocket.TextMessage, "{\"type\":\"ping\",\"x\":\"\xc3\"}", 1007},
		{"a surrogate in UTF-8", websocket.TextMessage, "\xed\xa0\x80", 1007},
	}
	s := newSite(t, nil)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ws := s.child()
			ws.ws.WriteMessage(c.kind, []byte(c.data))
			if c.want == 0 {
				if f := ws.next(); f["type"] != "pong" {
					t.Errorf("answered by %v", f)
				}
				return
			}
			if code, _ := ws.closed(); code != c.want {
				t.Errorf("closed with %d, want %d", code, c.want)
			}
		})
	}
}

func TestInvalidTextInFragmentsIsFound(t *testing.T) {
	c := newSite(t, nil).child()
	w, err := c.ws.NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{`{"type":"ping","x":"` + strings.Repeat("a", 5000), "\xc3", strings.Repeat("b", 5000), `"}`} {
		w.Write([]byte(piece))
	}
	w.Close()
	if code, _ := c.closed(); code != 1007 {
		t.Errorf("closed with %d", code)
	}
}

func TestOnlyOurOwnPagesMayConnect(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Origins = []string{"https://school.example"} })
	host := s.host
	cases := []struct {
		name   string
		origin string
		want   int
	}{
		{"our own", "http://" + host, 101},
		{"our own behind TLS", "https://" + host, 101},
		{"one that is allowed", "https://school.example", 101},
		{"one that is allowed, but in the clear", "http://school.example", 403},
		{"missing", "", 403},
		{"null", "null", 403},
		{"foreign", "https://evil.example", 403},
		{"another port", "http://127.0.0.1:1", 403},
		{"one that begins like ours", "http://" + host + ".evil.example", 403},
		{"one that ends like ours", "http://evil" + host, 403},
		{"ours as user name", "http://" + host + "@evil.example", 403},
		{"with a path", "http://" + host + "/x", 403},
		{"another scheme", "file://" + host, 403},
		{"two", "http://" + host + ", https://evil.example", 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, resp := s.socket("/ws", chatProtocol, "Origin:"+c.origin)
			if resp == nil || resp.StatusCode != c.want {
				t.Errorf("answered with %v, want %d", resp, c.want)
			}
		})
	}
}

func TestTheSubprotocolIsRequiredAndEchoed(t *testing.T) {
	s := newSite(t, nil)
	_, resp := s.socket("/ws", chatProtocol) // the test client offers compression
	if got := resp.Header.Get("Sec-Websocket-Protocol"); got != chatProtocol {
		t.Errorf("echoed %q", got)
	}
	if got := resp.Header.Get("Sec-Websocket-Extensions"); got != "" {
		t.Errorf("extensions %q: compression must stay off", got)
	}
	for _, other := range []string{"", "praatpaal.v2", deskProtocol} {
		if _, resp := s.socket("/ws", other); resp == nil || resp.StatusCode != http.StatusBadRequest {
			t.Errorf("subprotocol %q was answered with %v", other, resp)
		}
	}
}

func TestAcceptLanguageDecidesWhereLangIsAbsent(t *testing.T) {
	s := newSite(t, nil)
	for accept, want := range map[string]string{
		"nl-NL,nl;q=0.9,en;q=0.8": "nl", "en-GB": "en", "en;q=0.3, nl-BE;q=0.7": "nl", "": "nl", "fr": "en", "tr, en;q=0.5": "en",
		";;;": "nl", strings.Repeat("en,", 1000): "nl",
	} {
		c, _ := s.socket("/ws", chatProtocol, "Accept-Language:"+accept)
		c.send(`{"type":"start"}`)
		if f := c.until("welcome"); f["lang"] != want {
			t.Errorf("%.40q gave %v, want %s", accept, f["lang"], want)
		}
	}
}

func TestTooManyMessagesAreSlowed(t *testing.T) {
	s := newSite(t, nil)
	c := s.child()
	c.send(`{"type":"start"}`)
	c.before()
	for i := range 30 {
		c.send(fmt.Sprintf(`{"type":"say","id":"m%d","text":"x"}`, i))
		c.until("received")
		c.until("message")
	}
	c.send(`{"type":"say","id":"more","text":"x"}`)
	f := c.next()
	if retry, _ := f["retry_s"].(float64); f["code"] != "rate-limited" || retry < 1 || f["re"] != "more" || f["text"] == "" {
		t.Errorf("the 31st message was answered by %v", f)
	}
	c.send(`{"type":"say","id":"m3","text":"x"}`)
	if f := c.next(); f["type"] != "received" || f["seq"] != float64(8) {
		t.Errorf("a message that came again was answered by %v", f)
	}
	c.until("message")
	c.send(`{"type":"human"}`)
	if f := c.next(); f["type"] != "message" {
		t.Errorf("the call for a person was answered by %v", f)
	}
}

func TestWhoComesWhileTheServerStopsIsToldToComeBack(t *testing.T) {
	s := newSite(t, nil)
	s.server.hub.close()
	c := s.child()
	if code, reason := c.closed(); code != 1012 || !strings.HasPrefix(reason, "retry ") {
		t.Errorf("closed with %d %q", code, reason)
	}
}

func TestADeployClosesWithAHintWhenToComeBack(t *testing.T) {
	s := newSite(t, nil)
	c, d := s.child(), s.child()
	c.send(`{"type":"start"}`)
	c.before()
	d.before()
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	for _, ws := range []*socket{c, d} {
		code, reason := ws.closed()
		var seconds float64
		if n, err := fmt.Sscanf(reason, "retry %f", &seconds); code != 1012 || n != 1 || err != nil || seconds < 0 || seconds > 10 {
			t.Errorf("closed with %d %q", code, reason)
		}
	}
	<-stopped
}

func TestExplainSaysWhatWasUnderstood(t *testing.T) {
	newSite(t, func(o *Options) { o.Explain = true }).play(`
		a> {"type":"start"}
		a< {"type":"welcome"}
		a< {"type":"message","danger":"none","understood":null}
		a> {"type":"say","id":"m1","text":"hij heeft een knife"}
		a< {"type":"received"}
		a< {"type":"message","danger":"emergency","understood":{"topic":"grooming","role":"child","danger":"concern","wants":"advice"}}`)
	newSite(t, nil).play(`
		a> {"type":"start"}
		a< {"type":"welcome"}
		a< {"type":"message","danger":null,"understood":null}
		a> {"type":"say","id":"m1","text":"hallo"}
		a< {"type":"received"}
		a< {"type":"message","danger":null,"understood":null}`)
}

func TestQuickExitOfAPageThatIsGone(t *testing.T) {
	s := newSite(t, nil)
	post := func(body string, headers ...string) int {
		req, err := http.NewRequest("POST", "http://"+s.host+"/exit", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "text/plain;charset=UTF-8")
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			req.Header.Set(name, value)
		}
		req.Close = true
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	c := s.child()
	c.send(`{"type":"start"}`)
	token := fmt.Sprint(c.next()["token"])
	for _, foreign := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: null"} {
		if got := post(token, foreign); got != http.StatusForbidden {
			t.Errorf("%s: answered with %d", foreign, got)
		}
	}
	if got := post(strings.Repeat("x", 1000)); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body was answered with %d", got)
	}
	if got := post("nobody has this", "Origin: http://"+s.host); got != http.StatusNoContent {
		t.Errorf("an unknown token was answered with %d", got)
	}
	if got := post(token, "Origin: http://"+s.host, "Sec-Fetch-Site: same-origin"); got != http.StatusNoContent {
		t.Errorf("answered with %d", got)
	}
	c.until("forgotten")
	if code, _ := c.closed(); code != 1000 {
		t.Errorf("closed with %d", code)
	}
	d := s.child()
	d.send(`{"type":"resume","token":"` + token + `","after":0}`)
	if f := d.next(); f["code"] != "unknown-token" {
		t.Errorf("the token was answered by %v", f)
	}
}
