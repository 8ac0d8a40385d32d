package bot

import (
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
)

// How long a text may go without anybody looking at it again, and how long a
// service's number is believed.
const (
	longestReview  = 366 * 24 * time.Hour
	longestBelieve = 183 * 24 * time.Hour
)

// Check looks for what the dialogue needs beyond a checked book: steps that
// the bot itself leads to, and texts and numbers that nobody has looked at
// again by the given day.
func Check(b *book.Book, day time.Time) []book.Finding {
	found := append(missing(b), alike(b)...)
	for _, lang := range book.Languages() {
		for _, step := range b.Volumes[lang].Order {
			if step.Anchor == "" {
				found = append(found, overdue(step, day)...)
			}
		}
		for _, r := range b.Volumes[lang].Referrals {
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
