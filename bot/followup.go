package bot

import (
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// missed: no step was found. A theme's story is listened to, and a person
// offered; what was not understood gets two guesses and a person, and the
// second time in a row a person is offered.
func (t *turn) missed(m understand.Meaning) {
	t.now.Misses++
	switch {
	case t.now.Danger == book.Emergency:
		t.goTo(t.holding(m))
	case themed(m.Topic) || themed(t.now.Topic):
		t.goOn(t.answered(m))
	case t.now.Misses > 1:
		t.goTo(t.voiced(stepUnknownAgain))
	default:
		t.goTo(t.voiced(stepUnknown))
		t.addGuesses(m)
	}
}

// answered gives what to say to a theme's story, or to a question in it that
// has no answer here.
func (t *turn) answered(m understand.Meaning) string {
	if m.Wants == "advice" || strings.Contains(t.event.Text, "?") {
		if id := t.voiced(stepQuestion); !t.now.Told.last(2).has(id) {
			return id
		}
	}
	if t.now.Misses%2 == 0 && t.now.State != Waiting {
		return t.voiced(stepListen)
	}
	return t.longestAgo(stepGoOn, stepMore)
}

// holding gives what to say in an emergency to what brings nothing new.
func (t *turn) holding(m understand.Meaning) string {
	switch {
	case adult(t.role()):
		return t.longestAgo(stepHold, stepMore)
	case m.Wants == "advice" && !t.now.Told.has(stepCall):
		return stepCall
	}
	return t.longestAgo(stepHold, stepCall)
}

// longestAgo is which of some steps was not said for the longest.
func (t *turn) longestAgo(ids ...string) string {
	best, longest := "", t.now.Told.steps()
	for _, id := range ids {
		if when := t.now.Told.when(t.voiced(id)); when < longest {
			best, longest = t.voiced(id), when
		}
	}
	return best
}

// goOn answers what was said and offers the open question's choices again.
func (t *turn) goOn(id string) {
	steps := t.voice().volume.Steps
	step := steps[t.now.Step]
	door := steps[t.voice().doors.open(t.now.Topic, t.role(), t.now.Danger)]
	if id == t.voiced(stepQuestion) && step != nil && step.Topic != t.now.Topic && door != nil && door.Does == "" {
		// What to do is asked about the theme, not about what was read since.
		step = door
	}
	t.goTo(id)
	if id == t.voiced(stepListen) || step == nil || len(step.Choices) == 0 {
		return
	}
	t.answer.Reply.Choices = choicesOf(step)
	t.withPerson(t.answer.Reply)
	t.offer(t.answer.Reply.Choices)
}

// addGuesses puts the two closest steps in front of the answer's choices.
func (t *turn) addGuesses(m understand.Meaning) {
	var guesses []Choice
	for _, match := range m.Steps {
		step := t.voice().volume.Steps[match.Step]
		taken := func(c Choice) bool { return c.ID == match.Step }
		if len(guesses) == 2 || match.Score < perhaps || step == nil || !t.fits(step) || slices.ContainsFunc(guesses, taken) {
			continue
		}
		guesses = append(guesses, Choice{ID: step.ID, Label: step.Heading})
	}
	t.answer.Reply.Choices = append(guesses, t.answer.Reply.Choices...)
	t.offer(t.answer.Reply.Choices)
}

// agreed asks for a person when that was just proposed, and is wanted.
func (t *turn) agreed(m understand.Meaning) bool {
	said := last(t.now.Said, 1)
	if m.Wants != "yes" || len(said) == 0 || said[0] != t.voiced(stepListen) && said[0] != t.voiced(stepUnknownAgain) {
		return false
	}
	t.askPerson()
	return true
}

// advised opens the theme's own door to who asks what to do, once.
func (t *turn) advised(m understand.Meaning) bool {
	if m.Wants != "advice" || !t.inTheme() || t.now.Danger == book.Emergency {
		return false
	}
	id := t.voice().doors.open(t.now.Topic, t.role(), t.now.Danger)
	if id == "" || t.now.Told.has(id) {
		return false
	}
	t.understood(id)
	return true
}
