package understand

import (
	"fmt"
	"strings"
)

// atom is one word or family of a pattern.
type atom struct {
	family int16 // -1: a word
	stem   int32
}

// element is a place in a pattern: one atom, or one of several.
type element struct {
	any []atom
	gap bool // words may stand between this element and the one before
}

// chain is elements in order, in one sentence.
type chain []element

// side is chains that all stand in one sentence.
type side []chain

// pattern is what a line of a rule says: sides that all stand in the message,
// unless one of the exceptions does.
type pattern struct {
	sides  []side
	unless []side
	rule   int16
	line   int32
	needs  []int16 // families that must be present
	text   string
}

// patternReader reads the lines of rules.
type patternReader struct {
	words *wordsReader
	file  string
	line  int
}

// read reads `{a} … {b} + {c} & {d} unless {e}, {f}`.
func (r *patternReader) read(text string) (pattern, error) {
	main, exceptions, _ := strings.Cut(" "+text+" ", " unless ")
	p := pattern{line: int32(r.line), text: text}
	for _, part := range strings.Split(main, "&") {
		s, err := r.side(part)
		if err != nil {
			return p, err
		}
		p.sides = append(p.sides, s)
	}
	if strings.TrimSpace(exceptions) != "" {
		for _, part := range strings.Split(exceptions, ",") {
			s, err := r.side(part)
			if err != nil {
				return p, err
			}
			p.unless = append(p.unless, s)
		}
	}
	p.needs = needs(p.sides)
	return p, nil
}

func (r *patternReader) side(text string) (side, error) {
	var s side
	for _, part := range strings.Split(text, "+") {
		c, err := r.chain(part)
		if err != nil {
			return nil, err
		}
		s = append(s, c)
	}
	return s, nil
}

func (r *patternReader) chain(text string) (chain, error) {
	text = strings.ReplaceAll(text, "...", "…")
	var c chain
	for n, part := range strings.Split(text, "…") {
		elements, err := r.elements(part)
		if err != nil {
			return nil, err
		}
		if len(elements) == 0 {
			return nil, fmt.Errorf("nothing stands on one side of a sign (… + & unless)")
		}
		elements[0].gap = n > 0
		c = append(c, elements...)
	}
	return c, nil
}

// elements reads words and families that follow each other at once; with a
// slash between them, one of them is enough.
func (r *patternReader) elements(text string) ([]element, error) {
	var out []element
	or := false
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		if text[0] == '/' {
			if len(out) == 0 || or {
				return nil, fmt.Errorf("a / without a word on both sides")
			}
			or, text = true, text[1:]
			continue
		}
		atoms, rest, err := r.atom(text)
		if err != nil {
			return nil, err
		}
		text = rest
		if or {
			last := &out[len(out)-1]
			last.any = append(last.any, atoms...)
			or = false
			continue
		}
		for _, a := range atoms {
			out = append(out, element{any: []atom{a}})
		}
	}
	if or {
		return nil, fmt.Errorf("a / without a word on both sides")
	}
	return out, nil
}

// atom reads one {family} or word from the front of a text.
func (r *patternReader) atom(text string) ([]atom, string, error) {
	if text[0] == '{' {
		name, rest, ok := strings.Cut(text[1:], "}")
		if !ok {
			return nil, "", fmt.Errorf("a { without }")
		}
		name = strings.ToLower(strings.TrimSpace(name))
		id := r.words.x.familyID(name)
		r.words.asked = append(r.words.asked, mention{name, r.file, r.line})
		return []atom{{family: id}}, rest, nil
	}
	end := strings.IndexAny(text, " /{")
	if end < 0 {
		end = len(text)
	}
	var atoms []atom
	for _, stem := range r.words.stems(text[:end]) {
		atoms = append(atoms, atom{family: -1, stem: stem})
	}
	if len(atoms) == 0 {
		return nil, "", fmt.Errorf("%q is no word", text[:end])
	}
	return atoms, text[end:], nil
}

// needs lists the families without which a pattern cannot match.
func needs(sides []side) []int16 {
	var out []int16
	for _, s := range sides {
		for _, c := range s {
			for _, e := range c {
				if len(e.any) == 1 && e.any[0].family >= 0 {
					out = join(out, []int16{e.any[0].family})
				}
			}
		}
	}
	return out
}
