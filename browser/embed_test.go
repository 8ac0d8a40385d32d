package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// partner is a page of another origin with our one tag, under the strictest
// policy that the README asks for.
func partner(t *testing.T) (server *httptest.Server, shows func(chat string)) {
	t.Helper()
	chat := ""
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src "+chat+"; frame-src "+chat)
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>School</title><h1>A school</h1>
			<script src="%s/embed.js" data-lang="en" data-topic="sextortion/start" async></script>`, chat)
	}))
	t.Cleanup(server.Close)
	return server, func(address string) { chat = strings.TrimSuffix(address, "/") }
}

// frame gives the frame on a page as a tab of its own, once it is at an
// address that begins so: it lives in a process of its own.
func (w *tab) frame(begins string) *tab {
	w.t.Helper()
	for late := time.Now().Add(patience); time.Now().Before(late); {
		all, err := chromedp.Targets(w.ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, one := range all {
			if one.Type != "iframe" || !strings.HasPrefix(one.URL, begins) {
				continue
			}
			ctx, cancel := chromedp.NewContext(w.ctx, chromedp.WithTargetID(one.TargetID))
			w.t.Cleanup(cancel)
			return &tab{t: w.t, ctx: ctx}
		}
	}
	w.photograph("failed")
	w.t.Fatalf("there is no frame at %s", begins)
	return nil
}

func TestAPartnersPageHoldsTheChatWithOneTag(t *testing.T) {
	school, shows := partner(t)
	running := start(t, "PRAATPAAL_EMBED="+school.URL)
	shows(running.chat)
	w := window(t, "nl", 800, 900)
	w.open(school.URL)
	inside := w.frame(running.chat)
	line := inside.listen()
	inside.until("the chat speaks the language of the tag", "document.documentElement.lang === 'en' && !!document.getElementById('child').offsetHeight")
	ask[bool](inside, "(document.getElementById('child').click(), true)")
	inside.greeted()
	w.photograph("embedded")
	if sent := line.text(); !strings.Contains(sent, `"page":"sextortion/start"`) || !strings.Contains(sent, `"lang":"en"`) {
		t.Errorf("sent %s", sent)
	}
	for _, address := range line.requests {
		if strings.Contains(address, "sextortion") && !strings.Contains(address, "#") {
			t.Errorf("the topic went over the line in an address: %s", address)
		}
	}
	if cookies := ask[string](w, "document.cookie"); cookies != "" {
		t.Errorf("cookies %q", cookies)
	}
	ask[bool](w, "document.querySelector('iframe').blur() || document.body.focus() || true")
	w.keys("\u001b", "\u001b", "\u001b") // the focus is on the school's own page
	w.until("the school's page has gone too", "location.href.indexOf('"+school.URL+"') < 0")
	if !dead(t, running, line.token()) {
		t.Error("the server still knows the conversation")
	}
}

func TestAPageThatWasNotNamedGetsNoChat(t *testing.T) {
	school, shows := partner(t)
	running := start(t, "PRAATPAAL_EMBED=https://other.example")
	shows(running.chat)
	w := window(t, "nl", 800, 900)
	line := w.listen()
	w.open(school.URL)
	w.until("there is a frame", "document.querySelector('iframe')")
	w.keys("\u001b", "\u001b", "\u001b")
	// Our page would have led the school's to its own neutral one. None is
	// there, so the school's page leaves by itself for an empty one.
	w.until("the school's page has gone", "location.href.indexOf('"+school.URL+"') < 0")
	if at := ask[string](w, "location.href"); at != "about:blank" {
		t.Errorf("somebody led the page to %s", at)
	}
	if line.text() != "" {
		t.Error("a socket was opened")
	}
}
