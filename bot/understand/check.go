package understand

import (
	"fmt"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Check lists what is wrong with the words, rules and heard messages of a
// volume, which quoted sentences do not make their rule hold, and which samples
// lead to another step than their own.
func Check(v *book.Volume) []book.Finding {
	u, _, found := read(v)
	found = append(found, u.checkQuotes()...)
	found = append(found, checkRepeats(v.Heard)...)
	return append(found, u.checkSamples(v)...)
}

// checkSamples reports samples that lead to another step than their own.
func (u *Understander) checkSamples(v *book.Volume) []book.Finding {
	var out []book.Finding
	var sc scratch
	for _, step := range v.Order {
		for _, sample := range step.Samples {
			u.lexicon.read(sample.Text, &sc.reading)
			u.steps.closest(&sc.reading, &sc.weighing)
			best := u.steps.matches(&sc.weighing)
			if len(best) > 0 && best[0].Step == step.ID {
				continue
			}
			where := "nowhere"
			if len(best) > 0 {
				first := best[0]
				where = fmt.Sprintf("to %s, by %q at %s:%d", first.Step, first.Sample, first.File, first.Line)
			}
			out = append(out, book.Finding{
				File: step.File, Line: sample.Line, What: fmt.Sprintf("the sample %q leads %s", sample.Text, where),
				Do: "say it in a way that only belongs here, or move it",
			})
		}
	}
	return out
}

// checkQuotes reports sentences that are quoted under a rule and do not make
// it hold, and rules that quote none.
func (u *Understander) checkQuotes() []book.Finding {
	var out []book.Finding
	var r reading
	var fired []firing
	for n := range u.rules.rules {
		rule := &u.rules.rules[n]
		if len(rule.quotes) == 0 && rule.out.confirms == 0 {
			out = append(out, book.Finding{
				File: rule.file, Line: rule.line, What: fmt.Sprintf("rule %q quotes no sentence", rule.name),
				Do: "add `> - …` lines with what somebody may type", Warning: true,
			})
		}
		for _, q := range rule.quotes {
			u.lexicon.read(q.Text, &r)
			fired = u.rules.fire(&r, fired)
			if !holds(fired, n) {
				out = append(out, book.Finding{
					File: rule.file, Line: q.Line, What: fmt.Sprintf("%q does not make rule %q hold", q.Text, rule.name),
					Do: "add a pattern that fits it, or move the sentence to the rule that it belongs to",
				})
			}
		}
	}
	return out
}

func holds(fired []firing, rule int) bool {
	for _, f := range fired {
		if int(f.rule) == rule {
			return true
		}
	}
	return false
}

// checkRepeats reports messages that stand in heard/ twice with other labels.
func checkRepeats(pages []*book.Page) []book.Finding {
	type place struct {
		file, labels string
		line         int
	}
	var out []book.Finding
	seen := map[string]place{}
	for _, page := range pages {
		for _, section := range page.Sections {
			for _, q := range section.Quotes {
				now := place{page.File, page.Front["topic"] + ", " + section.Heading, q.Line}
				was, twice := seen[q.Text]
				if twice && was.labels != now.labels {
					out = append(out, book.Finding{
						File: now.file, Line: now.line, What: fmt.Sprintf("%q has other labels in %s:%d", q.Text, was.file, was.line),
						Do: "keep the one that is right", Warning: true,
					})
				}
				seen[q.Text] = now
			}
		}
	}
	return out
}
