package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// wayOut is where the Dutch page's exit leads.
const wayOut = "https://www.buienradar.nl"

// ears hear all that a page asks of the network and is told by it.
type ears struct {
	mu       sync.Mutex
	requests []string
	frames   []string
	marks    chan string // what a page reports through its binding
}

func (e *ears) hear(ev any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		e.requests = append(e.requests, ev.Request.URL)
	case *network.EventWebSocketCreated:
		e.requests = append(e.requests, ev.URL)
	case *network.EventWebSocketFrameReceived:
		e.frames = append(e.frames, string(ev.Response.PayloadData))
	case *runtime.EventBindingCalled:
		e.marks <- ev.Payload
	}
}

// told gives what the frames hold that fits an expression.
func (e *ears) told(expression string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(strings.Join(e.frames, "\n"), -1) {
		out = append(out, m[1])
	}
	return out
}

// household is a browser that several children and parents use one after the
// other, with a profile on the disk; every name leads to a server of ours.
type household struct {
	t       *testing.T
	ctx     context.Context
	profile string
	ears    *ears
	chat    string
	neutral chan struct{} // closed when the neutral page may answer
}

// neutralSite answers for all the world: where the way out leads with a page
// that says nothing, once the test has seen what it wants to see before.
func neutralSite(t *testing.T, seen chan struct{}) string {
	t.Helper()
	site := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(wayOut, "https://"+r.Host) {
			http.NotFound(w, r) // the browser's own affairs
			return
		}
		<-seen
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>Weather</title><link rel=icon href=data:,><p id=neutral>rain")
	}))
	site.Config.ErrorLog = log.New(io.Discard, "", 0) // Chromium tries it without TLS as well
	site.StartTLS()
	t.Cleanup(site.CloseClientConnections)
	return strings.TrimPrefix(site.URL, "https://")
}

func newHousehold(t *testing.T, chat string) *household {
	t.Helper()
	h := &household{t: t, profile: t.TempDir(), chat: chat, neutral: make(chan struct{}), ears: &ears{marks: make(chan string, 10)}}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: run .ci/test, which installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(h.profile),
		chromedp.Flag("lang", "nl"), chromedp.Flag("accept-lang", "nl"), chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("incognito", false),
		chromedp.Flag("host-resolver-rules", "MAP * "+neutralSite(t, h.neutral)+", EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	h.ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(h.ctx); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return h
}

// sits opens a tab; close it when that journey is over.
func (h *household) sits(script string) (w *tab, close func()) {
	h.t.Helper()
	w, close = h.tab()
	w.do("size of the tab", chromedp.EmulateViewport(390, 844))
	w.listens(h.ears)
	if script != "" {
		called(w, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	}
	w.open(h.chat)
	return w, close
}

// tab opens a bare one; the context that opens it must outlive it.
func (h *household) tab() (*tab, context.CancelFunc) {
	h.t.Helper()
	ctx, cancel := chromedp.NewContext(h.ctx)
	if err := chromedp.Do(ctx); err != nil {
		h.t.Fatalf("a tab: %v", err)
	}
	return &tab{t: h.t, ctx: ctx}, cancel
}

func called[P, R any](w *tab, cmd cdp.Command[P, R], params P) R {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		w.t.Fatalf("%v: %v", cmd, err)
	}
	return result
}

func (w *tab) listens(e *ears) {
	w.t.Helper()
	if err := chromedp.Listen(w.ctx, e.hear); err != nil {
		w.t.Fatal(err)
	}
	called(w, runtime.AddBinding, runtime.AddBindingParams{Name: "mark"})
}

func (w *tab) gives(script string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", script, err)
	}
	return text
}

// keepsNothing looks at every place where a page can leave something.
func (w *tab) keepsNothing(state string) {
	w.t.Helper()
	got := w.gives(`Promise.all([navigator.serviceWorker.getRegistrations(), indexedDB.databases(), caches.keys()]).then(function (a) {
		var fill = Array.prototype.filter.call(document.querySelectorAll('input, textarea'), function (e) { return e.autocomplete !== 'off' || e.form; });
		return [localStorage.length, sessionStorage.length, document.cookie.length, a[0].length, a[1].length, a[2].length, fill.length, location.search + location.hash].join(' ');
	})`)
	if got != "0 0 0 0 0 0 0 " {
		w.t.Errorf("%s: something is kept: %q", state, got)
	}
}

func (w *tab) begins(door string) {
	w.t.Helper()
	w.press(door)
	w.until("the bot greets", "document.querySelectorAll('#choices button').length >= 2")
	w.keepsNothing(door)
}

// tells types a secret and waits for the answer to it.
func (w *tab) tells(secret string) {
	w.t.Helper()
	before := w.gives(`String(document.querySelectorAll('#list li.bot').length)`)
	w.writes(secret)
	w.until("the bot answers", "document.querySelectorAll('#list li.bot').length > "+before)
	w.keepsNothing("told")
}

// naive lets the browser see a careless page.
func (h *household) naive() (secrets []string) {
	url, secrets := careless(h.t)
	w, leaves := h.tab()
	defer leaves()
	w.open(url)
	return secrets
}

func (h *household) journeys(s *stand) (secrets []string) {
	for range 8 {
		secrets = append(secrets, newSecret())
	}
	child, leaves := h.sits("")
	child.keepsNothing("start")
	child.begins("#child")
	child.tells(secrets[0])
	leaves()

	child, leaves = h.sits("")
	child.press("#language")
	child.until("it speaks English", "document.documentElement.lang === 'en'")
	child.begins("#child")
	child.tells(secrets[1])
	leaves()

	parent, leaves := h.sits("")
	parent.begins("#parent")
	parent.tells(secrets[2])
	leaves()

	child, leaves = h.sits("")
	child.begins("#child")
	child.tells(secrets[3])
	child.press("#person")
	child.until("the child waits", "document.getElementById('leave').hidden === false")
	child.keepsNothing("waiting")
	desk := s.deskOf(h.ears)
	desk.press("#next")
	desk.reads(secrets[3])
	desk.writes(secrets[4])
	child.reads(secrets[4])
	child.writes(secrets[5])
	desk.reads(secrets[5])
	child.keepsNothing("with a counsellor")
	leaves()

	h.quickExit(s, secrets[6])

	child, leaves = h.sits("")
	child.begins("#child")
	child.tells(secrets[7])
	child.press("#language")
	child.until("it speaks English", "document.documentElement.lang === 'en'")
	child.press("#more")
	child.press("#forget")
	child.press("#forget")
	child.until("it is forgotten", "document.getElementById('again').hidden === false")
	child.keepsNothing("forgotten")
	leaves()
	return secrets
}

// quickExit presses the button on a processor four times slower, and sees what
// the very next frames show, what the server holds, and where Back leads.
func (h *household) quickExit(s *stand, secret string) {
	h.t.Helper()
	child, leaves := h.sits("")
	defer leaves()
	child.begins("#child")
	child.tells(secret)
	tokens := h.ears.told(`"token":"([a-z0-9]+)"`)
	id := queue.IDOf(tokens[len(tokens)-1])
	if held := s.evidence(id); len(held) == 0 || len(held) > 3 {
		h.t.Errorf("evidence of a talk: %v", held)
	}
	called(child, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
	child.gives(`(document.getElementById('exit').addEventListener('click', function () {
		var pressed = performance.now();
		requestAnimationFrame(function () {
			var away = document.documentElement.className, left = document.documentElement.textContent.indexOf('` + secret + `');
			requestAnimationFrame(function () { mark(JSON.stringify({Ms: performance.now() - pressed, Away: away, Left: left})); });
		});
	}, true), 'ready')`)
	pressed := time.Now()
	child.press("#exit")
	var first struct {
		Ms   float64
		Away string
		Left int
	}
	select {
	case mark := <-h.ears.marks:
		if err := json.Unmarshal([]byte(mark), &first); err != nil {
			h.t.Fatal(err)
		}
	case <-time.After(patience):
		h.t.Fatal("no frame was drawn after the exit")
	}
	if first.Away != "away" || first.Left >= 0 {
		h.t.Errorf("the first frame after the exit shows %+v", first)
	}
	s.untilGone(id)
	h.t.Logf("quick exit at a quarter of the speed: covered and drawn after %.0f ms, gone from Redis %v after the press", first.Ms, time.Since(pressed).Round(time.Millisecond))
	if held := s.evidence(id); len(held) != 0 {
		h.t.Errorf("evidence after the exit: %v", held)
	}
	close(h.neutral)
	child.sees("#neutral")
	for _, entry := range called(child, page.GetNavigationHistory, cdp.Empty{}).Entries {
		if strings.HasPrefix(entry.URL, h.chat) {
			h.t.Errorf("the chat is still in the tab's history: %s", entry.URL)
		}
	}
	child.do("back", chromedp.NavigateBack())
	if at := child.gives("location.href"); strings.HasPrefix(at, h.chat) {
		h.t.Error("Back leads to the chat")
	}
}

// closes ends the browser as a person does, so that all of it is on the disk.
func (h *household) closes() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.ctx, patience)
	defer cancel()
	if err := chromedp.Cancel(ctx); err != nil {
		h.t.Fatalf("closing the browser: %v", err)
	}
}

func (h *household) history() []string {
	h.t.Helper()
	var said bytes.Buffer
	cmd := exec.Command("sqlite3", "-readonly", filepath.Join(h.profile, "Default", "History"), "select url, title from urls")
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		h.t.Fatalf("sqlite3: %v: %s", err, said.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestSixJourneysLeaveNothingOnTheDiskAndAskNobodyElse(t *testing.T) {
	s := newStand(t)
	h := newHousehold(t, s.chat)
	found := h.naive()
	secrets := h.journeys(s)
	h.closes()

	tokens := h.ears.told(`"token":"([a-z0-9]+)"`)
	answers := h.ears.told(`"from":"bot".{0,400}?"text":"([^"\\]{30})`)
	if len(tokens) < 6 || len(answers) < 12 {
		t.Fatalf("%d tokens and %d answers were heard: nothing is tried", len(tokens), len(answers))
	}
	secrets = append(append(secrets, tokens...), answers...)
	nothingOn(t, h.profile, secrets, found)
	rows := 0
	for _, row := range h.history() {
		if strings.HasPrefix(row, s.chat) {
			rows++
			t.Logf("in the history: %s", row)
		}
	}
	if rows != 1 {
		t.Errorf("%d rows in the history", rows)
	}
	h.ears.asksNobodyElse(t, s.chat)
}

// asksNobodyElse: of all that the pages asked for, only the way out is foreign.
func (e *ears) asksNobodyElse(t *testing.T, chat string) {
	t.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(chat, "http://"), "/")
	ways, foreign := 0, 0
	for _, request := range e.requests {
		switch {
		case strings.HasPrefix(request, "http://"+host+"/"), strings.HasPrefix(request, "ws://"+host+"/"):
		case strings.HasPrefix(request, wayOut):
			ways++
		case strings.HasPrefix(request, "data:,"): // the neutral page's own
		default:
			foreign++
			t.Errorf("asked of somebody else: %s", request)
		}
	}
	t.Logf("%d requests, %d to somebody else, %d way out", len(e.requests), foreign, ways)
	if ways != 1 || len(e.requests) < 20 {
		t.Errorf("%d requests, %d ways out", len(e.requests), ways)
	}
}

// hurried lets three minutes pass when a test says so.
const hurried = `(function () {
	var real = Date.prototype.getTime, ahead = 0, every = window.setInterval;
	Date.prototype.getTime = function () { return real.call(this) + ahead; };
	window.setInterval = function (f, ms) { return every(f, ms >= 5000 ? 20 : ms); };
	window.later = function (ms) { ahead += ms; return 'later'; };
}())`

func TestThreeMinutesOfNothingCoverTheScreenAndKeepThePlace(t *testing.T) {
	s := newStand(t)
	h := newHousehold(t, s.chat)
	child, leaves := h.sits(hurried)
	defer leaves()
	child.begins("#child")
	child.tells(newSecret())
	child.press("#person")
	child.until("the child waits", "document.getElementById('leave').hidden === false")
	child.gives("later(170000)")
	child.until("it is told beforehand", "document.getElementById('banner').hidden === false")
	if child.gives("String(document.getElementById('cover').hidden)") != "true" {
		t.Error("covered too early")
	}
	child.gives("later(11000)")
	child.until("it is covered", "document.getElementById('cover').hidden === false")
	shown := child.gives(`(function () {
		var e = document.elementFromPoint(195, 400), log = getComputedStyle(document.getElementById('log'));
		return e.id + ' ' + (log.visibility === 'hidden' || getComputedStyle(e).position === 'fixed');
	}())`)
	if shown != "cover true" {
		t.Errorf("what is seen is %q", shown)
	}
	child.press("#cover")
	child.until("the place is kept", "document.getElementById('leave').hidden === false && document.getElementById('cover').hidden")
}
