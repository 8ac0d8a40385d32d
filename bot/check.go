package bot

import (
	"fmt"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Check looks for what only the whole bot can find: samples that lead to
// another step than their own, and texts that nobody has looked at again by
// the given day ("2026-11-23").
func (b *Bot) Check(today string) []book.Finding {
	var found []book.Finding
	for _, lang := range book.Languages() {
		v := b.voices[lang]
		for _, step := range v.volume.Order {
			if step.Anchor == "" && step.Review < today {
				found = append(found, book.Finding{File: step.File, Line: 1, What: "it should have been looked at again by " + step.Review, Do: "read it, mend it, and set a new `review:`"})
			}
			found = append(found, v.astray(step)...)
		}
	}
	return found
}

// astray finds the samples of a step that lead to another.
func (v *voice) astray(step *book.Step) []book.Finding {
	var found []book.Finding
	for _, sample := range step.Samples {
		m := v.ear.Message(sample.Text)
		if len(m.Steps) > 0 && m.Steps[0].Step == step.ID {
			continue
		}
		where := "nowhere"
		if len(m.Steps) > 0 {
			where = fmt.Sprintf("to %s, by %q at %s:%d", m.Steps[0].Step, m.Steps[0].Sample, m.Steps[0].File, m.Steps[0].Line)
		}
		found = append(found, book.Finding{
			File: step.File, Line: sample.Line,
			What: fmt.Sprintf("the sample %q leads %s", sample.Text, where),
			Do:   "say it in a way that only belongs here, or move it",
		})
	}
	return found
}
