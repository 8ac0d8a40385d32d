package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// fox is a Firefox with a profile of its own on the disk, driven by WebDriver
// BiDi (W3C), which it speaks itself. It is used by one goroutine.
type fox struct {
	t       *testing.T
	ws      *websocket.Conn
	count   int
	window  string // BiDi's name of the one tab
	profile string
	ended   chan error
	world   *world
}

// world is the proxy through which that Firefox reaches everybody but us: each
// name leads to the same page that says nothing.
type world struct {
	mu    sync.Mutex
	asked map[string]bool
}

func newWorld(t *testing.T) (w *world, address string) {
	t.Helper()
	w = &world{asked: map[string]bool{}}
	page := httptest.NewTLSServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "text/html")
		fmt.Fprint(answer, "<title>Weather</title><link rel=icon href=data:,><p id=neutral>rain")
	}))
	t.Cleanup(page.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asked[r.Host] = true
		w.mu.Unlock()
		if r.Method != http.MethodConnect || !strings.HasPrefix(wayOut, "https://"+strings.TrimSuffix(r.Host, ":443")) {
			http.NotFound(answer, r) // the browser's own affairs
			return
		}
		w.tunnel(answer, page.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	return w, strings.TrimPrefix(proxy.URL, "http://")
}

// tunnel joins a CONNECT with a server; it ends when either side does.
func (w *world) tunnel(answer http.ResponseWriter, to string) {
	out, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	}
	answer.WriteHeader(http.StatusOK)
	in, buffered, err := http.NewResponseController(answer).Hijack()
	if err != nil {
		out.Close()
		return
	}
	go func() {
		defer out.Close()
		_, _ = buffered.WriteTo(out)
	}()
	go func() {
		defer in.Close()
		_, _ = bufio.NewReader(out).WriteTo(in)
	}()
}

// newFox starts one whose own errands are off as far as they can be.
func newFox(t *testing.T) *fox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		t.Fatal("firefox-esr is missing: run .ci/test, which installs it")
	}
	f := &fox{t: t, profile: t.TempDir(), ended: make(chan error, 1)}
	var proxy string
	f.world, proxy = newWorld(t)
	host, port, _ := net.SplitHostPort(proxy)
	settings := fmt.Sprintf(`user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", %[1]q); user_pref("network.proxy.http_port", %[2]s);
user_pref("network.proxy.ssl", %[1]q); user_pref("network.proxy.ssl_port", %[2]s);
user_pref("intl.accept_languages", "nl"); user_pref("ui.prefersReducedMotion", 1);
user_pref("browser.sessionstore.interval", 1000);
user_pref("app.update.enabled", false); user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("media.gmp-provider.enabled", false); user_pref("media.gmp-manager.updateEnabled", false);
user_pref("browser.safebrowsing.malware.enabled", false); user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("network.captive-portal-service.enabled", false); user_pref("network.connectivity-service.enabled", false);
`, host, port)
	if err := os.WriteFile(filepath.Join(f.profile, "user.js"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", f.profile, "--remote-debugging-port", "0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "MOZ_CRASHREPORTER_DISABLE=1")
	said, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-f.ended })
	at := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(said); lines.Scan(); {
			if _, address, found := strings.Cut(lines.Text(), "BiDi listening on "); found {
				at <- address
			}
		}
		f.ended <- cmd.Wait()
		close(f.ended)
	}()
	select {
	case address := <-at:
		f.connect(address)
	case <-time.After(patience):
		t.Fatal("Firefox does not listen")
	}
	return f
}

func (f *fox) connect(address string) {
	f.t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(address+"/session", nil)
	if err != nil {
		f.t.Fatal(err)
	}
	f.ws = ws
	f.t.Cleanup(func() { ws.Close() })
	f.ask("session.new", `{"capabilities":{"alwaysMatch":{"acceptInsecureCerts":true}}}`, nil)
	var tree struct{ Contexts []struct{ Context string } }
	f.ask("browsingContext.getTree", `{}`, &tree)
	f.window = tree.Contexts[0].Context
	f.ask("browsingContext.setViewport", f.here(`"viewport":{"width":390,"height":844}`), nil)
}

// here are parameters for the one tab.
func (f *fox) here(more string) string { return fmt.Sprintf(`{"context":%q,%s}`, f.window, more) }

// ask sends a command and reads up to its answer.
func (f *fox) ask(method, params string, out any) {
	f.t.Helper()
	f.count++
	if err := f.ws.WriteJSON(map[string]any{"id": f.count, "method": method, "params": json.RawMessage(params)}); err != nil {
		f.t.Fatal(err)
	}
	f.ws.SetReadDeadline(time.Now().Add(patience))
	for {
		var answer struct {
			ID             int
			Error, Message string
			Result         json.RawMessage
		}
		if err := f.ws.ReadJSON(&answer); err != nil {
			f.t.Fatalf("%s %s: %v", method, params, err)
		}
		if answer.ID != f.count {
			continue // an event
		}
		if answer.Error != "" {
			f.t.Fatalf("%s %s: %s: %s", method, params, answer.Error, answer.Message)
		}
		if out != nil {
			if err := json.Unmarshal(answer.Result, out); err != nil {
				f.t.Fatal(err)
			}
		}
		return
	}
}

func (f *fox) open(url string) {
	f.t.Helper()
	f.ask("browsingContext.navigate", f.here(fmt.Sprintf(`"url":%q,"wait":"complete"`, url)), nil)
}

// gives is the text that an expression, or its promise, comes to.
func (f *fox) gives(expression string) string {
	f.t.Helper()
	text, err := json.Marshal("String(await (" + expression + "))")
	if err != nil {
		f.t.Fatal(err)
	}
	var answer struct {
		Type   string
		Result struct{ Value any }
	}
	f.ask("script.evaluate", fmt.Sprintf(`{"expression":%s,"target":{"context":%q},"awaitPromise":true}`, asyncOf(text), f.window), &answer)
	if answer.Type != "success" {
		f.t.Fatalf("%s: %+v", expression, answer)
	}
	return fmt.Sprint(answer.Result.Value)
}

// asyncOf makes a JSON text of an expression with await one that may have it.
func asyncOf(text []byte) string {
	return `"(async () => ` + string(text[1:len(text)-1]) + `)()"`
}

func (f *fox) until(what, condition string) {
	f.t.Helper()
	for late := time.Now().Add(patience); f.gives(condition) != "true"; {
		if time.Now().After(late) {
			f.t.Fatalf("waiting until %s: in vain", what)
		}
	}
}

// press presses what can be seen, with the mouse.
func (f *fox) press(selector string) {
	f.t.Helper()
	f.until(selector+" can be pressed", fmt.Sprintf("!!(document.querySelector(%[1]q) && document.querySelector(%[1]q).offsetHeight)", selector))
	at := f.gives(fmt.Sprintf(`new Promise(function (done) {
		var e = document.querySelector(%q);
		e.scrollIntoView({block: 'nearest'});
		requestAnimationFrame(function () { requestAnimationFrame(function () {
			var r = e.getBoundingClientRect();
			done('"x":' + Math.round(r.left + r.width / 2) + ',"y":' + Math.round(r.top + r.height / 2));
		}); });
	})`, selector))
	f.ask("input.performActions", f.here(`"actions":[{"type":"pointer","id":"mouse","actions":[
		{"type":"pointerMove",`+at+`},{"type":"pointerDown","button":0},{"type":"pointerUp","button":0}]}]`), nil)
}

// keys presses one key after another.
func (f *fox) keys(keys ...string) {
	f.t.Helper()
	var list []string
	for _, k := range keys {
		list = append(list, fmt.Sprintf(`{"type":"keyDown","value":%[1]q},{"type":"keyUp","value":%[1]q}`, k))
	}
	f.ask("input.performActions", f.here(`"actions":[{"type":"key","id":"keys","actions":[`+strings.Join(list, ",")+`]}]`), nil)
}

// begins goes in by a door, and tells a secret.
func (f *fox) begins(chat, door, secret string) {
	f.t.Helper()
	f.open(chat)
	f.press(door)
	f.until("the bot greets", "document.querySelectorAll('#choices button').length >= 2")
	f.tells(secret)
}

func (f *fox) tells(secret string) {
	f.t.Helper()
	before := f.gives("document.querySelectorAll('#list li.bot').length")
	f.press("#text")
	f.keys(strings.Split(secret, "")...)
	f.press("#send")
	f.until("the bot answers", "document.querySelectorAll('#list li.bot').length > "+before)
	if kept := f.gives("localStorage.length + sessionStorage.length + document.cookie.length + (await indexedDB.databases()).length + (await caches.keys().catch(() => [])).length"); kept != "0" {
		f.t.Errorf("something is kept: %s", kept)
	}
}

// closes ends it as a person does, so that all of it is on the disk.
func (f *fox) closes() {
	f.t.Helper()
	f.ask("browser.close", `{}`, nil)
	select {
	case err := <-f.ended:
		if err != nil {
			f.t.Errorf("Firefox ended with %v", err)
		}
	case <-time.After(patience):
		f.t.Fatal("Firefox does not end")
	}
}

// unpacked writes Firefox's packed files beside themselves as they read.
func (f *fox) unpacked() {
	f.t.Helper()
	files, _ := filepath.Glob(filepath.Join(f.profile, "*.*lz4"))
	more, _ := filepath.Glob(filepath.Join(f.profile, "*", "*.*lz4"))
	for _, file := range append(files, more...) {
		packed, err := os.ReadFile(file)
		if err != nil {
			f.t.Fatal(err)
		}
		block, found := bytes.CutPrefix(packed, []byte("mozLz40\x00"))
		if !found || len(block) < 4 {
			continue // the browser's own parts, as it came
		}
		if err := os.WriteFile(file+".read", unlz4(block[4:]), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

// unlz4 unpacks one LZ4 block (github.com/lz4/lz4, lz4_Block_format.md); what
// stands behind the mark "mozLz40" and four bytes of length is one.
func unlz4(in []byte) (out []byte) {
	long := func(n int) int {
		for n >= 15 {
			b := int(in[0])
			in, n = in[1:], n+b
			if b < 255 {
				break
			}
		}
		return n
	}
	for len(in) > 0 {
		token := int(in[0])
		in = in[1:]
		n := long(token >> 4)
		out, in = append(out, in[:n]...), in[n:]
		if len(in) == 0 {
			break
		}
		back := int(in[0]) | int(in[1])<<8
		in = in[2:]
		for n = long(token&15) + 4; n > 0; n-- {
			out = append(out, out[len(out)-back])
		}
	}
	return out
}

// others lists whom Firefox asked for something, beside its makers and the way
// out.
func (f *fox) others() (list []string) {
	f.world.mu.Lock()
	defer f.world.mu.Unlock()
	makers := regexp.MustCompile(`(^|\.)(mozilla|firefox)\.(org|com|net)(:\d+)?$`)
	for host := range f.world.asked {
		if !makers.MatchString(host) && !strings.HasPrefix(wayOut, "https://"+strings.TrimSuffix(host, ":443")) {
			list = append(list, host)
		}
	}
	return list
}
