package bot

import "github.com/praatpaal/praatpaal/bot/book"

// lookedBack is how many of the steps that were told last may have offered a
// choice that is still kept.
const lookedBack = 10

// Pack gives a conversation as it is kept: without the labels of older choices
// that the book still has, which are more than half of it. Those of the last
// answer stay.
func (b *Bot) Pack(c Conversation) Conversation {
	older := len(c.Offered) - c.Fresh
	if older <= 0 || b.voices[c.Lang] == nil {
		return c
	}
	told := b.told(&c)
	offered := append(make([]Choice, 0, len(c.Offered)), c.Offered...)
	for i := range offered[:older] {
		if offered[i].Label == b.shown(&c, &told, offered[i].ID) {
			offered[i].Label = ""
		}
	}
	c.Offered = offered
	return c
}

// Unpack puts the labels back.
func (b *Bot) Unpack(c Conversation) Conversation {
	if b.voices[c.Lang] == nil {
		return c
	}
	told := b.told(&c)
	for i := range c.Offered {
		if o := &c.Offered[i]; o.Label == "" {
			o.Label = b.shown(&c, &told, o.ID)
		}
	}
	return c
}

// told gives the steps that were told last, the newest first; nil for one that
// the book has no more.
func (b *Bot) told(c *Conversation) (steps [lookedBack]*book.Step) {
	ids := last(c.Told, lookedBack)
	for i, id := range ids {
		steps[len(ids)-1-i] = b.voices[c.Lang].volume.Steps[id]
	}
	return steps
}

// shown is the label under which a step was last offered, as far as the book
// tells: by the steps that were told, else by its own heading.
func (b *Bot) shown(c *Conversation, told *[lookedBack]*book.Step, id string) string {
	for _, step := range told {
		if step == nil {
			continue
		}
		for k := range step.Choices {
			if step.Choices[k].To == id {
				return step.Choices[k].Label
			}
		}
	}
	if step := b.voices[c.Lang].volume.Steps[id]; step != nil {
		return step.Heading
	}
	return ""
}
