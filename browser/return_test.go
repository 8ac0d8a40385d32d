package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestFiveWordsBringTheTalkToAnotherDevice(t *testing.T) {
	for _, w := range languages() {
		t.Run(w.lang, func(t *testing.T) {
			running := start(t)
			one := window(t, w.lang, 390, 844)
			one.begin(running, "#parent")
			one.writes(w.trouble)
			one.answered(1)
			one.press("#more")
			one.press("#keep")
			one.press("#give")
			one.until("five words are there", "document.querySelectorAll('#five b').length === 5")
			five := ask[string](one, "Array.prototype.map.call(document.querySelectorAll('#five b'), function (b) { return b.textContent; }).join(', ').toUpperCase()")

			two := window(t, w.lang, 390, 844)
			line := two.listen()
			two.open(running.chat)
			two.press("#code")
			two.do("type the words", chromedp.SendKeys(chromedp.CSS("#words"), five, chromedp.NodeVisible))
			two.press("#come")
			two.reads(w.trouble)
			two.until("it is the parent's talk", "document.documentElement.classList.contains('parent')")
			one.until("the first device says where it is", "!document.getElementById('banner').hidden")
			two.until("it asks whether the help worked", "document.querySelectorAll('#feel-answers button').length === 3")
			two.photograph("back")
			two.press("#feel-answers button:nth-child(3)")
			two.until("it answers that", "!document.getElementById('banner').hidden")
			two.writes(w.thanks)
			two.until("it is stored under a number of its own", "document.querySelectorAll('#list .mark').length === 1 && document.querySelector('#list .mark').textContent.indexOf('✓') >= 0")
			if sent := line.text(); !strings.Contains(sent, `"about":"referral","answer":"not-reached"`) || !strings.Contains(sent, `"id":"m2"`) {
				t.Errorf("sent %s", sent)
			}
		})
	}
}

func TestHowItFeelsCanBeAnsweredSkippedAndPassedOver(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	line := w.listen()
	asks := func(n string) {
		t.Helper()
		w.until("it asks", "document.querySelectorAll('#feel-answers button').length === "+n+" && !document.getElementById('feel').hidden")
	}
	gone := func() {
		t.Helper()
		w.until("it asks no more", "document.getElementById('feel').hidden")
	}
	w.begin(running, "#child")
	asks("5")
	w.writes("hoi")
	gone() // who writes on has passed it over
	w.answered(1)
	w.press("#more")
	w.press("#done")
	asks("5")
	w.press("#feel-answers button:nth-child(2)")
	asks("3")
	w.press("#skip")
	gone()
	sent := line.text()
	for _, want := range []string{`"about":"after","answer":"2"`, `"about":"helped","answer":"skip"`} {
		if !strings.Contains(sent, want) {
			t.Errorf("%s was not sent: %s", want, sent)
		}
	}
	if strings.Contains(sent, `"before"`) {
		t.Error("a question that was passed over was answered")
	}
}

func TestNumbersArePrintedAndSavedWithoutTheTalk(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	w.begin(running, "#child")
	w.writes("een geheim woord")
	w.answered(1)
	w.press("#numbers")
	w.sees("#save")
	ask[bool](w, `(URL.createObjectURL = function (blob) { blob.text().then(function (text) { window.saved = text; document.body.dataset.saved = 1; }); return 'blob:none'; }, true)`)
	w.press("#save")
	w.until("it is saved", "window.saved")
	saved := ask[string](w, "window.saved")
	if !strings.Contains(saved, "112") || !strings.Contains(saved, "0800-0432") || strings.Contains(saved, "geheim") {
		t.Errorf("saved %q", saved)
	}
	w.media("light", "reduce", "print")
	w.photograph("printed")
	if ask[bool](w, "document.getElementById('log').offsetHeight > 0 || document.getElementById('exit').offsetHeight > 0") {
		t.Error("the talk would be printed")
	}
	if !ask[bool](w, "document.querySelector('#sheet-numbers li').offsetHeight > 0") {
		t.Error("the numbers would not be printed")
	}
}
