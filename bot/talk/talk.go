// Package talk holds conversations with the bot outside the web: in the
// terminal, and from the transcripts in content/*/talks that must stay true.
// The command line and the tests call it. It must never know sockets or the
// store.
package talk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
)

// Talk is one conversation going on, written down as it goes.
type Talk struct {
	bot   *bot.Bot
	now   bot.Conversation
	shown []bot.Choice  // all buttons so far, the newest last
	line  bot.EventKind // why no counsellor can be asked, or ""
	text  strings.Builder
}

// Begin opens a conversation as the chat does: language, entrance, and the
// page where it was opened. It writes the bot's greeting down.
func Begin(b *bot.Bot, lang, as, page string) (*Talk, error) {
	t := &Talk{bot: b}
	_, err := t.do(bot.Event{Kind: bot.Start, Lang: lang, As: as, Page: page})
	return t, err
}

// Text is what has been written down since the last call of Text.
func (t *Talk) Text() string {
	defer t.text.Reset()
	return t.text.String()
}

// Says is a message typed by the visitor.
func (t *Talk) Says(text string) (bot.Answer, error) {
	fmt.Fprintf(&t.text, "\n> %s\n", text)
	return t.do(bot.Event{Kind: bot.Say, Text: text})
}

// Taps is a button pressed by the visitor, by its label.
func (t *Talk) Taps(label string) (bot.Answer, error) {
	for _, c := range slices.Backward(t.shown) {
		if c.Label == label {
			fmt.Fprintf(&t.text, "\n> [%s]\n", label)
			return t.do(bot.Event{Kind: bot.Choose, Choice: c.ID})
		}
	}
	return bot.Answer{}, fmt.Errorf("no button says %q here: use one of %s", label, labels(t.Choices()))
}

// Happens is anything else, in the words of events.go.
func (t *Talk) Happens(words string) (bot.Answer, error) {
	e, err := eventOf(words)
	if err != nil {
		return bot.Answer{}, err
	}
	fmt.Fprintf(&t.text, "\n*%s.*\n", words)
	switch e.Kind {
	case bot.NoOne, bot.Full, bot.Away:
		t.line = e.Kind
		if t.now.State != bot.Waiting {
			return bot.Answer{}, nil
		}
	case "":
		t.line = ""
		return bot.Answer{}, nil
	}
	return t.do(e)
}

// Choices are the buttons of the last answer.
func (t *Talk) Choices() []bot.Choice {
	return t.now.Choices()
}

func labels(choices []bot.Choice) string {
	var out []string
	for _, c := range choices {
		out = append(out, fmt.Sprintf("%q", c.Label))
	}
	return strings.Join(out, ", ")
}

// do takes one turn and writes it down. The conversation is written to JSON
// and read back, as the store would.
func (t *Talk) do(e bot.Event) (bot.Answer, error) {
	e.Line = t.line
	was := t.now
	now, answer, err := t.bot.Next(was, e)
	if err != nil {
		return bot.Answer{}, err
	}
	if t.now, err = stored(now); err != nil {
		return bot.Answer{}, err
	}
	if answer.Reply != nil {
		t.write(answer.Reply)
		t.shown = append(t.shown, answer.Reply.Choices...)
	}
	if now.Danger != was.Danger {
		fmt.Fprintf(&t.text, "\n*Danger: %s.*\n", now.Danger)
	}
	if now.State != was.State && was.State != "" {
		fmt.Fprintf(&t.text, "\n*Now: %s.*\n", now.State)
	}
	if answer.Do == bot.Forget {
		t.text.WriteString("\n*Now: forgotten.*\n")
	}
	return answer, nil
}

func stored(c bot.Conversation) (bot.Conversation, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return bot.Conversation{}, fmt.Errorf("conversation to json: %w", err)
	}
	var back bot.Conversation
	if err := json.Unmarshal(data, &back); err != nil {
		return bot.Conversation{}, fmt.Errorf("conversation from json: %w", err)
	}
	return back, nil
}

func (t *Talk) write(r *bot.Reply) {
	for _, p := range r.Parts {
		fmt.Fprintf(&t.text, "\n%s\n", p.Text)
	}
	if len(r.Choices) > 0 {
		t.text.WriteString("\n")
	}
	for _, c := range r.Choices {
		fmt.Fprintf(&t.text, "- %s\n", c.Label)
	}
}

// Replay holds a written-down talk again and gives the transcript as it would
// be written now. An error names the line of the talk that cannot be done.
func Replay(b *bot.Bot, t *book.Talk) (string, error) {
	live, err := Begin(b, t.Lang, t.As, t.Page)
	if err != nil {
		return "", fmt.Errorf("%s:1: %w", t.File, err)
	}
	for _, line := range t.Lines {
		switch line.Kind {
		case "says":
			_, err = live.Says(line.Text)
		case "taps":
			_, err = live.Taps(line.Text)
		case "note":
			fmt.Fprintf(&live.text, "\n%s\n", line.Text)
		default:
			_, err = live.Happens(line.Text)
		}
		if err != nil {
			return "", fmt.Errorf("%s:%d: %w", t.File, line.Line, err)
		}
	}
	return t.Head + live.Text(), nil
}
