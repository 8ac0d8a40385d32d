package browser

import "testing"

// words are what is typed in one language.
type words struct {
	lang, trouble, answer, thanks, asked string
}

func languages() []words {
	return []words{
		{lang: "nl", trouble: "iemand van snap wil dat ik een foto stuur", answer: "Hoi, ik ben Sanne. Ik lees met je mee.", thanks: "fijn dank je", asked: "hulpverlener"},
		{lang: "en", trouble: "someone on snap wants me to send a photo", answer: "Hi, I am Sanne. I am reading along.", thanks: "ok thank you", asked: "counsellor"},
	}
}

func TestAChildReachesACounsellorAndTheirWordsArrive(t *testing.T) {
	for _, w := range languages() {
		t.Run(w.lang, func(t *testing.T) { journey(t, w) })
	}
}

func journey(t *testing.T, w words) {
	running := start(t)
	child := window(t, w.lang, 390, 844)
	child.open(running.chat)
	child.until("the page speaks "+w.lang, "document.documentElement.lang === '"+w.lang+"'")
	child.photograph("1-start")
	child.press("#child")
	child.until("the bot greets", "document.querySelectorAll('#choices button').length >= 2")
	child.writes(w.trouble)
	child.until("the bot answers", "document.querySelectorAll('#list li.bot').length >= 4 && document.querySelectorAll('#choices button').length >= 2")
	child.photograph("2-answer")
	child.press("#person")
	child.reads(w.asked)
	child.photograph("3-waiting")

	desk := window(t, w.lang, 1280, 800)
	desk.open(running.desk)
	desk.press("button[type=submit]")
	desk.sees("#next")
	desk.until("the child waits in the line", "document.querySelectorAll('#waiting li').length === 1")
	desk.photograph("4-line")
	desk.press("#next")
	desk.reads(w.trouble)
	desk.writes(w.answer)
	child.reads(w.answer)
	child.writes(w.thanks)
	desk.reads(w.thanks)
	child.photograph("5-with-counsellor")
	desk.photograph("6-desk")

	desk.press("#end")
	desk.press("[data-outcome=helped]")
	child.until("the talk has ended for the child", "document.querySelectorAll('#choices button').length >= 2")
	child.photograph("7-ended")
}
