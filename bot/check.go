package bot

import (
	"fmt"
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
)

// How long a text may go without anybody looking at it again, and how long a
// service's number is believed.
const (
	longestReview  = 366 * 24 * time.Hour
	longestBelieve = 183 * 24 * time.Hour
)

// Check looks for what only the whole bot and the calendar can find: sentences
// quoted in danger.md that do not make their rule hold, samples that lead to
// another step than their own, and texts and numbers that nobody has looked at
// again by the given day.
func (b *Bot) Check(day time.Time) []book.Finding {
	var found []book.Finding
	for _, lang := range book.Languages() {
		v := b.voices[lang]
		found = append(found, v.ear.Quotes(v.volume)...)
		for _, step := range v.volume.Order {
			if step.Anchor == "" {
				found = append(found, overdue(step, day)...)
			}
			found = append(found, v.astray(step)...)
		}
		for _, r := range v.volume.Referrals {
			if checked, err := time.Parse(time.DateOnly, r.Fields["checked"]); err == nil && day.Sub(checked) > longestBelieve {
				found = append(found, book.Finding{File: r.File, Line: r.Line, What: r.Name + " was last checked on " + r.Fields["checked"], Do: "look whether it still holds, and set `checked:`", Warning: true})
			}
		}
	}
	return found
}

// overdue finds a file's review date in the past, or too far ahead.
func overdue(step *book.Step, day time.Time) []book.Finding {
	by, err := time.Parse(time.DateOnly, step.Review)
	switch {
	case err != nil || !day.Before(by.Add(24*time.Hour)):
		return []book.Finding{{File: step.File, Line: 1, What: "it should have been looked at again by " + step.Review, Do: "read it, mend it, and set a new `review:`"}}
	case by.Sub(day) > longestReview:
		return []book.Finding{{File: step.File, Line: 1, What: "nobody looks at it again before " + step.Review, Do: "set `review:` at most a year ahead"}}
	}
	return nil
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
