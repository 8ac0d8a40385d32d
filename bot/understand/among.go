package understand

import (
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// among gives the one of the offered choices that a text names, which has been
// read: by its label, by "the first", by yes or no, or by a sample of the step
// that it leads to. "" when it names none.
func (u *Understander) among(text string, sc *scratch, offered []Option) string {
	if len(offered) == 0 || len(sc.tokens) == 0 || len(sc.tokens) > 12 {
		return ""
	}
	if n := u.ordinal(sc, len(offered)); n >= 0 {
		return offered[n].ID
	}
	if n := u.yesOrNo(text, sc, offered); n >= 0 {
		return offered[n].ID
	}
	if n := u.byLabel(text, sc, offered); n >= 0 {
		return offered[n].ID
	}
	for _, c := range sc.best {
		for _, o := range offered {
			if c.score >= 0.6 && u.steps.steps[c.step].ID == o.ID {
				return o.ID
			}
		}
	}
	return ""
}

// ordinal knows "the first", "2" and "the last one".
func (u *Understander) ordinal(sc *scratch, count int) int {
	if len(sc.tokens) > 4 {
		return -1
	}
	for n, name := range []string{"first", "second", "third", "fourth", "fifth"} {
		if n < count && sc.has(u.lexicon.familyOf(name)) {
			return n
		}
	}
	if sc.has(u.lexicon.familyOf("last")) && len(sc.tokens) <= 3 {
		return count - 1
	}
	if len(sc.tokens) == 1 && sc.tokens[0].value >= 1 && int(sc.tokens[0].value) <= count {
		return int(sc.tokens[0].value) - 1
	}
	return -1
}

// yesOrNo finds the one choice that begins with Ja, Nee, Yes or No.
func (u *Understander) yesOrNo(text string, sc *scratch, offered []Option) int {
	yes, no := sc.at(u.lexicon.known.yes, 0), sc.at(u.lexicon.known.no, 0)
	if yes == no || len(sc.tokens) > 6 {
		return -1
	}
	// "I am" is a yes; "I am so tired" is not.
	if len(sc.tokens) > 2 && !u.begins(text, sc, u.lexicon.known.yes) && !u.begins(text, sc, u.lexicon.known.no) {
		return -1
	}
	want := u.lexicon.known.yes
	if no {
		want = u.lexicon.known.no
	}
	found := -1
	for n, o := range offered {
		if u.begins(o.Label, sc, want) {
			if found >= 0 {
				return -1
			}
			found = n
		}
	}
	return found
}

// begins tells whether the first word by itself is one of a family.
func (u *Understander) begins(text string, sc *scratch, family int16) bool {
	words := strings.Fields(text)
	if len(words) == 0 {
		return false
	}
	u.lexicon.read(words[0], &sc.other)
	return len(sc.other.tokens) == 1 && sc.other.at(family, 0)
}

// byLabel finds the one choice whose label shares enough words with the text.
func (u *Understander) byLabel(text string, sc *scratch, offered []Option) int {
	best, bestScore, second := -1, 0.0, 0.0
	for n, o := range offered {
		if strings.EqualFold(strings.TrimSpace(text), o.Label) {
			return n
		}
		score := u.overlap(&sc.reading, u.label(o.Label, sc))
		if score > bestScore {
			best, second, bestScore = n, bestScore, score
		} else {
			second = max(second, score)
		}
	}
	if bestScore >= 0.6 && bestScore > second+0.15 {
		return best
	}
	return -1
}

// label is an offered label as overlap needs it.
type label struct {
	words []token
	sum   float64 // of their weights
}

// label gives a label of the content, or reads another.
func (u *Understander) label(text string, sc *scratch) label {
	if l, ok := u.labels[text]; ok {
		return l
	}
	return u.readLabel(text, &sc.other)
}

func (u *Understander) readLabel(text string, r *reading) label {
	u.lexicon.read(text, r)
	l := label{words: r.tokens}
	for j := range r.tokens {
		l.sum += u.lexicon.weight(r, j)
	}
	return l
}

// labelsOf reads all that is offered in a volume, once.
func (u *Understander) labelsOf(v *book.Volume) map[string]label {
	out := map[string]label{}
	read := func(text string) {
		if _, known := out[text]; !known {
			out[text] = u.readLabel(text, &reading{})
		}
	}
	for _, step := range v.Order {
		read(step.Heading)
		for _, c := range step.Choices {
			read(c.Label)
		}
	}
	return out
}

// overlap is how much of a reading and a label is the same, from 0 to 1.
func (u *Understander) overlap(a *reading, b label) float64 {
	both, all := 0.0, 0.0
	for i := range a.tokens {
		w := u.lexicon.weight(a, i)
		all += w
		for j := range b.words {
			if same(&a.tokens[i], &b.words[j]) {
				both += 2 * w
				break
			}
		}
	}
	if all += b.sum; all == 0 {
		return 0
	}
	return both / all
}

func same(a, b *token) bool {
	return a.stem != 0 && a.stem == b.stem || a.value >= 0 && a.value == b.value
}

// weight of a word in an overlap: little for fillers and short words.
func (x *lexicon) weight(r *reading, i int) float64 {
	t := &r.tokens[i]
	switch {
	case t.filler:
		return 0.1
	case len(x.stemText[t.stem]) < 4 && !r.at(x.known.not, i):
		return 0.4
	}
	return 1
}

func (x *lexicon) familyOf(name string) int16 {
	if f, ok := x.byName[name]; ok {
		return f
	}
	return -1
}
