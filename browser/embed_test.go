package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
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

// inFrame gives the value of an expression inside the frame of the page.
func (w *tab) inFrame(expression string) (value string, address string) {
	w.t.Helper()
	tree, err := chromedp.Call(w.ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(tree.FrameTree.ChildFrames) == 0 {
		return "", ""
	}
	frame := tree.FrameTree.ChildFrames[0].Frame
	world, err := chromedp.Call(w.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame.ID})
	if err != nil {
		return "", frame.URL
	}
	got, err := chromedp.Call(w.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: world.ExecutionContextID, UserGesture: new(true)})
	if err != nil {
		return "", frame.URL
	}
	return strings.Trim(string(got.Result.Value), `"`), frame.URL
}

// frameUntil waits until an expression is true inside the frame.
func (w *tab) frameUntil(what, expression string) {
	w.t.Helper()
	for late := time.Now().Add(patience); ; {
		value, address := w.inFrame("String(" + expression + ")")
		if value == "true" {
			return
		}
		if time.Now().After(late) {
			w.photograph("failed")
			w.t.Fatalf("waiting in the frame %s until %s: %q", address, what, value)
		}
	}
}

func TestAPartnersPageHoldsTheChatWithOneTag(t *testing.T) {
	school, shows := partner(t)
	running := start(t, "PRAATPAAL_EMBED="+school.URL)
	shows(running.chat)
	w := window(t, "nl", 800, 900)
	line := w.listen()
	w.open(school.URL)
	w.frameUntil("the chat speaks the language of the tag", "document.documentElement.lang === 'en' && !!document.getElementById('child').offsetHeight")
	w.inFrame("document.getElementById('child').click()")
	w.frameUntil("the bot greets", "document.querySelectorAll('#choices button').length >= 2")
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
	for late := time.Now().Add(patience); ; {
		value, address := w.inFrame("String(!document.getElementById('child'))")
		if strings.HasPrefix(address, "chrome-error:") {
			break
		}
		if value == "false" || time.Now().After(late) {
			t.Fatalf("the frame shows %s", address)
		}
	}
	if line.text() != "" {
		t.Error("a socket was opened")
	}
}
