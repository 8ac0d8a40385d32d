package browser

import (
	"testing"
)

func TestAWholeTalkByKeyboardAlone(t *testing.T) {
	for _, w := range languages() {
		t.Run(w.lang, func(t *testing.T) {
			running := start(t)
			c := window(t, w.lang, 390, 844)
			c.open(running.chat)
			c.tabTo("#child")
			c.keys("\r")
			c.greeted()
			c.tabTo("#choices button")
			c.keys("\r")
			c.answered(1)
			c.tabTo("#text")
			c.do("write", typed(w.trouble+"\r"))
			c.answered(2)
			c.tabTo("#numbers")
			c.keys("\r")
			c.until("the focus is in the sheet", "document.activeElement.id === 't1'")
			c.keys("\u001b")
			c.until("the focus is back", "document.activeElement.id === 'numbers'")
			c.tabTo("#person")
			c.keys("\r")
			c.until("it waits", "!document.getElementById('leave').hidden")
			c.tabTo("#leave")
			c.keys("\r")
			c.until("it is with the computer again", "!document.getElementById('person').hidden")
			c.tabTo("#more")
			c.keys("\r")
			c.sees("#larger")
			c.tabTo("#larger")
			c.keys(" ")
			c.until("the text is larger", "document.documentElement.classList.contains('big')")
			c.keys("\u001b", "\u001b", "\u001b")
			c.left(running)
		})
	}
}

func TestOnlyWhatIsNewIsAnnounced(t *testing.T) {
	running := start(t)
	c := window(t, "nl", 390, 844)
	c.begin(running, "#child")
	c.until("it asks how it feels", "document.getElementById('feel') && !document.getElementById('feel').hidden")
	ask[bool](c, `(function () {
		window.said = []; window.unsaid = 0;
		var log = document.querySelector('[role=log]');
		new MutationObserver(function (all) { all.forEach(function (m) {
			m.addedNodes.forEach(function (n) { if (n.nodeName === 'LI') window.said.push(n.textContent); });
			m.removedNodes.forEach(function (n) { if (n.nodeName === 'LI') window.unsaid++; });
		}); }).observe(log, {childList: true, subtree: true});
		return true;
	})()`)
	had := ask[int](c, "document.querySelectorAll('#list > li').length")
	c.writes("hoi")
	c.answered(1)
	now := ask[int](c, "document.querySelectorAll('#list > li').length")
	if said, unsaid := ask[int](c, "said.length"), ask[int](c, "unsaid"); said != now-had || unsaid != 0 {
		t.Errorf("%d are new, %d were announced, %d were taken back", now-had, said, unsaid)
	}
	if ask[bool](c, "!!document.querySelector('[role=log] #feel, [role=log] #who, [role=log] #banner')") {
		t.Error("what is no message stands among them")
	}
}

func TestBubblesComeAtReadingPaceAndATapBringsTheRest(t *testing.T) {
	running := start(t)
	c := window(t, "nl", 390, 500)
	c.media("light", "no-preference", "")
	c.open(running.chat)
	c.press("#child")
	c.until("the first bubble is there, and the computer types", "document.querySelectorAll('#list .bot').length >= 1 && document.querySelectorAll('#choices button').length === 0")
	c.until("the computer types on", "!document.getElementById('dots').hidden")
	c.press("#list .bot")
	c.greeted()
	c.media("light", "reduce", "")
	ask[bool](c, "(function () { var b = document.getElementById('box'); b.scrollTop = b.scrollHeight; b.scrollTop = 0; return true; })()")
	c.until("there is more below", "!document.getElementById('down').hidden")
	ask[bool](c, `(Object.defineProperty(document, 'hidden', {value: true, configurable: true}), document.dispatchEvent(new Event('visibilitychange')), true)`)
	c.sees("#cover")
	c.until("nothing is behind the cover to be read", "getComputedStyle(document.querySelector('main')).visibility === 'hidden'")
}

func TestReadingAloudUsesAVoiceOfTheDeviceOnly(t *testing.T) {
	running := start(t)
	c := window(t, "nl", 390, 844)
	c.open(running.chat)
	ask[bool](c, `(function () {
		window.spoken = [];
		var voices = [{lang: 'nl-NL', localService: false, name: 'far'}, {lang: 'nl-NL', localService: true, name: 'near'}];
		window.SpeechSynthesisUtterance = function (text) { this.text = text; };
		Object.defineProperty(window, 'speechSynthesis', {value: {getVoices: function () { return voices; }, cancel: function () {}, speak: function (u) { window.spoken.push(u.voice.name + ': ' + u.text); }}});
		return true;
	})()`)
	c.press("#child")
	c.greeted()
	c.press("#more")
	c.press("#aloud")
	c.press("#sheet-more .shut")
	c.writes("hoi")
	c.answered(1)
	spoken := ask[[]string](c, "spoken")
	if len(spoken) == 0 || spoken[0][:5] != "near:" {
		t.Errorf("spoken: %v", spoken)
	}
}
