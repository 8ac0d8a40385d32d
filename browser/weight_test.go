package browser

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const (
	firstLoad   = 12 << 10 // bytes over the line, headers and all, until the first bubble
	fewRequests = 3
	longTalk    = 60 << 10 // of a quarter of an hour, after the page is there
)

func TestTheChatIsLight(t *testing.T) {
	for _, lang := range []string{"nl", "en"} {
		t.Run(lang, func(t *testing.T) {
			running := start(t, "PRAATPAAL_SAY_PER_MINUTE=0")
			w := window(t, lang, 390, 844)
			line := w.listen()
			w.open(running.chat)
			w.until("the entrances are there", "document.getElementById('child').offsetHeight > 0")
			line.mu.Lock()
			t.Logf("first load: %.0f bytes with headers, %d requests", line.bytes, len(line.requests))
			if line.bytes > firstLoad || len(line.requests) > fewRequests || line.bytes < 1000 {
				t.Errorf("first load: %.0f bytes in %v", line.bytes, line.requests)
			}
			line.mu.Unlock()
			w.press("#child")
			w.greeted()
			w.until("the rest has come", "document.getElementById('feel')")
			before := line.total()
			for n := 1; n <= 30; n++ { // one message each half minute
				ask[bool](w, `(document.getElementById('text').value = 'ik weet niet goed wat ik nu moet doen', document.getElementById('send').click(), true)`)
				w.answered(n)
			}
			total := line.total() - before
			t.Logf("a quarter of an hour, 30 messages: %d bytes", total)
			if total > longTalk {
				t.Errorf("a quarter of an hour: %d bytes", total)
			}
			for _, address := range line.requests {
				if !strings.HasPrefix(address, running.chat) {
					t.Errorf("asked somebody else: %s", address)
				}
			}
		})
	}
}

// total is all that went over the line, both ways.
func (l *wire) total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := int(l.bytes)
	for _, frame := range append(l.came, l.sent...) {
		n += len(frame) + 8 // the frame's own head
	}
	return n
}

// The picture of a slow line is a measurement; only a page that is far off fails.
func TestTheFirstPaintOnASlowLineAndAnOldTelephone(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	w.listen()
	slow := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Latency: 400, DownloadThroughput: 50000 / 8, UploadThroughput: 50000 / 8}}}
	if _, err := chromedp.Call(w.ctx, network.EmulateNetworkConditionsByRule, slow); err != nil {
		t.Fatal(err)
	}
	w.slow(6)
	w.open(running.chat)
	w.until("it is painted", "performance.getEntriesByName('first-contentful-paint').length > 0")
	ms := ask[float64](w, "performance.getEntriesByName('first-contentful-paint')[0].startTime")
	t.Logf("first paint at 50 kbit/s, 400 ms, 6 times slower processor: %.0f ms (aim 1,500 on a quiet machine)", ms)
	if ms > 8000 {
		t.Errorf("first paint after %.0f ms", ms)
	}
}

func TestTheScriptsAreOldEnoughForOldTelephones(t *testing.T) {
	acorn, err := filepath.Abs(filepath.Join(tools, "acorn", "bin", "acorn"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"chat.js", "later.js", "embed.js"} {
		if out, err := exec.Command("node", acorn, "--ecma2017", "--silent", "../web/static/"+name).CombinedOutput(); err != nil {
			t.Errorf("%s is newer than ES2017, or .ci/test has not installed acorn: %v %s", name, err, out)
		}
	}
}
