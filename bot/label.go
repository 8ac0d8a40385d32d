package bot

import (
	"slices"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Label is what a button of a conversation says: of the last answer as it was
// shown, of one before as the steps that were told since have it, the newest
// first, else by the heading of where it leads; the id when that is gone.
func (b *Bot) Label(c Conversation, id string) string {
	for _, o := range c.Offered {
		if o.ID == id {
			return o.Label
		}
	}
	v := b.voices[c.Lang]
	if v == nil {
		return id
	}
	framed := ""
	for _, step := range slices.Backward(v.trailed(c.Told)) {
		switch label := labelIn(step, id); {
		case label == "":
		case folder(step.ID) != "frame":
			return label
		case framed == "":
			framed = label // many of these come with the buttons of another step
		}
	}
	if framed != "" {
		return framed
	}
	if step := v.volume.Steps[id]; step != nil {
		return step.Heading
	}
	return id
}

// labelIn is what a step's own button that leads to another says; "" when it
// has none.
func labelIn(step *book.Step, id string) string {
	for i := range step.Choices {
		if step.Choices[i].To == id {
			return step.Choices[i].Label
		}
	}
	return ""
}
