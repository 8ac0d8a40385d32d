package book

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// taboo is a section of voice.md: phrases that the bot must not say, to whom,
// and why.
type taboo struct {
	file    string
	heading string
	why     string
	to      []string // audiences; empty: to anybody
	phrases []phrase
	allowed []phrase // sentences that may be said all the same
}

// phrase is a row of words in small letters, and where it stands.
type phrase struct {
	words []string
	text  string
	line  int
}

// readVoice reads voice.md: a heading names what is not done, after a colon
// for whom; a paragraph says why; a list holds the phrases; a quoted list holds
// what may be said although a phrase is in it.
func readVoice(s *source) []*taboo {
	var out []*taboo
	for _, section := range readPage(s).Sections {
		if section.Level == 1 {
			continue
		}
		heading, to, limited := strings.Cut(section.Heading, ":")
		t := &taboo{file: s.file, heading: heading}
		for role := range strings.SplitSeq(to, ",") {
			role = strings.TrimSpace(role)
			if slices.Contains(audiences(), role) {
				t.to = append(t.to, role)
			} else if limited {
				s.wrong(section.Line, fmt.Sprintf("%q is nobody that a text is for", role), "use: "+strings.Join(audiences(), ", "))
			}
		}
		for _, text := range section.Text {
			t.why = text.Text
		}
		if t.why == "" || len(section.Items) == 0 {
			s.wrong(section.Line, fmt.Sprintf("%q has no reason or no phrases", heading), "write a paragraph that says why, and a list")
		}
		t.phrases, t.allowed = phrases(section.Items), phrases(section.Quotes)
		out = append(out, t)
	}
	return out
}

func phrases(lines []Sample) []phrase {
	var out []phrase
	for _, line := range lines {
		out = append(out, phrase{words: plainWords(line.Text), text: line.Text, line: line.Line})
	}
	return out
}

// plainWords gives the words of a text in small letters. A sentence's end is a
// word too, so that no phrase reaches over it.
func plainWords(text string) []string {
	var out []string
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	for field := range strings.FieldsSeq(text) {
		for _, word := range strings.FieldsFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
			out = append(out, strings.Trim(word, "'"))
		}
		if strings.ContainsAny(field[len(field)-1:], ".!?:;") {
			out = append(out, ".")
		}
	}
	return out
}

// listener hears what a volume says, and remembers which allowed sentences it
// has met.
type listener struct {
	c   *checker
	met map[*phrase]bool
}

// voice refuses what voice.md says the bot must not say, in bubbles and on
// buttons; what visitors say, in samples and headings, is theirs.
func (c *checker) voice() {
	l := &listener{c: c, met: map[*phrase]bool{}}
	for _, step := range c.v.Order {
		for _, b := range step.Bubbles {
			l.hear(step, b.Line, plainWords(b.Text))
		}
		for _, choice := range step.Choices {
			l.hear(step, choice.Line, plainWords(choice.Label))
		}
	}
	for _, t := range c.v.voice {
		for i := range t.allowed {
			if a := &t.allowed[i]; !l.met[a] {
				*c.found = append(*c.found, Finding{File: t.file, Line: a.line, What: fmt.Sprintf("%q excuses nothing under %q", a.text, t.heading), Do: "take it out", Warning: true})
			}
		}
	}
}

func (l *listener) hear(step *Step, line int, said []string) {
	for _, t := range l.c.v.voice {
		if !t.isFor(step) {
			continue
		}
		for at := range said {
			if p := l.taken(t, said, at); p != nil {
				l.c.wrong(step, line, fmt.Sprintf("%q: %s (%s:%d)", p.text, t.heading, t.file, p.line), t.why)
			}
		}
	}
}

// taken gives the phrase that begins at a word, unless it stands inside a
// sentence that may be said.
func (l *listener) taken(t *taboo, said []string, at int) *phrase {
	for i := range t.phrases {
		if p := &t.phrases[i]; p.at(said, at) && !l.allows(t, said, at, len(p.words)) {
			return p
		}
	}
	return nil
}

func (t *taboo) isFor(step *Step) bool {
	return len(t.to) == 0 || slices.ContainsFunc(step.For, func(role string) bool { return slices.Contains(t.to, role) })
}

// allows tells whether words stand inside a sentence that may be said.
func (l *listener) allows(t *taboo, said []string, at, length int) bool {
	allowed := false
	for i := range t.allowed {
		a := &t.allowed[i]
		for from := max(0, at+length-len(a.words)); from <= at; from++ {
			if a.at(said, from) {
				l.met[a], allowed = true, true
			}
		}
	}
	return allowed
}

// at tells whether the phrase's words stand in a text from a word on.
func (p *phrase) at(said []string, from int) bool {
	return len(p.words) > 0 && from+len(p.words) <= len(said) && slices.Equal(p.words, said[from:from+len(p.words)])
}
