package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/locales"
)

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	b := &browser{t: t, host: newSite(t, nil).host}
	want := map[string]string{
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
	}
	for _, path := range []string{"/", "/counsellor", "/counsellor/once?code=x", "/nowhere", "/healthz", "/readyz", "/static/chat.js", "/ws"} {
		resp, _ := b.do("GET", path, nil)
		for name, value := range want {
			if got := resp.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "ws://" + b.host} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy lacks %s", path, part)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %s", path, csp)
		}
		if p := resp.Header.Get("Permissions-Policy"); !strings.Contains(p, "camera=()") || !strings.Contains(p, "geolocation=()") {
			t.Errorf("%s: permissions %q", path, p)
		}
		if len(resp.Cookies()) > 0 {
			t.Errorf("%s sets a cookie", path)
		}
	}
}

func TestAHostThatIsNoHostDoesNotReachThePolicy(t *testing.T) {
	if got := (policy{host: "a; script-src *"}).String(); strings.Contains(got, "*") {
		t.Error(got)
	}
}

func TestPagesComeInTheBrowsersLanguageAndCompressed(t *testing.T) {
	b := &browser{t: t, host: newSite(t, nil).host}
	for accept, want := range map[string]string{"nl": `lang="nl"`, "en-GB,en": `lang="en"`} {
		resp, body := b.do("GET", "/", nil, "Accept-Language: "+accept, "Accept-Encoding: gzip")
		r, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatalf("%v: %v", resp.Header, err)
		}
		page, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(page, []byte(want)) {
			t.Errorf("%s: %v, %.80s", accept, err, page)
		}
		if vary := resp.Header.Values("Vary"); !slices.Contains(vary, "Accept-Language") || !slices.Contains(vary, "Accept-Encoding") {
			t.Errorf("Vary is %v", vary)
		}
	}
}

func TestPagesNameStaticFilesThatExist(t *testing.T) {
	b := &browser{t: t, host: newSite(t, nil).host}
	for _, page := range []string{"/", "/counsellor"} {
		_, body := b.do("GET", page, nil)
		found := regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`).FindAllStringSubmatch(body, -1)
		if len(found) == 0 {
			t.Errorf("%s names none", page)
		}
		for _, f := range found {
			if resp, _ := b.do("GET", f[1], nil); resp.StatusCode != 200 || resp.Header.Get("Content-Type") == "" {
				t.Errorf("%s names %s: %d", page, f[1], resp.StatusCode)
			}
		}
	}
}

func TestEveryTextThatAPageNamesExists(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		page, err := assets.ReadFile("pages/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`\.T "([a-z0-9_.-]+)"`).FindAllStringSubmatch(string(page), -1) {
			if texts["nl"][key[1]] == "" {
				t.Errorf("%s: no text %s", f.Name(), key[1])
			}
		}
	}
}

func TestEveryErrorHasAText(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	codes := []string{
		badFrame, tooLong, rateLimited, unknownToken, unknownChoice, busy, unavailable, notErased, unknownCode, codeOften,
		nobodyWaits, takenCase, tooManyOpen, notYours, colleagueAway, "sign-in", "sign-in-often", "sign-in-away",
	}
	for _, code := range codes {
		if texts["nl"]["error."+code] == "" {
			t.Errorf("no text for error.%s", code)
		}
	}
}

func TestLiveAndReady(t *testing.T) {
	s := newSite(t, nil)
	b := &browser{t: t, host: s.host}
	status := func(path string) int { resp, _ := b.do("GET", path, nil); return resp.StatusCode }
	if live, ready := status("/healthz"), status("/readyz"); live != 200 || ready != 200 {
		t.Errorf("live %d, ready %d", live, ready)
	}
	s.store.setDown(true)
	if live, ready := status("/healthz"), status("/readyz"); live != 200 || ready != 503 {
		t.Errorf("without a store: live %d, ready %d", live, ready)
	}
}

func TestConnectionsOfOneSourceAreLimitedBeforeTheUpgrade(t *testing.T) {
	s := newSite(t, func(o *Options) { o.ConnectsPerSecond = 1 })
	var got []int
	for range 2 * connectBurst {
		_, resp := s.socket("/ws", chatProtocol, "X-Forwarded-For: 10.0.0.1")
		got = append(got, resp.StatusCode)
	}
	if got[0] != 101 || got[len(got)-1] != 429 {
		t.Errorf("answered with %v", got)
	}
}

func TestASourceIsThePrefixOfItsAddress(t *testing.T) {
	cases := []struct {
		remote, forwarded string
		proxied           bool
		want              string
	}{
		{"192.0.2.77:5", "", false, "192.0.2.0/24"},
		{"[::ffff:192.0.2.77]:5", "", false, "192.0.2.0/24"},
		{"[2001:db8:1:2ff::9]:5", "", false, "2001:db8:1:200::/56"},
		{"[fe80::1%eth0]:5", "", false, "fe80::/56"},
		{"192.0.2.77:5", "198.51.100.9", false, "192.0.2.0/24"},
		{"192.0.2.77:5", "198.51.100.9", true, "198.51.100.0/24"},
		{"192.0.2.77:5", "203.0.113.1, 198.51.100.9", true, "198.51.100.0/24"},
		{"192.0.2.77:5", "nonsense", true, ""},
		{"@", "", false, ""},
	}
	for _, c := range cases {
		l := newLimits(Options{Proxied: c.proxied})
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := l.source(r); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestThePanicOfOneTalkIsNobodyElses(t *testing.T) {
	var log bytes.Buffer
	s := newSite(t, func(o *Options) { o.Log = slog.New(SafeLog(slog.NewJSONHandler(&log, nil))) })
	other := s.child()
	other.send(`{"type":"start"}`)
	c := s.child()
	c.send(`{"type":"start"}`)
	c.before()
	c.send(`{"type":"say","id":"m1","text":"panic"}`)
	if f := c.next(); f["code"] != "unavailable" || f["re"] != "m1" {
		t.Errorf("answered by %v", f)
	}
	if f := c.next(); f["type"] != "message" || !strings.Contains(fmt.Sprint(f["parts"]), "112") {
		t.Errorf("answered by %v", f)
	}
	for _, ws := range []*socket{c, other} {
		ws.send(`{"type":"say","id":"m2","text":"hallo"}`)
		ws.until("received")
	}
	if err := s.stop(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, "secret") || !strings.Contains(text, "fake_test.go") && !strings.Contains(text, "parrot.Next") {
		t.Errorf("the log says %s", text)
	}
}

func TestLogsKnowNothing(t *testing.T) {
	const secret = "canary-9f1c"
	var log bytes.Buffer
	handler := SafeLog(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	logger := slog.New(handler)
	logger.With("token", secret).WithGroup("g").Error("x", "text", secret, "addr", secret,
		"err", errors.New("dial 192.0.2.1: "+secret), "what", []string{secret}, slog.Group("what", "lang", secret))
	s := newSite(t, func(o *Options) { o.Log = logger })
	c, _ := s.socket("/ws?"+secret, chatProtocol, "User-Agent: "+secret, "X-Forwarded-For: "+secret)
	c.listen()
	c.send(`{"type":"start","page":"` + secret + `"}`)
	token := fmt.Sprint(c.until("welcome")["token"])
	c.send(`{"type":"say","id":"` + secret + `","text":"` + secret + ` panic"}`)
	c.before()
	c.send(secret)
	s.store.setDown(true)
	c.send(`{"type":"say","id":"m2","text":"` + secret + `"}`)
	c.before()
	b := &browser{t: t, host: s.host}
	b.do("GET", "/"+secret, nil)
	b.do("POST", "/counsellor/sign-in", map[string][]string{"name": {secret}, "password": {secret}})
	raw, err := (&http.Client{}).Get("http://" + s.host + "/%zz" + secret)
	if err == nil {
		raw.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
	s.store.setDown(false)
	s.stop()
	for _, word := range []string{secret, token, "127.0.0.1", "192.0.2.1"} {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log knows %q: %s", word, log.String())
		}
	}
	if log.Len() == 0 {
		t.Error("nothing was logged, so nothing was tried")
	}
}

func TestErrorsAreNamedByTheirKind(t *testing.T) {
	for want, err := range map[string]error{
		"timeout": fmt.Errorf("x: %w", context.DeadlineExceeded), "canceled": context.Canceled,
		"closed by the other side": io.EOF, "other": errors.New("secret"), "the store is away": errAway,
	} {
		if got := kindOf(err); got != want {
			t.Errorf("%v is called %q", err, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"start","lang":"nl","as":"child","page":"x"}`, `{"type":"resume","token":"x","after":17}`,
		`{"type":"say","id":"m1","text":"a\u0301"}`, `{"type":"choose","id":"m1","choice":"x"}`, `{"a":[[[[[[[[[]]]]]]]]]}`, "{\"\\", "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := decode(data)
		if (got.wrong == "") == (got.kind == "") {
			t.Errorf("%q gave %+v", data, got)
		}
		if n := len([]rune(got.text)); n > maxText {
			t.Errorf("a text of %d characters came through", n)
		}
		decodeDesk(data)
	})
}

func TestHarmfulSignsAreTakenOut(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b\x1bc": "abc", "a\u202eb\u2066c": "abc", "één\n\t👨‍👩‍👧‍👦 🏳️‍🌈": "één\n\t👨‍👩‍👧‍👦 🏳️‍🌈",
		"a" + strings.Repeat("\u0301", 10000): "a" + strings.Repeat("\u0301", maxMarks),
		strings.Repeat("\u200b", 100) + "a":   strings.Repeat("\u200b", maxMarks) + "a",
	} {
		if got := clean(in); got != want {
			t.Errorf("%.20q became %.40q", in, got)
		}
	}
}
