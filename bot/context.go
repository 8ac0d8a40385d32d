package bot

import (
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// themed tells whether a topic is one that this service exists for.
func themed(topic string) bool {
	return topic != "" && topic != "smalltalk" && topic != "service"
}

// inTheme tells whether something was told that the talk is about.
func (t *turn) inTheme() bool { return themed(t.was.Topic) && t.was.Danger >= book.Concern }

// byRule tells whether a rule of the content decided a label, and not the
// samples' weights alone.
func byRule(m understand.Meaning, label string) bool {
	return slices.ContainsFunc(m.Why, func(r understand.Reason) bool {
		return r.Label == label && r.Rule != "samples"
	})
}

// How sure the samples must be, where no rule decides.
const (
	sureTheme  = 0.45 // that there is a theme, where nothing is dangerous
	sureOther  = 0.65 // that another theme than the talk's has come up
	sureRole   = 0.9  // that another person speaks than before
	sureUrgent = 0.75 // that a follow-up is urgent, when the talk was not
)

// inContext reads a message against the talk so far. A talk is mostly
// follow-ups; what the weights of words alone say of one, when they are not
// sure, is no reason to leave the theme, to take the speaker for another, or
// to raise the danger. A rule is.
func (t *turn) inContext(m understand.Meaning) understand.Meaning {
	if t.now.Role != "" && m.Role != t.now.Role && !byRule(m, "role") && m.Sure.Role < sureRole {
		m.Role = t.now.Role
	}
	if t.now.As == "parent" && !adult(m.Role) && !byRule(m, "role") {
		m.Role = t.role()
	}
	if !themed(m.Topic) || byRule(m, "topic") {
		return m
	}
	if !t.inTheme() {
		if m.Danger == book.None && m.Sure.Topic < sureTheme {
			m.Topic = ""
		}
		return m
	}
	if m.Topic != t.now.Topic && m.Sure.Topic < sureOther {
		m.Topic = t.now.Topic
		if !byRule(m, "danger") && m.Sure.Urgent < sureUrgent {
			m.Danger = min(m.Danger, book.Concern)
		}
	}
	return m
}

// chat tells whether a step is small talk that an answer inside a theme only
// happens to look like.
func (t *turn) chat(step *book.Step, match understand.Match) bool {
	return t.inTheme() && step.Topic == "smalltalk" && (match.Score < surely || !strings.Contains(strings.TrimSpace(t.event.Text), " "))
}

// otherLanguage tells whether to offer the other language: early, once, and
// not for a word or two.
func (t *turn) otherLanguage(m understand.Meaning) bool {
	return m.Lang != "" && m.Lang != t.now.Lang && t.now.Danger < book.Concern &&
		len(strings.Fields(t.event.Text)) > 2 && !slices.Contains(t.now.Told, t.voiced(stepOtherLanguage))
}
