package talk

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// Terminal is how a conversation in the terminal is held.
type Terminal struct {
	In      io.Reader
	Out     io.Writer
	Echo    bool // write the visitor's lines to Out too: when Out is not the screen that they are typed on
	Explain bool // say after each line why it was understood so
	As      string
	Lang    string
}

// Run holds a conversation until the input ends. A number taps that button, a
// line between asterisks is an event, anything else is typed. What it writes
// is a transcript.
func (t Terminal) Run(b *bot.Bot) error {
	fmt.Fprintf(t.Out, "---\nas: %s\n---\n\n# %s\n", t.As, map[string]string{"nl": "Een gesprek", "en": "A conversation"}[t.Lang])
	live, err := Begin(b, t.Lang, t.As, "")
	if err != nil {
		return err
	}
	fmt.Fprint(t.Out, live.Text())
	lines := bufio.NewScanner(t.In)
	for lines.Scan() {
		typed := strings.TrimSpace(lines.Text())
		if typed == "" {
			continue
		}
		answer, err := t.take(live, typed)
		if err != nil {
			fmt.Fprintf(t.Out, "\n<!-- %s -->\n", err)
			continue
		}
		t.show(live.Text())
		if t.Explain && answer.Heard != nil {
			t.explain(b.Ear(answer.Heard.Lang).Message(typed))
		}
	}
	return lines.Err()
}

func (t Terminal) take(live *Talk, typed string) (bot.Answer, error) {
	choices := live.Choices()
	if n, err := strconv.Atoi(typed); err == nil && n >= 1 && n <= len(choices) {
		return live.Taps(choices[n-1].Label)
	}
	if label, found := strings.CutPrefix(typed, "["); found && strings.HasSuffix(label, "]") {
		return live.Taps(strings.TrimSuffix(label, "]"))
	}
	if event, found := strings.CutPrefix(typed, "*"); found && strings.HasSuffix(event, "*") {
		return live.Happens(strings.TrimSuffix(strings.TrimSuffix(event, "*"), "."))
	}
	return live.Says(typed)
}

func (t Terminal) show(text string) {
	if !t.Echo {
		// The visitor sees on the screen what was typed.
		if _, rest, found := strings.Cut(strings.TrimPrefix(text, "\n"), "\n"); found {
			text = rest
		}
	}
	fmt.Fprint(t.Out, text)
}

// explain writes what was heard, and by what it was decided.
func (t Terminal) explain(m understand.Meaning) {
	fmt.Fprintf(t.Out, "\n<!-- heard: topic %s, role %s, danger %s, wants %s\n", m.Topic, m.Role, m.Danger, m.Wants)
	for _, r := range m.Why {
		fmt.Fprintf(t.Out, "%s: %s (%s:%d): %s\n", r.Label, r.Rule, r.File, r.Line, r.What)
	}
	for _, s := range m.Steps {
		fmt.Fprintf(t.Out, "close to %s (%.2f): %q (%s:%d)\n", s.Step, s.Score, s.Sample, s.File, s.Line)
	}
	fmt.Fprintln(t.Out, "-->")
}
