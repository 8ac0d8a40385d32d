// Package understand turns what somebody typed into what it means: the four
// labels of the labels page, with the rule and the place in the content that
// decided. It is called by bot for every message, from any goroutine; it keeps
// nothing between calls. It must never know the state of a dialogue.
package understand

import (
	"errors"
	"fmt"
	"sync"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Meaning is what one message was understood to say.
type Meaning struct {
	Topic  string      `json:"topic"`
	Role   string      `json:"role"`
	Danger book.Danger `json:"danger"`
	Wants  string      `json:"wants"`
	Why    []Reason    `json:"why"`

	// Sure says how sure the labels are, rules and samples together.
	Sure Sureness `json:"-"`
	// Lang is the language that the message is clearly written in, or "".
	Lang string `json:"-"`
	// Ruled: a rule raised the danger, and not the samples' weights.
	Ruled bool `json:"-"`
	// Soon names the rule by which a danger that was told of before comes now or
	// within hours ("mama werkt vanavond"); nil when none holds.
	Soon *Reason `json:"-"`
	// Denial: the speaker takes back what was said ("grapje", "laat maar").
	Denial bool `json:"-"`
	// Named is the offered choice that is named, or "".
	Named string `json:"-"`
	// Steps are the steps whose samples come closest, best first, at most
	// five; for the two guesses when nothing fits.
	Steps []Match `json:"-"`
}

// Sureness holds chances from 0 to 1: of each topic, in the order of
// book.Topics, of the topic and the role that were picked, and of urgent
// danger or more. Known is the share of the words that this language knows,
// as they were typed.
type Sureness struct {
	Topics                     [topicCount]float32
	Topic, Role, Urgent, Known float64
}

// Reason names one thing that decided, and where in the content it stands.
type Reason struct {
	Label string `json:"label"` // topic, role, danger or wants
	Rule  string `json:"rule"`  // heading of the rule, or "samples"
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
	What  string `json:"what"` // families found, or words and their weights
}

// Match is a step that a message may belong to.
type Match struct {
	Step   string  // step id
	Score  float64 // 0 to 1; 1 is the same words in the same order
	Sample string
	File   string
	Line   int
}

// Option is something that was offered and may be named in free text.
type Option struct {
	ID    string // step id that it leads to
	Label string
}

// Understander knows one language. It is read-only after New and safe for any
// number of goroutines.
type Understander struct {
	lexicon *lexicon
	rules   *rulebook
	scorer  *scorer
	steps   *stepIndex
	labels  map[string]label // of what the content offers
	pool    *sync.Pool
}

// scratch is what one message needs while it is read.
type scratch struct {
	reading
	weighing
	fired    []firing
	features []uint64
	rows     []int32  // of the features
	stamp    []uint32 // by row: the message that saw it last
	now      uint32
	scores   scores
	text     []byte  // of a reason
	other    reading // of an offered label
}

// New makes an Understander from a volume, or an error with every mistake in
// words.md, danger.md and heard/, each with its file and line.
func New(v *book.Volume) (*Understander, error) {
	u, found := build(v)
	var all []error
	for _, f := range found {
		if !f.Warning {
			all = append(all, fmt.Errorf("%s:%d: %s: %s", f.File, f.Line, f.What, f.Do))
		}
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return u, nil
}

// build makes an Understander, with all that is wrong with its volume.
func build(v *book.Volume) (*Understander, []book.Finding) {
	u, messages, found := read(v)
	u.scorer = u.learn(messages)
	return u, found
}

// read makes an Understander that knows words, rules and samples and has
// learned nothing from messages yet, which takes longest.
func read(v *book.Volume) (*Understander, []heard, []book.Finding) {
	var found []book.Finding
	x := newLexicon(v.Lang)
	words := &wordsReader{x: x, found: &found}
	words.pages(v.Words)
	rules := readRules(words, v.Danger)
	words.finish()
	messages := append(readHeard(v.Heard, &found), quotedBy(rules)...)
	messages = append(messages, sampled(v)...)
	x.tellBook(v)
	x.hear(messages)
	u := &Understander{lexicon: x, rules: rules}
	u.pool = &sync.Pool{New: func() any { return &scratch{} }}
	rules.index(x)
	u.steps = newStepIndex(v, x)
	u.labels = u.labelsOf(v)
	return u, messages, found
}
