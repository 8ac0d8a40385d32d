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
	sureOther  = 0.6  // that it is another one than was asked about
	sureRole   = 0.9  // that another person speaks than before
	sureUrgent = 0.75 // that a follow-up is urgent, when it may belong to the talk
	// How much likelier a follow-up is about the same than its words alone
	// say; thanks and questions about the chat come in the midst of anything.
	sameTheme = 30
	sameChat  = 2
)

// inContext reads a message against the talk so far. A talk is mostly
// follow-ups; what the weights of words alone say of one must be likelier
// than going on about the same, from the same speaker. A rule's word stands.
func (t *turn) inContext(m understand.Meaning) understand.Meaning {
	if m.Soon != nil && t.mayComeNow() && (m.Danger < book.Emergency || !m.Ruled) {
		return t.comesNow(m)
	}
	if t.now.Role != "" && m.Role != t.now.Role && !byRule(m, "role") && m.Sure.Role < sureRole {
		m.Role = t.now.Role
	}
	if t.now.As == "parent" && !adult(m.Role) && !byRule(m, "role") {
		m.Role = t.role()
	}
	grave := m.Danger >= book.Urgent && (m.Ruled || m.Sure.Urgent >= sureUrgent)
	if t.inTheme() && !grave {
		m.Danger = min(m.Danger, max(t.was.Danger, book.Urgent))
	}
	if byRule(m, "topic") || m.Topic == "self-harm" && grave {
		return m
	}
	if !t.inTheme() {
		if themed(m.Topic) && m.Danger == book.None {
			m.Topic = t.calmTopic(m)
		}
		return m
	}
	if m.Topic == "other-trouble" && m.Danger < book.Urgent && t.holds() {
		// Being afraid to tell mum belongs to what was told, not to home.
		m.Topic = t.now.Topic
		return m
	}
	if topic := t.likelier(m); topic != m.Topic && t.holds() {
		m.Topic = topic
		if !grave {
			m.Danger = min(m.Danger, book.Concern)
		}
	}
	return m
}

// mayComeNow tells whether the talk is about somebody who may hurt the child,
// so that "mum goes out in a bit" is the beginning of it.
func (t *turn) mayComeNow() bool {
	who := []string{"abuse", "grooming", "loverboy", "sextortion", "self-harm"}
	least := book.Urgent
	if t.was.Topic == "grooming" {
		// Who was only met online and is on the way is danger enough.
		least = book.Concern
	}
	return t.was.Danger >= least && slices.Contains(who, t.was.Topic)
}

// comesNow makes of a message that hastens a danger the emergency that it is.
func (t *turn) comesNow(m understand.Meaning) understand.Meaning {
	m.Topic, m.Role, m.Danger, m.Ruled = t.now.Topic, t.role(), book.Emergency, true
	m.Why = append(slices.Clone(m.Why), *m.Soon)
	return m
}

// calmTopic is what a message without danger is about, in a talk without any:
// what was asked about before, else what it is surely about, else nothing.
func (t *turn) calmTopic(m understand.Meaning) string {
	if themed(t.now.Topic) && m.Sure.Topic < sureOther {
		return t.likelier(m)
	}
	if m.Sure.Topic < sureTheme {
		return ""
	}
	return m.Topic
}

// holds tells whether the talk's theme is one that explains a follow-up;
// quarrels and settings are often how a worse thing begins.
func (t *turn) holds() bool {
	return t.now.Topic != "other-trouble" && t.now.Topic != "online-safety"
}

// likelier weighs the topics of a message with what the talk is about.
func (t *turn) likelier(m understand.Meaning) string {
	best, most := m.Topic, float32(0)
	for i, topic := range book.Topics() {
		chance := m.Sure.Topics[i]
		switch {
		case topic == t.now.Topic:
			chance *= sameTheme
		case !themed(topic):
			chance *= sameChat
		}
		if chance > most {
			best, most = topic, chance
		}
	}
	return best
}

// chat tells whether a step is small talk that an answer inside a theme only
// happens to look like.
func (t *turn) chat(step *book.Step, match understand.Match) bool {
	return t.inTheme() && step.Topic == "smalltalk" && (match.Score < surely || !strings.Contains(strings.TrimSpace(t.event.Text), " "))
}

// otherLanguage tells whether to offer the other language: early, and once.
func (t *turn) otherLanguage(m understand.Meaning) bool {
	return m.Lang != t.now.Lang && t.now.Danger < book.Concern && !t.now.Told.has(t.voiced(stepOtherLanguage))
}
