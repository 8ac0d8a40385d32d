package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tools is where .ci/test puts what only tests need.
const tools = "../artefacts/npm/node_modules"

// ask gives the value of an expression on the page.
func ask[T any](w *tab, expression string) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%.80s: %v", expression, err)
	}
	return value
}

// keys presses keys one after another.
func (w *tab) keys(keys ...string) {
	w.t.Helper()
	for _, key := range keys {
		w.do("press a key", chromedp.KeyEvent(key))
	}
}

// tabTo moves the focus with the tab key until it is on something.
func (w *tab) tabTo(selector string) {
	w.t.Helper()
	for range 60 {
		if ask[bool](w, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		w.keys("\t")
	}
	w.t.Fatalf("the tab key does not lead to %s", selector)
}

// begin opens the chat at an entrance and waits until the bot has greeted.
func (w *tab) begin(running program, door string) {
	w.t.Helper()
	w.open(running.chat)
	w.press(door)
	w.greeted()
}

func (w *tab) greeted() {
	w.t.Helper()
	w.until("the bot greets", "document.querySelectorAll('#choices button').length >= 2")
}

// answered waits until the bot has answered n messages in all.
func (w *tab) answered(n int) {
	w.t.Helper()
	w.until("the bot answers", fmt.Sprintf("document.querySelectorAll('#list .child').length >= %d && document.querySelector('#list li:last-child').classList.contains('bot') && document.querySelectorAll('#choices button').length >= 1", n))
}

// media sets what the page is told of its reader's wishes.
func (w *tab) media(scheme, motion, kind string) {
	w.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion}}
	if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind, Features: features}); err != nil {
		w.t.Fatal(err)
	}
}

// size sets the size of the window, and waits until all stands at its place: a
// press before that may miss.
func (w *tab) size(width, height int64) {
	w.t.Helper()
	w.do("size of the window", chromedp.EmulateViewport(width, height))
	ask[bool](w, fmt.Sprintf(`new Promise(function (done) {
		function settle(frames) {
			if (innerWidth !== %d || innerHeight !== %d) { frames = 3; }
			if (!frames) { return done(true); }
			requestAnimationFrame(function () { settle(frames - 1); });
		}
		settle(3);
	})`, width, height))
}

// offline takes the line away, or gives it back.
func (w *tab) offline(yes bool) {
	w.t.Helper()
	speed := -1.0
	conditions := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: yes, DownloadThroughput: speed, UploadThroughput: speed}}}
	if _, err := chromedp.Call(w.ctx, network.EmulateNetworkConditionsByRule, conditions); err != nil {
		w.t.Fatal(err)
	}
	state := network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: speed, UploadThroughput: speed}
	if _, err := chromedp.Call(w.ctx, network.OverrideNetworkState, state); err != nil {
		w.t.Fatal(err)
	}
}

// history gives the addresses that Back and Forward lead to.
func (w *tab) history() string {
	w.t.Helper()
	h, err := chromedp.Call(w.ctx, page.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, e := range h.Entries {
		all = append(all, e.URL)
	}
	return strings.Join(all, " ")
}

// touch moves one finger through points, or lifts it at the end.
func (w *tab) touch(points ...[2]float64) {
	w.t.Helper()
	kind := input.DispatchTouchEventTypeTouchStart
	for _, p := range points {
		params := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{{X: p[0], Y: p[1]}}}
		if _, err := chromedp.Call(w.ctx, input.DispatchTouchEvent, params); err != nil {
			return // the page has gone, as it should
		}
		kind = input.DispatchTouchEventTypeTouchMove
	}
	_, _ = chromedp.Call(w.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

// wire is what went over the line of one tab.
type wire struct {
	mu       sync.Mutex
	bytes    float64
	requests []string
	sent     []string // frames of the socket
	came     []string
}

// listen begins to write down what goes over the line.
func (w *tab) listen() *wire {
	w.t.Helper()
	log := &wire{}
	if _, err := chromedp.Call(w.ctx, network.Enable, network.EnableParams{}); err != nil {
		w.t.Fatal(err)
	}
	err := chromedp.Listen(w.ctx, func(event any) {
		log.mu.Lock()
		defer log.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			log.requests = append(log.requests, e.Request.URL)
		case *network.EventLoadingFinished:
			log.bytes += e.EncodedDataLength
		case *network.EventWebSocketFrameReceived:
			log.came = append(log.came, string(e.Response.PayloadData))
		case *network.EventWebSocketFrameSent:
			log.sent = append(log.sent, string(e.Response.PayloadData))
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return log
}

// text gives all frames that were sent, in one.
func (l *wire) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.sent, "\n")
}

// token gives the key of the conversation.
func (l *wire) token() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, frame := range l.came {
		var f struct{ Type, Token string }
		if json.Unmarshal([]byte(frame), &f) == nil && f.Type == "welcome" {
			return f.Token
		}
	}
	return ""
}

// accessible has axe look at the page as it is now.
func (w *tab) accessible(state string) {
	w.t.Helper()
	if !ask[bool](w, "!!window.axe") {
		source, err := os.ReadFile(filepath.Join(tools, "axe-core", "axe.min.js"))
		if err != nil {
			w.t.Fatalf("axe-core is missing: run .ci/test, which installs it: %v", err)
		}
		w.do("load axe", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(source)+";true"))
			return err
		}))
	}
	found := ask[string](w, `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']})
		.then(function (r) { return r.violations.map(function (v) { return v.id + ': ' + v.nodes.map(function (n) { return n.target + ' ' + n.failureSummary; }).join('; '); }).join('\n'); })`)
	if found != "" {
		w.t.Errorf("%s: axe finds\n%s", state, found)
	}
}

// overflows tells what stands out of the page at the side.
func (w *tab) overflows() string {
	return ask[string](w, `Array.prototype.filter.call(document.querySelectorAll('body *'), function (e) {
		var r = e.getBoundingClientRect();
		return r.width && !e.closest('.hid, svg') && (r.right > innerWidth + 1 || r.left < -1);
	}).map(function (e) { return e.tagName + '#' + e.id + '.' + e.className + ' ' + e.textContent.slice(0, 20); }).slice(0, 3).join('; ')`)
}

// typed writes where the focus is.
func typed(text string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(text) }

// slow makes the processor slower.
func (w *tab) slow(times float64) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times}); err != nil {
		w.t.Fatal(err)
	}
}

// fingers makes the screen one that is touched.
func (w *tab) fingers() {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5}); err != nil {
		w.t.Fatal(err)
	}
}
