package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// dead tells whether the server knows nothing of a conversation any more.
func dead(t *testing.T, running program, token string) bool {
	t.Helper()
	host := strings.TrimSuffix(running.chat, "/")
	dialer := websocket.Dialer{Subprotocols: []string{"praatpaal.v1"}}
	ws, _, err := dialer.Dial(strings.Replace(host, "http", "ws", 1)+"/ws", map[string][]string{"Origin": {host}})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteJSON(map[string]any{"type": "resume", "token": token, "after": 0}); err != nil {
		t.Fatal(err)
	}
	var f struct{ Type, Code string }
	if err := ws.ReadJSON(&f); err != nil {
		t.Fatal(err)
	}
	return f.Code == "unknown-token"
}

// left waits until the tab is somewhere else and sees that nothing of the
// chat is behind it.
func (w *tab) left(running program) {
	w.t.Helper()
	w.until("the page is another", "location.href.indexOf('"+running.chat+"') < 0")
	past := w.history()
	for late := time.Now().Add(patience); strings.Contains(past, running.chat); past = w.history() {
		if time.Now().After(late) {
			w.t.Fatalf("at %s Back leads to %s", ask[string](w, "location.href + document.documentElement.className"), past)
		}
	}
}

func TestQuickExitLeavesErasesAndTellsTheCounsellor(t *testing.T) {
	for _, w := range languages() {
		t.Run(w.lang, func(t *testing.T) {
			running := start(t)
			child := window(t, w.lang, 390, 844)
			line := child.listen()
			child.begin(running, "#child")
			child.writes(w.trouble)
			child.answered(1)
			child.press("#person")
			child.until("it waits", "!document.getElementById('leave').hidden")
			desk := window(t, w.lang, 1280, 800)
			desk.open(running.desk)
			desk.press("button[type=submit]")
			desk.press("#next")
			desk.reads(w.trouble)
			child.until("a person is there", "document.getElementById('leave').hidden")
			child.keys("\u001b", "\u001b")
			child.until("the page says that once more leaves", "!document.getElementById('banner').hidden")
			child.keys("\u001b")
			child.left(running)
			desk.until("the counsellor is told", "/Snel weg|quick exit/i.test(document.body.textContent)")
			desk.photograph("left-by-quick-exit")
			if !dead(t, running, line.token()) {
				t.Error("the server still knows the conversation")
			}
		})
	}
}

func TestEachWayOfLeavingCoversInTheSameMoment(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	line := w.listen()
	ways := map[string]string{
		"button": `document.getElementById('exit').click()`,
		"shift":  `[1, 2, 3].forEach(function () { document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Shift', bubbles: true})); })`,
		"escape": `[1, 2, 3].forEach(function () { document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true})); })`,
	}
	for name, act := range ways {
		w.begin(running, "#child")
		w.slow(4)
		got := ask[string](w, `(function () { var t = performance.now(); `+act+`;
			return document.documentElement.className + '|' + document.body.textContent + '|' + Math.round(performance.now() - t); })()`)
		w.slow(1)
		parts := strings.Split(got, "|")
		if parts[0] != "away" || parts[1] != "" {
			t.Errorf("%s: when it returns the page shows %s", name, got)
		}
		t.Logf("%s: covered and wiped after %s ms, 4 times slower processor", name, parts[2])
		w.left(running)
	}
	if !dead(t, running, line.token()) {
		t.Error("the server still knows the first conversation")
	}
}

func TestWipingThereAndBackLeaves(t *testing.T) {
	running := start(t)
	w := window(t, "en", 390, 844)
	w.fingers()
	w.begin(running, "#child")
	w.touch([2]float64{100, 300}, [2]float64{200, 300}, [2]float64{320, 300}) // one way: nothing
	w.touch([2]float64{200, 200}, [2]float64{210, 400}, [2]float64{200, 250}) // scrolling: nothing
	if ask[string](w, "document.documentElement.className") == "away" {
		t.Fatal("scrolling has ended the chat")
	}
	w.touch([2]float64{100, 300}, [2]float64{200, 302}, [2]float64{320, 305}, [2]float64{200, 300}, [2]float64{120, 300})
	w.left(running)
}

func TestQuickExitWorksWithoutALine(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	w.begin(running, "#child")
	w.offline(true)
	w.keys("\u001b", "\u001b", "\u001b")
	w.until("the browser's own empty page is there", "location.href === 'about:blank' && !document.body.textContent")
	if past := w.history(); strings.Contains(past, running.chat) {
		t.Errorf("Back leads to %s", past)
	}
}

func TestNeitherEntranceShowsThatTheOtherWasUsed(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	w.begin(running, "#child")
	before := ask[string](w, "document.getElementById('log').textContent")
	w.writes("iemand dreigt mijn foto door te sturen")
	w.answered(1)
	w.begin(running, "#parent")
	if text := ask[string](w, "document.body.textContent"); strings.Contains(text, "door te sturen") || strings.Contains(text, before[len(before)-40:]) {
		t.Error("the parent sees what the child saw")
	}
	if ask[int](w, "localStorage.length + sessionStorage.length + document.cookie.length") > 0 {
		t.Error("something is kept on the device")
	}
}
