package book

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// From how many words on a step's reading level is measured (fewer say nothing
// about a level), and where a sentence or a child's bubble gets long.
const (
	wordsToMeasure  = 60
	longForChild    = 15 // words
	longForGrownUp  = 20 // words
	bubbleSentences = 2
)

// measure is how hard a text reads: sums that the formulas are made of.
type measure struct{ words, sentences, syllables int }

// reading refuses steps that are too hard to read for whom they speak to, and
// warns of long sentences.
func (c *checker) reading() {
	for _, step := range c.v.Order {
		var m measure
		for _, b := range step.Bubbles {
			c.sentences(step, b, &m)
		}
		if m.words >= wordsToMeasure {
			c.level(step, m)
		}
	}
}

// sentences adds a bubble's sentences to a measure, and warns of long ones.
func (c *checker) sentences(step *Step, b Bubble, m *measure) {
	most := longForChild
	if !step.ForChild() {
		most = longForGrownUp
	}
	all := sentencesOf(b.Text)
	if len(all) > bubbleSentences && step.ForChild() && !strings.HasPrefix(b.HTML, "<ol>") {
		c.warn(step, b.Line, fmt.Sprintf("a bubble of %d sentences", len(all)), fmt.Sprintf("make it two bubbles: at most %d sentences each", bubbleSentences))
	}
	for _, sentence := range all {
		words := 0
		for word := range wordsOf(sentence) {
			words++
			m.syllables += syllables(c.v.Lang, word)
		}
		if words == 0 {
			continue
		}
		m.words += words
		m.sentences++
		if words > most {
			c.warn(step, b.Line, fmt.Sprintf("a sentence of %d words: %q", words, sentence), fmt.Sprintf("cut it in two: at most %d", most))
		}
	}
}

// level holds a step to the reading level of its readers.
func (c *checker) level(step *Step, m measure) {
	if c.v.Lang == "nl" {
		least := 75.0
		if !step.ForChild() {
			least = 60
		}
		if ease := m.fleschDouma(); ease < least {
			c.wrong(step, step.Line, fmt.Sprintf("%q reads too hard: Flesch-Douma %.0f", step.Heading, ease), fmt.Sprintf("use shorter sentences and shorter words, to %.0f or more", least))
		}
		return
	}
	most := 6.0
	if !step.ForChild() {
		most = 8
	}
	if grade := m.fleschKincaid(); grade > most {
		c.wrong(step, step.Line, fmt.Sprintf("%q reads too hard: Flesch-Kincaid grade %.1f", step.Heading, grade), fmt.Sprintf("use shorter sentences and shorter words, to grade %.0f or less", most))
	}
}

// ForChild tells whether a step may be read by somebody who is not grown up.
func (step *Step) ForChild() bool {
	return slices.ContainsFunc(step.For, func(role string) bool { return role != "parent" && role != "professional" })
}

// fleschDouma is the reading ease of Dutch: 80 and above is easy, 60 is plain.
func (m measure) fleschDouma() float64 {
	words := float64(m.words)
	return 206.8 - 0.77*100*float64(m.syllables)/words - 0.93*words/float64(m.sentences)
}

// fleschKincaid is the school year from which English can be read.
func (m measure) fleschKincaid() float64 {
	words := float64(m.words)
	return 0.39*words/float64(m.sentences) + 11.8*float64(m.syllables)/words - 15.59
}

// closers may stand behind the mark that ends a sentence.
const closers = `"'”’)`

// sentencesOf cuts a bubble at end marks and at the lines of a list. A full
// stop inside a word, as in a site's name, ends nothing.
func sentencesOf(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		from := 0
		for i, r := range line {
			rest := line[i+len(string(r)):]
			after := strings.TrimLeft(rest, closers)
			if i >= from && strings.ContainsRune(".!?…", r) && (after == "" || unicode.IsSpace(rune(after[0]))) {
				end := len(line) - len(after)
				out = append(out, line[from:end])
				from = end
			}
		}
		out = append(out, line[from:])
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// wordsOf gives the words of a sentence; numbers and signs are none.
func wordsOf(sentence string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for field := range strings.FieldsSeq(sentence) {
			if strings.ContainsFunc(field, unicode.IsLetter) && !yield(strings.ToLower(field)) {
				return
			}
		}
	}
}
