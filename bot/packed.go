package bot

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
	offered := append(make([]Choice, 0, len(c.Offered)), c.Offered...)
	for i := range offered[:older] {
		if offered[i].Label == b.shown(&c, offered[i].ID) {
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
	for i := range c.Offered {
		if o := &c.Offered[i]; o.Label == "" {
			o.Label = b.shown(&c, o.ID)
		}
	}
	return c
}

// shown is the label under which a step was last offered, as far as the book
// tells: by the steps that were told, else by its own heading.
func (b *Bot) shown(c *Conversation, id string) string {
	steps := b.voices[c.Lang].volume.Steps
	told := last(c.Told, lookedBack)
	for i := len(told) - 1; i >= 0; i-- {
		step := steps[told[i]]
		if step == nil {
			continue
		}
		for k := range step.Choices {
			if step.Choices[k].To == id {
				return step.Choices[k].Label
			}
		}
	}
	if step := steps[id]; step != nil {
		return step.Heading
	}
	return ""
}
