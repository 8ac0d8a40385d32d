package understand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// outcome is what a rule says about a message.
type outcome struct {
	picks    [headCount]int8 // by label: a value, or unknownLabel
	denial   bool            // takes back what was said
	hastens  bool            // makes a danger that was told of one of now or within hours
	confirms float32         // the chance from which the scorer may raise an emergency when this rule holds; 0: it may not
}

func noOutcome() outcome {
	return outcome{picks: [headCount]int8{unknownLabel, unknownLabel, unknownLabel, unknownLabel}}
}

// calm tells whether the rule says that there is no danger.
func (o *outcome) calm() bool { return o.picks[dangerHead] == int8(book.None) }

// rule is a section of danger.md or another file of rules.
type rule struct {
	name   string
	file   string
	line   int
	out    outcome
	quotes []book.Sample
}

// rulebook is every rule, with its patterns indexed by a family or word that
// must be there. It is read-only after New.
type rulebook struct {
	rules    []rule
	patterns []pattern
	byFamily [][]int32 // by family: patterns that are tried when it is there
	byStem   [][]int32 // by stem: the same
}

// readRules reads pages of rules.
func readRules(words *wordsReader, pages []*book.Page) *rulebook {
	b := &rulebook{}
	for _, page := range pages {
		for _, section := range page.Sections {
			if section.Level == 2 {
				b.section(words, page, section)
			}
		}
	}
	return b
}

func (b *rulebook) section(words *wordsReader, page *book.Page, section book.Section) {
	out, ok := readOutcome(words, page, section)
	if !ok {
		return
	}
	n := int16(len(b.rules))
	b.rules = append(b.rules, rule{name: section.Heading, file: page.File, line: section.Line, out: out, quotes: section.Quotes})
	if len(section.Items) == 0 {
		words.wrong(page.File, section.Line, fmt.Sprintf("rule %q has no patterns", section.Heading), "add a list of patterns under it")
	}
	for _, item := range section.Items {
		r := patternReader{words: words, file: page.File, line: item.Line}
		p, err := r.read(item.Text)
		if err != nil {
			words.wrong(page.File, item.Line, fmt.Sprintf("pattern %q: %v", item.Text, err), "see \"A danger rule\" in content/README.md")
			continue
		}
		p.rule = n
		b.patterns = append(b.patterns, p)
	}
}

// readOutcome reads "danger: urgent, topic: grooming".
func readOutcome(words *wordsReader, page *book.Page, section book.Section) (outcome, bool) {
	out, said := noOutcome(), false
	for _, text := range section.Text {
		for _, part := range strings.Split(strings.Trim(text.Text, ". "), ",") {
			key, value, ok := strings.Cut(part, ":")
			if !ok || !out.set(strings.TrimSpace(key), strings.TrimSpace(value)) {
				words.wrong(page.File, text.Line, fmt.Sprintf("%q is no outcome", strings.TrimSpace(part)), "write for example `danger: urgent, topic: grooming`, with the words of the labels page")
				return out, false
			}
			said = true
		}
	}
	if !said {
		words.wrong(page.File, section.Line, fmt.Sprintf("rule %q has no outcome", section.Heading), "add a line such as `danger: urgent, topic: grooming` under the heading")
	}
	return out, said
}

// set takes one label in; false when the word is not known.
func (o *outcome) set(key, value string) bool {
	switch key {
	case "denial":
		o.denial = value == "yes"
		return o.denial
	case "hastens":
		o.hastens = value == "yes"
		return o.hastens
	case "confirms":
		o.confirms = confirming()[value]
		return o.confirms > 0
	}
	for i, h := range heads() {
		if h.name == key {
			o.picks[i] = int8(slices.Index(h.values, value))
			return o.picks[i] >= 0
		}
	}
	return false
}

// confirming gives the words behind `confirms:`, with the chance of an emergency
// that the scorer must see beside them.
func confirming() map[string]float32 {
	return map[string]float32{"emergency": 0.01, "sure emergency": 0.5}
}

// index notes under which family or word each pattern is tried.
func (b *rulebook) index(x *lexicon) {
	common := x.familySizes()
	b.byFamily, b.byStem = make([][]int32, len(x.families)), make([][]int32, len(x.stemText))
	for n := range b.patterns {
		p := &b.patterns[n]
		anchor := int16(-1)
		for _, f := range p.needs {
			if anchor < 0 || common[f] < common[anchor] {
				anchor = f
			}
		}
		if anchor >= 0 {
			b.byFamily[anchor] = append(b.byFamily[anchor], int32(n))
			continue
		}
		for _, a := range p.shortest().any {
			if a.family >= 0 {
				b.byFamily[a.family] = append(b.byFamily[a.family], int32(n))
			} else {
				b.byStem[a.stem] = append(b.byStem[a.stem], int32(n))
			}
		}
	}
}

// shortest gives the element with the fewest alternatives.
func (p *pattern) shortest() *element {
	var best *element
	for _, s := range p.sides {
		for _, c := range s {
			for i := range c {
				if best == nil || len(c[i].any) < len(best.any) {
					best = &c[i]
				}
			}
		}
	}
	return best
}
