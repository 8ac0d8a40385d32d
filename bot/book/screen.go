package book

import (
	"fmt"
	"strings"
)

// What fits a telephone of 320 pixels, in letters of the chat's own size: a
// bubble is 28 letters wide there and a button 26, and with more lines than
// these the question and the answers are no longer seen together.
const (
	bubbleLetters = 28
	bubbleLines   = 15
	buttonLetters = 26
	buttonLines   = 2
)

// screen refuses bubbles and buttons that are too long for a small telephone.
func (c *checker) screen() {
	for _, step := range c.v.Order {
		for _, b := range step.Bubbles {
			f := fill(b.Text, bubbleLetters)
			f.what = "a bubble"
			c.fits(step, b.Line, f, bubbleLines)
		}
		for _, choice := range step.Choices {
			f := fill(choice.Label, buttonLetters)
			f.what = fmt.Sprintf("the button %q", choice.Label)
			c.fits(step, choice.Line, f, buttonLines)
		}
	}
}

func (c *checker) fits(step *Step, line int, f filled, most int) {
	if f.lines > most {
		c.wrong(step, line, fmt.Sprintf("%s takes %d lines on a small telephone", f.what, f.lines), fmt.Sprintf("make it shorter: at most %d lines", most))
	}
	if f.tooWide != "" {
		c.wrong(step, line, fmt.Sprintf("%q is wider than a small telephone", f.tooWide), "use a shorter word, or a hyphen where it may break")
	}
}

// filled is a text set in lines: how many, and the first word that is longer
// than a line.
type filled struct {
	what    string // what the text is, for whoever has to mend it
	lines   int
	tooWide string
}

// fill sets a text in lines of a number of letters, as a browser would, which
// also breaks a site's name.
func fill(text string, letters int) filled {
	var f filled
	for line := range strings.Lines(text) {
		used := letters + 1
		for word := range strings.FieldsSeq(line) {
			n := len([]rune(word))
			if n > letters && f.tooWide == "" && !strings.ContainsAny(strings.TrimRight(word, ".,"), "-/.") {
				f.tooWide = word
			}
			if used+1+n > letters {
				f.lines++
				used = n
				continue
			}
			used += 1 + n
		}
	}
	return f
}
