package bot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// How close a message must come to a step's sample.
const (
	surely    = 0.75 // to be that step
	probably  = 0.5  // to be that step when its topic fits as well
	likely    = 0.4  // to be that step inside the theme that is talked about
	fairly    = 0.5  // to be a step of no theme, when a theme is talked about
	asWritten = 0.95 // to be that step whatever else it may wish
	perhaps   = 0.2  // to be offered as a guess
	// From which share of known words on a message is surely in the talk's
	// language, and how many more another must know to be it.
	knownHere  = 0.75
	knownThere = 0.2
	// A denial of more words than this tells something beside.
	longestDenial = 8
)

// say answers what somebody typed: danger first, then this step's choices,
// then wishes, then everything else.
func (t *turn) say() {
	alone := t.hear()
	t.answer.Heard = &alone
	m := t.inContext(alone)
	worse := t.remember(m)
	switch {
	case t.now.State == WithCounsellor:
		t.besideCounsellor(m)
	case m.Danger == book.Emergency:
		t.understood(t.door(m))
	case m.Danger == book.Urgent && m.Ruled && t.unopened(m):
		t.understood(t.door(m))
	case t.named(m, worse):
	case t.agreed(m):
	case t.denied(m):
	case m.Danger == book.Urgent && t.unopened(m):
		t.understood(t.door(m))
	case m.Wants == "human":
		t.askPerson()
	case t.otherLanguage(m):
		t.understood(t.voiced(stepOtherLanguage))
	case t.exactly(m):
	case t.wished(m):
	case t.matched(m):
	case t.opened(m):
	case t.told(m):
	case t.advised(m):
	default:
		t.missed(m)
	}
}

// hear says what the text means, in the language that it is written in: danger
// is not missed because somebody goes on in another.
func (t *turn) hear() understand.Meaning {
	m := t.voice().ear.Hear(t.event.Text, t.options())
	m.Lang = t.now.Lang
	if m.Sure.Known >= knownHere || len(strings.Fields(t.event.Text)) < 3 {
		return m
	}
	for _, lang := range book.Languages() {
		if lang == t.now.Lang {
			continue
		}
		other := t.bot.voices[lang].ear.Hear(t.event.Text, nil)
		if other.Sure.Known >= m.Sure.Known+knownThere {
			other.Named, other.Lang = m.Named, lang
			m = other
		}
	}
	return m
}

// remember builds up what is known of the conversation, and tells whether the
// danger rose. A calmer message never lowers it.
func (t *turn) remember(m understand.Meaning) bool {
	if themed(m.Topic) {
		t.now.Topic = m.Topic
	}
	if m.Role != "" && m.Role != "unknown" {
		t.now.Role = m.Role
	}
	if m.Danger <= t.now.Danger {
		return false
	}
	t.now.Danger = m.Danger
	for _, r := range m.Why {
		if r.Label == "danger" {
			t.because(t.reason(r, m.Lang))
		}
	}
	return true
}

// reason is what a counsellor reads of why there is danger: the rule by its
// name, or the words that weighed most.
func (t *turn) reason(r understand.Reason, lang string) string {
	if r.File != "" {
		return fmt.Sprintf("%s (%s:%d)", r.Rule, r.File, r.Line)
	}
	for _, full := range t.bot.voices[lang].ear.Message(t.event.Text).Why {
		if full.Label == r.Label {
			r = full
		}
	}
	return r.Rule + ": " + r.What
}

// understood goes to a step that fits.
func (t *turn) understood(id string) {
	t.now.Misses = 0
	t.goTo(id)
}

// door is where a message's topic, role and danger lead.
func (t *turn) door(m understand.Meaning) string {
	if id := t.voice().doors.open(t.topic(m), t.role(), m.Danger); id != "" {
		return id
	}
	switch m.Danger {
	case book.Emergency:
		return t.voiced(stepEmergency)
	case book.Urgent:
		return t.voiced(stepUrgent)
	}
	return ""
}

// topic is what the message is about, else what the conversation is about.
func (t *turn) topic(m understand.Meaning) string {
	if !themed(m.Topic) && m.Danger >= book.Urgent && t.now.Topic != "" {
		return t.now.Topic
	}
	return m.Topic
}

func (t *turn) unopened(m understand.Meaning) bool {
	return !t.now.Told.has(t.door(m))
}

// besideCounsellor: the bot is silent while a counsellor is there, except to
// give the number when the danger becomes an emergency.
func (t *turn) besideCounsellor(m understand.Meaning) {
	if m.Danger == book.Emergency && t.was.Danger < book.Emergency {
		t.goTo(t.door(m))
	}
}

func (t *turn) askPerson() {
	if t.now.State == Waiting {
		t.understood(t.voiced(stepStay))
		return
	}
	t.understood(t.voiced(stepPerson))
}

// denied keeps the door open for who takes back what was told.
func (t *turn) denied(m understand.Meaning) bool {
	if !m.Denial || t.now.Danger < book.Concern || len(strings.Fields(t.event.Text)) > longestDenial {
		return false
	}
	if t.now.Told.endsAt(t.voiced(stepDenial)) {
		t.understood(t.voiced(stepStay))
		return true
	}
	t.understood(t.voiced(stepDenial))
	return true
}

// named follows free text that names a choice of the last answer.
func (t *turn) named(m understand.Meaning, worse bool) bool {
	if worse && m.Danger >= book.Urgent && m.Ruled {
		return false
	}
	if m.Named == "" || t.voice().volume.Steps[m.Named] == nil {
		return false
	}
	t.understood(m.Named)
	return true
}

// options are the choices of the last answer, which free text may name.
func (t *turn) options() []understand.Option {
	fresh := t.now.Choices()
	out := make([]understand.Option, len(fresh))
	for i, c := range fresh {
		out[i] = understand.Option{ID: c.ID, Label: c.Label}
	}
	return out
}

// wished answers a wish, where the content has an answer to it.
func (t *turn) wished(m understand.Meaning) bool {
	switch m.Wants {
	case "", "none", "advice":
		return false
	case "greeting", "yes", "no", "language":
		if t.inTheme() {
			return false
		}
	}
	topic := m.Topic
	if !themed(topic) {
		topic = t.now.Topic
	}
	id := t.voice().doors.answer(topic, t.role(), m.Wants)
	if id == "" || t.now.Told.endsAt(id) {
		return false
	}
	t.understood(id)
	return true
}

// exactly goes to the step that has these very words.
func (t *turn) exactly(m understand.Meaning) bool {
	return t.closest(m, asWritten, func(step *book.Step, score float64) bool {
		return step.Topic == "" || themed(step.Topic) == t.inTheme()
	})
}

// matched goes to the step whose samples come closest, when they come close.
func (t *turn) matched(m understand.Meaning) bool {
	return t.closest(m, likely, func(step *book.Step, score float64) bool {
		if step.Topic == "" && t.inTheme() {
			return score >= surely || score >= fairly && t.long()
		}
		own := step.Topic == m.Topic || step.Topic == ""
		return score >= surely || score >= probably && own || own && t.inTheme()
	})
}

// long tells whether a message says enough to look like a step of no theme by
// more than a word or two.
func (t *turn) long() bool { return len(strings.Fields(t.event.Text)) > 4 }

// told goes to a step of the message's own theme that was not shown yet, when
// the theme's door was.
func (t *turn) told(m understand.Meaning) bool {
	return t.closest(m, likely, func(step *book.Step, score float64) bool {
		return (step.Topic != "" && step.Topic == m.Topic || score >= fairly && step.Topic == "" && t.long()) && !t.now.Told.has(step.ID)
	})
}

// closest goes to the first of the closest steps that is good enough, and comes
// as close as least.
func (t *turn) closest(m understand.Meaning, least float64, enough func(*book.Step, float64) bool) bool {
	for _, match := range m.Steps {
		if match.Score < least {
			return false // the closest come first
		}
		step := t.voice().volume.Steps[match.Step]
		if step == nil || !t.fits(step) || step.Does != "" && match.Score < surely || t.chat(step, match) {
			continue
		}
		if t.now.Told.endsAt(t.voiced(step.ID)) {
			// Nobody is told the same twice in a row.
			continue
		}
		if enough(step, match.Score) {
			t.understood(t.voiced(step.ID))
			return true
		}
	}
	return false
}

// fits tells whether a step speaks to whom is being spoken to.
func (t *turn) fits(step *book.Step) bool {
	role := t.role()
	return slices.ContainsFunc(step.For, func(r string) bool {
		return r == "anyone" || r == role || adult(r) && adult(role)
	})
}

// opened goes to the door of the message's topic, once. Small talk has a door
// only where something like it is in the content.
func (t *turn) opened(m understand.Meaning) bool {
	if !themed(m.Topic) && (len(m.Steps) == 0 || m.Steps[0].Score < perhaps || themed(t.now.Topic)) {
		return false
	}
	if m.Danger == book.None && t.inTheme() {
		return false
	}
	if t.now.Danger == book.Emergency && m.Danger < book.Urgent {
		// Whoever is in danger now is not asked what it is about.
		return false
	}
	id := t.door(m)
	if id == "" || t.now.Told.has(id) {
		return false
	}
	t.understood(id)
	return true
}
