package bot

import (
	"slices"

	"github.com/praatpaal/praatpaal/bot/book"
)

// How much a conversation remembers.
const (
	mostOffered = 20 // choices of answers before, so that the buttons of some answers back still work
	mostTold    = 60 // steps
	mostWhy     = 12 // rules
)

// turn is one call of Next while it is being worked out.
type turn struct {
	bot    *Bot
	was    Conversation
	now    Conversation
	event  Event
	answer Answer
}

func (t *turn) voice() *voice { return t.bot.voices[t.now.Lang] }

// role is who is spoken to: what was understood, else the entrance.
func (t *turn) role() string {
	if t.now.Role != "" {
		return t.now.Role
	}
	if t.now.As == "parent" {
		return "parent"
	}
	return "child"
}

// voiced gives the step for grown-ups where there is one and one is spoken to.
func (t *turn) voiced(id string) string {
	if adult(t.role()) && t.voice().volume.Steps[id+"-parent"] != nil {
		return id + "-parent"
	}
	return id
}

func (t *turn) start() {
	t.now = Conversation{Lang: t.event.Lang, As: t.event.As, State: WithBot}
	if t.bot.voices[t.now.Lang] == nil {
		t.now.Lang = book.Languages()[0]
	}
	if t.now.As != "parent" {
		t.now.As = "child"
	}
	id := t.voiced(stepStart)
	if page := t.voice().volume.Steps[t.event.Page]; page != nil && page.Does == "" && folder(page.ID) != "frame" {
		id = page.ID
	}
	t.goTo(id)
}

// choose follows a button; false when it was never offered.
func (t *turn) choose() bool {
	known := func(c Choice) bool { return c.ID == t.event.Choice }
	if !slices.ContainsFunc(t.now.Offered, known) && !t.now.Earlier.has(t.event.Choice) {
		return false
	}
	if t.now.State == WithCounsellor {
		return true
	}
	t.now.Misses = 0
	if t.voice().volume.Steps[t.event.Choice] == nil {
		// The step went with a change of the content.
		t.goTo(t.voiced(stepStay))
		return true
	}
	t.goTo(t.event.Choice)
	return true
}

// speak goes on in another language: the last thing said comes again in it.
func (t *turn) speak(lang string) {
	if t.bot.voices[lang] == nil {
		return
	}
	t.now.Lang = lang
	said := t.now.Said
	if len(said) == 0 {
		said = []string{t.voiced(stepStart)}
	}
	reply := t.compose(said)
	if len(reply.Parts) == 0 {
		reply = t.compose([]string{t.voiced(stepStay)})
	}
	reply.Choices = nil
	for _, c := range t.now.Choices() {
		if label := t.label(c.ID); label != "" {
			reply.Choices = append(reply.Choices, Choice{ID: c.ID, Label: label})
		}
	}
	t.offer(reply.Choices)
	t.answer.Reply = reply
}

// label names a step as the last answer would: by the choice that leads to
// it, else by its heading.
func (t *turn) label(id string) string {
	steps := t.voice().volume.Steps
	for _, said := range t.now.Said {
		if steps[said] == nil {
			continue
		}
		if label := labelIn(steps[said], id); label != "" {
			return label
		}
	}
	if steps[id] != nil {
		return steps[id].Heading
	}
	return ""
}

func (t *turn) human() {
	if t.was.State == Waiting || t.was.State == WithCounsellor {
		t.now.State = t.was.State
		return
	}
	t.now.State = t.was.State
	t.goTo(t.voiced(stepPerson))
}

func (t *turn) leaveLine() {
	if t.was.State != Waiting {
		return
	}
	t.answer.Do = LeaveLine
	t.goTo(t.voiced(stepLeftLine))
}

// fromLine answers what the line, the counsellor or the store did.
func (t *turn) fromLine() {
	t.now.Counsellor = ""
	switch t.event.Kind {
	case Joined:
		t.now.Counsellor = t.event.Name
		t.goTo(t.voiced(stepJoined))
	case Lost:
		t.goTo(t.voiced(stepLost))
	case Requeued:
		t.goTo(t.voiced(stepRequeued))
	case HandBack:
		t.goTo(t.voiced(stepBack))
	case Finished:
		t.goTo(t.voiced(stepEnded))
	case Alone:
		t.goTo(t.voiced(stepAlone))
	case NoOne, Full, Away:
		t.goTo(t.voiced(noLine(t.event.Kind)))
	}
}

// noLine gives the step that says why nobody comes, and what works now.
func noLine(why EventKind) string {
	switch why {
	case Full:
		return stepFull
	case Away:
		return stepAway
	}
	return stepClosed
}
