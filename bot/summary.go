package bot

import "github.com/praatpaal/praatpaal/bot/book"

// Summary is what a counsellor sees of a conversation before reading it.
type Summary struct {
	Topic  string      `json:"topic"`
	Role   string      `json:"role"`
	Danger book.Danger `json:"danger"`
	As     string      `json:"as"`
	Lang   string      `json:"lang"`
	Why    []string    `json:"why"`  // rules that set the danger
	Told   []string    `json:"told"` // headings of what the bot said, oldest first
}

// Summary sums a conversation up for the desk.
func (b *Bot) Summary(c Conversation) Summary {
	s := Summary{Topic: c.Topic, Role: c.Role, Danger: c.Danger, As: c.As, Lang: c.Lang, Why: c.Why}
	v := b.voices[c.Lang]
	if v == nil {
		return s
	}
	for _, step := range v.trailed(c.Told) {
		s.Told = append(s.Told, step.Heading)
	}
	return s
}
