package browser

import "testing"

func TestTheOtherLanguageAndTheToolsComeLater(t *testing.T) {
	running := start(t)
	w := window(t, "nl", 390, 844)
	w.open(running.chat)
	w.press("#language")
	w.until("the page speaks English", "document.documentElement.lang === 'en' && document.getElementById('child').textContent.indexOf('Child') === 0")
	w.press("#child")
	w.until("the bot greets", "document.querySelectorAll('#choices button').length >= 2")
	w.until("it asks how it feels", "document.querySelectorAll('#feel button').length === 6 && !document.getElementById('feel').hidden")
	w.photograph("feel")
	w.press("#more")
	w.photograph("more")
	w.press("#keep")
	w.photograph("keep")
}
