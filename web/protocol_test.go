package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// The protocol page, row by row. The scripts are explained at play.

func TestFramesFromTheBrowser(t *testing.T) {
	cases := []struct{ row, script string }{
		{"start: a new conversation", `
			a> {"type":"start","lang":"nl","as":"child","page":"grooming/signs"}
			a< {"type":"welcome","token":"*","lang":"nl","seq":0,"state":"bot","epoch":"*"}
			a< {"type":"message","seq":1,"from":"bot","lang":"nl","parts":[{"html":"<p>start</p>","text":"start"}],
			   "choices":[{"id":"more","label":"More"}],"node":"start","at":"*","re":null}
			a!`},
		{"start: every field is optional, null is as good as absent", `
			a> {"type":"start","lang":null}
			a< {"type":"welcome","lang":"nl","state":"bot"}
			a< {"type":"message","seq":1}
			a!`},
		{"start: another entrance and language", `
			a> {"type":"start","lang":"en","as":"parent"}
			a< {"type":"welcome","lang":"en"}
			a< {"type":"message","lang":"en"}`},
		{"start: unknown fields are ignored", `
			a> {"type":"start","colour":"red","deep":{"a":[1,{"b":2}]}}
			a< {"type":"welcome"}`},
		{"start: a second one on the same socket", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"start"}
			a< {"type":"error","code":"bad-frame","text":"*"}
			a!`},
		{"resume: everything over a number comes again, in order", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message","seq":1}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3}
			a.
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"welcome","token":"$token","lang":"nl","seq":3,"state":"bot","epoch":"*"}
			b< {"type":"message","seq":1,"from":"bot"}
			b< {"type":"message","seq":2,"from":"child","id":"m1","text":"hallo","parts":[{"text":"hallo","html":null}]}
			b< {"type":"message","seq":3,"from":"bot","re":"m1"}
			b!
			b.
			c> {"type":"resume","token":"$token","after":2}
			c< {"type":"welcome","seq":3}
			c< {"type":"message","seq":3}
			c!
			c.
			d> {"type":"resume","token":"$token","after":3}
			d< {"type":"welcome","seq":3}
			d!
			d> {"type":"say","id":"m2","text":"daar"}
			d< {"type":"received","id":"m2","seq":4}
			d< {"type":"message","seq":5,"re":"m2"}`},
		{"resume: an unknown token, and the socket stays", `
			a> {"type":"resume","token":"nobodyhasthis","after":0}
			a< {"type":"error","code":"unknown-token","text":"*"}
			a> {"type":"start"}
			a< {"type":"welcome"}`},
		{"resume: without a token, or with a wrong number", `
			a> {"type":"resume","after":0}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"resume","token":"x","after":"1"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"resume","token":"x","after":-1}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"resume","token":"x","after":1.5}
			a< {"type":"error","code":"bad-frame"}`},
		{"say: received first, then one answer", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message","seq":1}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"from":"bot","re":"m1","parts":[{"text":"echo hallo"}],"choices":[]}
			a!`},
		{"say: the same id twice is one message with the same answer", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1","at":"$at","parts":[{"text":"echo hallo"}]}
			a> {"type":"say","id":"m1","text":"something else"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1","at":"$at","parts":[{"text":"echo hallo"}]}
			a!
			a.
			b> {"type":"resume","token":"$token","after":3}
			b< {"type":"welcome","seq":3}
			b> {"type":"say","id":"m1","text":"hallo"}
			b< {"type":"received","id":"m1","seq":2}
			b< {"type":"message","seq":3,"re":"m1"}
			b!`},
		{"say: wrong fields", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"say","id":"m1"}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"say","id":"m1","text":""}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"say","id":"m1","text":5}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"say","text":"hallo"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":"","text":"hallo"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":7,"text":"hallo"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":"1234567890123456789012345678901234567","text":"37 characters"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":"123456789012345678901234567890123456","text":"36 characters"}
			a< {"type":"received","id":"123456789012345678901234567890123456"}
			a< {"type":"message"}`},
		{"choose: what was offered", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"choose","id":"m1","choice":"more"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1","node":"more"}
			a.
			b> {"type":"resume","token":"$token","after":1}
			b< {"type":"welcome"}
			b< {"type":"message","seq":2,"from":"child","id":"m1","text":"More"}
			b< {"type":"message","seq":3}`},
		{"choose: what was not offered stores nothing", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"choose","id":"m1","choice":"nowhere"}
			a< {"type":"error","code":"unknown-choice","text":"*","re":"m1"}
			a!
			a.
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"welcome","seq":1}`},
		{"choose: the same tap again after the talk has moved on", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"choose","id":"m1","choice":"more"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1"}
			a> {"type":"choose","id":"m1","choice":"more"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1"}
			a> {"type":"choose","id":"m2","choice":"more"}
			a< {"type":"error","code":"unknown-choice","re":"m2"}
			a.
			b> {"type":"resume","token":"$token","after":3}
			b< {"type":"welcome","seq":3}
			b> {"type":"choose","id":"m1","choice":"more"}
			b< {"type":"received","id":"m1","seq":2}
			b< {"type":"message","seq":3,"re":"m1"}
			b!`},
		{"lang: the last thing said comes again", `
			a> {"type":"start","lang":"nl"}
			a< {"type":"welcome","lang":"nl"}
			a< {"type":"message","lang":"nl"}
			a> {"type":"lang","lang":"en"}
			a< {"type":"message","seq":2,"from":"bot","lang":"en","re":null}
			a> {"type":"lang","lang":"fr"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"lang"}
			a< {"type":"error","code":"bad-frame"}`},
		{"typing: kept nowhere, answered by nothing", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"typing"}
			a!`},
		{"human and bot: into the line and out of it", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message","seq":1}
			a> {"type":"human"}
			a< {"type":"message","seq":2,"from":"bot","node":"person"}
			a< {"type":"state","state":"waiting","position":1,"wait_s":"*"}
			a> {"type":"say","id":"m1","text":"nog iets"}
			a< {"type":"received","id":"m1","seq":3}
			a< {"type":"message","seq":4,"re":"m1"}
			a.
			b> {"type":"resume","token":"$token","after":4}
			b< {"type":"welcome","state":"waiting","seq":4}
			b< {"type":"state","state":"waiting","position":1,"wait_s":"*"}
			b> {"type":"bot"}
			b< {"type":"message","seq":5,"node":"left"}
			b< {"type":"state","state":"bot"}
			b!`},
		{"forget: erased at once, and the token is unknown from then on", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"forget"}
			a< {"type":"forgotten"}
			a# 1000
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"error","code":"unknown-token"}`},
		{"exit: ends and erases like forget", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"exit"}
			a< {"type":"forgotten"}
			a# 1000
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"error","code":"unknown-token"}`},
		{"a talk that leads to forgetting erases itself", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"say","id":"m1","text":"forget me"}
			a< {"type":"received","id":"m1"}
			a< {"type":"message","re":"m1"}
			a< {"type":"forgotten"}
			a# 1000`},
		{"ping: before and after start", `
			a> {"type":"ping"}
			a< {"type":"pong"}
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"ping"}
			a< {"type":"pong"}`},
		{"nothing but ping, start and resume before a conversation", `
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"human"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"forget"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"start"}
			a< {"type":"welcome"}`},
		{"a second socket takes a conversation over", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			b> {"type":"resume","token":"$token","after":1}
			a# 4001
			b< {"type":"welcome","seq":1}
			b> {"type":"say","id":"m1","text":"hier"}
			b< {"type":"received","id":"m1","seq":2}
			b< {"type":"message","seq":3}`},
	}
	sites := []*site{newSite(t, nil), newRealSite(t)}
	for _, c := range cases {
		t.Run(c.row, func(t *testing.T) {
			for _, s := range sites {
				s.on(t).play(join(c.script))
			}
		})
	}
}

// join puts a frame that is written over several lines on one.
func join(script string) string { return strings.ReplaceAll(script, "\n\t\t\t   ", "") }

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
