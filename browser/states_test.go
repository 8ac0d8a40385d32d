package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// gallery looks at each state of the page: axe, light and dark, the smallest
// telephone, a large screen, and 400 % zoom. It leaves a picture of each.
type gallery struct {
	*tab
	lang string
	look string // what is scrolled to before a picture; "" for nothing
	n    int
}

func (g *gallery) state(name string) {
	g.t.Helper()
	g.pictures(name, func(scheme string) { g.accessible(name + " " + scheme) })
}

// pictures takes a state's pictures, and looks whether anything stands out;
// each lets a judge see the state in one scheme.
func (g *gallery) pictures(name string, each func(scheme string)) {
	g.t.Helper()
	g.n++
	for _, scheme := range []string{"light", "dark"} {
		g.media(scheme, "reduce", "")
		for _, size := range [][2]int64{{1280, 800}, {320, 640}} {
			g.size(size[0], size[1])
			if g.look != "" {
				ask[bool](g.tab, fmt.Sprintf("(document.querySelector(%q).scrollIntoView(false), true)", g.look))
			}
			if out := g.overflows(); out != "" {
				g.t.Errorf("%s at %d px: stands out: %s", name, size[0], out)
			}
			g.shoot(fmt.Sprintf("%s-%02d-%s-%d-%s.png", g.lang, g.n, name, size[0], scheme))
		}
		each(scheme)
	}
	g.size(320, 256) // 1280 by 1024 at 400 %
	if out := g.overflows(); out != "" {
		g.t.Errorf("%s at 400 %%: stands out: %s", name, out)
	}
	g.size(320, 640)
}

func (g *gallery) shoot(file string) {
	g.t.Helper()
	shot, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(filepath.Join(artefacts, "states"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(artefacts, "states", file), shot, 0o644)
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

func TestEveryStateIsClearToEverybody(t *testing.T) {
	for _, w := range languages() {
		t.Run(w.lang, func(t *testing.T) {
			t.Parallel()
			g := &gallery{tab: window(t, w.lang, 320, 640), lang: w.lang}
			running := start(t)
			g.before(running, w)
			g.talk(w)
			g.person(running, w)
			g.after(running, w)
		})
	}
}

// before: the start, the guides, and the page without script.
func (g *gallery) before(running program, w words) {
	g.open(running.chat + w.lang + "/")
	g.state("guide")
	g.open(running.chat)
	g.state("start")
	g.press("#numbers")
	g.state("numbers")
	g.press("#sheet-numbers .shut")
	g.press("#code")
	g.sees("#words")
	g.state("code")
	g.do("type words", chromedp.SendKeys(chromedp.CSS("#words"), "een twee drie vier vijf\r"))
	g.until("the words are refused", "document.getElementById('wrong') && document.getElementById('wrong').textContent")
	g.state("code-wrong")
	g.press("#sheet-code .shut")
}

// talk: the bot, the tools, the five words.
func (g *gallery) talk(w words) {
	g.press("#child")
	g.greeted()
	g.until("it asks how it feels", "document.getElementById('feel') && !document.getElementById('feel').hidden")
	g.state("greeting")
	g.look = "#feel"
	g.state("feel")
	g.look = ""
	g.press("#feel-answers button:nth-child(1)")
	g.until("it says that this is hard", "!document.getElementById('banner').hidden")
	g.state("feel-bad")
	g.press("#banner button")
	g.writes(w.trouble)
	g.answered(1)
	g.state("answer")
	g.press("#more")
	g.sees("#keep")
	g.state("more")
	g.press("#keep")
	g.state("keep")
	g.press("#give")
	g.until("five words are there", "document.querySelectorAll('#five b').length === 5")
	g.state("five-words")
	g.press("#sheet-keep .shut")
	g.press("#more")
	g.press("#larger")
	g.press("#sheet-more .shut")
	g.state("larger")
	g.press("#more")
	g.press("#larger")
	g.press("#sheet-more .shut")
	ask[bool](g.tab, "(document.documentElement.dir = 'rtl', true)")
	g.state("right-to-left")
	ask[bool](g.tab, "(document.documentElement.dir = 'ltr', true)")
}

// person: the line, a counsellor, the end.
func (g *gallery) person(running program, w words) {
	g.press("#person")
	g.reads(w.asked)
	g.until("it waits", "!document.getElementById('leave').hidden")
	g.state("waiting")
	desk := window(g.t, w.lang, 1280, 800)
	desk.open(running.desk)
	desk.press("button[type=submit]")
	desk.sees("#next")
	desk.until("the child waits in the line", "document.querySelectorAll('#waiting li').length === 1")
	g.until("somebody is there", "/1|2/.test(document.getElementById('who').textContent)")
	g.state("waiting-range")
	desk.press("#next")
	desk.reads(w.trouble)
	desk.writes(w.answer)
	g.reads(w.answer)
	g.state("counsellor")
	desk.press("#end")
	desk.press("[data-outcome=helped]")
	g.until("it asks how it feels after", "document.querySelectorAll('#feel-answers button').length === 5 && !document.getElementById('feel').hidden")
	g.look = "#feel"
	g.state("ended")
	g.press("#feel-answers button:nth-child(4)")
	g.until("it asks what helped", "document.querySelectorAll('#feel-answers button').length === 3")
	g.state("helped")
	g.look = ""
	g.press("#skip")
}

// after: the cover, and what is left when all is erased.
func (g *gallery) after(running program, w words) {
	ask[bool](g.tab, `(Object.defineProperty(document, 'hidden', {value: true, configurable: true}), document.dispatchEvent(new Event('visibilitychange')), delete document.hidden)`)
	g.sees("#cover")
	g.state("covered")
	g.press("#cover")
	g.press("#more")
	g.press("#forget")
	g.state("sure")
	g.press("#forget")
	g.until("all is erased", "!document.getElementById('banner').hidden")
	g.state("erased")
	g.begin(running, "#parent")
	g.state("parent")
	g.scripts(false)
	g.open(running.chat)
	g.sees("noscript a")
	g.scripts(true) // for the test; the page has not run its own
	if text := ask[string](g.tab, "document.querySelector('noscript').textContent"); !strings.Contains(text, "112") {
		g.t.Error("without script the numbers are not there")
	}
	if ask[bool](g.tab, "!!document.querySelector('.doors').offsetHeight") {
		g.t.Error("without script there are entrances that lead nowhere")
	}
	g.pictures("no-script", func(string) {}) // axe sees nothing of what stands in noscript
}

// scripts says whether pages that are opened from now on may run any.
func (g *gallery) scripts(yes bool) {
	g.t.Helper()
	params := emulation.SetScriptExecutionDisabledParams{Value: !yes}
	if _, err := chromedp.Call(g.ctx, emulation.SetScriptExecutionDisabled, params); err != nil {
		g.t.Fatal(err)
	}
}
