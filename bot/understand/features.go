package understand

// kinds of features: what the scorer looks at. A feature is a kind with two
// numbers (stems, families or rules), packed into one.
const (
	stemFeature   uint64 = iota + 1 // a word
	stemsFeature                    // two words side by side
	skipFeature                     // two words with one between them
	familyFeature                   // a family, or a negated one
	pairFeature                     // two families, in this order, in one sentence
	mixFeature                      // a word and a family side by side
	ruleFeature                     // a rule that holds
	styleFeature                    // how it is written
	acrossFeature                   // two families anywhere in the message
	gramFeature                     // four letters
)

func feature(kind, a, b uint64) uint64 { return kind<<58 | a<<29 | b }

// Ways of writing that tell who writes.
const (
	styleFull uint64 = iota + 1
	styleCapital
	styleQuestion
	styleLong
	styleShort
	styleOne
	styleSentences
	styleEmoji
	styleShout
)

// features lists what the scorer looks at in a reading; some may come twice.
func (x *lexicon) features(r *reading, fired []firing, out []uint64) []uint64 {
	out = out[:0]
	out = r.wordFeatures(out)
	out = r.familyFeatures(out)
	if envi("ROLEP", 0) > 0 {
		out = x.whoDoesWhat(r, out)
	}
	out = r.styleFeatures(out)
	if n := envi("PRE", 4); n > 0 {
		out = r.prefixes(out, n)
	}
	if n := envi("PRE2", 0); n > 0 {
		out = r.prefixes(out, n)
	}
	if envi("GRAM", 0) > 0 {
		out = r.grams(out)
	}
	for _, f := range fired {
		out = append(out, feature(ruleFeature, uint64(f.rule), 0))
	}
	return out
}

func (r *reading) wordFeatures(out []uint64) []uint64 {
	one, two := uint64(0), uint64(0)
	for i := range r.tokens {
		s := uint64(r.tokens[i].stem)
		if s == 0 {
			one, two = 0, one
			continue
		}
		out = append(out, feature(stemFeature, s, 0))
		if one != 0 {
			out = append(out, feature(stemsFeature, one, s))
		}
		if two != 0 {
			out = append(out, feature(skipFeature, two, s))
		}
		one, two = s, one
	}
	return out
}

// The farthest that two families of a pair stand apart, and how many marks of
// a message make pairs.
const (
	pairReach = 8
	maxMarks  = 160
)

func (r *reading) familyFeatures(out []uint64) []uint64 {
	for i := range r.marks {
		if i == maxMarks {
			break
		}
		m := &r.marks[i]
		a := r.familyKey(m)
		out = append(out, feature(familyFeature, a, 0))
		if envi("PAIR", 0) == 0 {
			continue
		}
		for j := range r.marks {
			n := &r.marks[j]
			if n.first > m.last && int(n.first-m.last) <= pairReach && r.tokens[n.first].sentence == r.tokens[m.first].sentence {
				if envi("PAIR", 0) == 2 {
					b := r.familyKey(n)
					out = append(out, feature(pairFeature, min(a, b), max(a, b)))
				} else {
					out = append(out, feature(pairFeature, a, r.familyKey(n)))
				}
			}
		}
	}
	return out
}

// familyKey is the family's number, apart for a negated one.
func (r *reading) familyKey(m *mark) uint64 {
	k := uint64(m.family) * 2
	if r.tokens[m.first].negated && m.first == m.last {
		k++
	}
	return k
}

func (r *reading) styleFeatures(out []uint64) []uint64 {
	add := func(holds bool, style uint64) {
		if holds {
			out = append(out, feature(styleFeature, style, 0))
		}
	}
	n := len(r.tokens)
	add(r.scan.full, styleFull)
	add(r.scan.capital, styleCapital)
	add(r.scan.questions > 0, styleQuestion)
	add(n > 25, styleLong)
	add(n < 6, styleShort)
	add(n == 1, styleOne)
	add(n > 0 && r.tokens[n-1].sentence > 0, styleSentences)
	return out
}

func (r *reading) prefixes(out []uint64, n int) []uint64 {
	for i := range r.tokens {
		p := r.scan.pieces[r.tokens[i].piece]
		w := r.scan.text[p.from:p.to]
		if len(w) > n {
			w = w[:n]
		}
		h := uint64(n)
		for _, c := range w {
			h = h*131 + uint64(c)
		}
		out = append(out, feature(gramFeature, h&(1<<29-1), 1))
	}
	return out
}

func (r *reading) grams(out []uint64) []uint64 {
	n := envi("GRAM", 4)
	for i := range r.tokens {
		p := r.scan.pieces[r.tokens[i].piece]
		w := "^" + string(r.scan.text[p.from:p.to]) + "$"
		for j := 0; j+n <= len(w); j++ {
			h := uint64(0)
			for _, c := range []byte(w[j : j+n]) {
				h = h*131 + uint64(c)
			}
			out = append(out, feature(gramFeature, h&(1<<29-1), 0))
		}
	}
	return out
}

func (x *lexicon) whoDoesWhat(r *reading, out []uint64) []uint64 {
	mode := envi("ROLEP", 0)
	for i := range r.marks {
		if i == maxMarks {
			break
		}
		m := &r.marks[i]
		g := x.families[m.family].group
		if g != acts && g != feelings {
			continue
		}
		best := [2]int{99, 99}
		var who [2]uint64
		for j := range r.marks {
			n := &r.marks[j]
			if r.tokens[n.first].sentence != r.tokens[m.first].sentence || i == j {
				continue
			}
			switch x.families[n.family].group {
			case people:
				d := int(m.first - n.last)
				if d > 0 && d <= 5 && d <= best[0] {
					if d < best[0] {
						who[0] = 0
					}
					best[0] = d
					out = append(out, feature(pairFeature, r.familyKey(n), r.familyKey(m)))
				}
				d = int(n.first - m.last)
				if mode&2 != 0 && d > 0 && d <= 3 {
					out = append(out, feature(acrossFeature, r.familyKey(m), r.familyKey(n)))
				}
			case things:
				d := int(n.first - m.last)
				if mode&4 != 0 && d > -7 && d < 7 {
					out = append(out, feature(pairFeature, r.familyKey(m), r.familyKey(n)))
				}
			case times:
				if mode&8 != 0 {
					out = append(out, feature(pairFeature, r.familyKey(m), r.familyKey(n)))
				}
			}
		}
	}
	return out
}
