package bot

import (
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// doors finds the step that a meaning leads to. It is made once from a volume
// and never changes.
type doors struct {
	opens map[door]string
	wants map[wish]string
}

type door struct {
	topic, role string
	danger      book.Danger
}

type wish struct{ topic, role, want string }

func newDoors(v *book.Volume) doors {
	d := doors{opens: map[door]string{}, wants: map[wish]string{}}
	for _, step := range v.Order {
		for _, role := range step.For {
			for _, danger := range step.Opens {
				d.opens[door{step.Topic, role, danger}] = step.ID
			}
			for _, want := range step.Wants {
				d.wants[wish{step.Topic, role, want}] = step.ID
			}
		}
	}
	return d
}

// open gives the step for a topic, a role and a danger. What has no door of
// its own takes the nearest: first another audience, then, below urgent,
// another danger. "" when there is none.
func (d doors) open(topic, role string, danger book.Danger) string {
	levels := []book.Danger{danger}
	switch danger {
	case book.None:
		levels = append(levels, book.Concern)
	case book.Concern:
		levels = append(levels, book.None)
	}
	for _, level := range levels {
		for _, r := range audiences(role) {
			if id := d.opens[door{topic, r, level}]; id != "" {
				return id
			}
		}
	}
	return ""
}

// answer gives the step for a wish: within the topic first, then in the
// topics that belong to no theme. "" when there is none.
func (d doors) answer(topic, role, want string) string {
	voices := audiences(role)
	if adult(role) {
		// A grown-up's text of another topic before a child's of this one.
		if id := d.first(topic, want, voices[:3]); id != "" {
			return id
		}
	}
	return d.first(topic, want, voices)
}

func (d doors) first(topic, want string, voices []string) string {
	for _, t := range []string{topic, "service", "smalltalk", ""} {
		for _, r := range voices {
			if id := d.wants[wish{t, r, want}]; id != "" {
				return id
			}
		}
	}
	return ""
}

// audiences lists for whom a text may be written that somebody of this role
// reads, the best first.
func audiences(role string) []string {
	switch role {
	case "parent":
		return []string{"parent", "professional", "anyone", "child"}
	case "professional":
		return []string{"professional", "parent", "anyone", "child"}
	case "friend":
		return []string{"friend", "child", "anyone"}
	}
	return []string{"child", "anyone", "friend"}
}

// adult tells whether a role is spoken to in the grown-ups' voice.
func adult(role string) bool { return role == "parent" || role == "professional" }

// folder gives the folder of a step id, "" for the root.
func folder(id string) string {
	f, _, found := strings.Cut(id, "/")
	if !found {
		return ""
	}
	return f
}
