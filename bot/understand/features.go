package understand

// Kinds of features: what the scorer looks at. A feature is a kind with two
// numbers (stems, families or rules), packed into one.
const (
	stemFeature   uint64 = iota + 1 // a word
	stemsFeature                    // two words side by side
	skipFeature                     // two words with one between them
	prefixFeature                   // how a word begins
	familyFeature                   // a family, or a negated one
	ruleFeature                     // a rule that holds
	styleFeature                    // how it is written
	edgeFeature                     // the word that a message or its last sentence begins or ends with
)

func feature(kind, a, b uint64) uint64 { return kind<<58 | a<<29 | b }

// split takes a feature apart again.
func split(f uint64) (kind, a, b uint64) { return f >> 58, f >> 29 & (1<<29 - 1), f & (1<<29 - 1) }

// worth is how much a feature of a kind counts beside a word.
func worth(kind uint64) float32 {
	switch kind {
	case stemsFeature, skipFeature, prefixFeature:
		return 0.7
	case familyFeature:
		return 1.3
	}
	return 1
}

// Ways of writing that tell who writes.
const (
	styleFull uint64 = iota
	styleCapital
	styleQuestion
	styleLong
	styleShort
	styleOne
	styleSentences
)

func styleNames() []string {
	return []string{"a full sentence", "a capital", "a question mark", "a long message", "a short message", "one word", "several sentences"}
}

// Most features of one message; what comes after says little new.
const maxFeatures = 1500

// features lists what the scorer looks at in a reading; some may come twice.
func (r *reading) features(fired []firing, out []uint64) []uint64 {
	out = r.edgeFeatures(r.styleFeatures(out[:0]))
	for _, f := range fired {
		out = append(out, feature(ruleFeature, uint64(f.rule), 0))
	}
	for i := range r.marks {
		out = append(out, feature(familyFeature, r.familyKey(&r.marks[i]), 0))
	}
	out = r.wordFeatures(out)
	return out[:min(len(out), maxFeatures)]
}

// wordFeatures lists words, beginnings of words and words side by side.
func (r *reading) wordFeatures(out []uint64) []uint64 {
	one, two := uint64(0), uint64(0)
	for i := range r.tokens {
		if p := r.tokens[i].prefix; p != 0 {
			out = append(out, feature(prefixFeature, uint64(p), 0))
		}
		s := uint64(r.tokens[i].stem)
		if s != 0 {
			out = append(out, feature(stemFeature, s, 0))
			if one != 0 {
				out = append(out, feature(stemsFeature, one, s))
			}
			if two != 0 {
				out = append(out, feature(skipFeature, two, s))
			}
		}
		one, two = s, one
	}
	return out
}

// Edges of a message.
const (
	edgeFirst uint64 = iota // its first word
	edgeTurn                // the first word of its last sentence
	edgeLast                // its last word
)

// edgeFeatures lists the words at the edges, which tell a question from a story.
func (r *reading) edgeFeatures(out []uint64) []uint64 {
	n := len(r.tokens)
	if n == 0 {
		return out
	}
	turn := n - 1
	for turn > 0 && r.tokens[turn-1].sentence == r.tokens[n-1].sentence {
		turn--
	}
	for edge, i := range [...]int{edgeFirst: 0, edgeTurn: turn, edgeLast: n - 1} {
		if s := uint64(r.tokens[i].stem); s != 0 {
			out = append(out, feature(edgeFeature, s, uint64(edge)))
		}
	}
	return out
}

// familyKey is the family's number, another one when it is negated.
func (r *reading) familyKey(m *mark) uint64 {
	k := uint64(m.family) * 2
	if m.first == m.last && r.tokens[m.first].negated {
		k++
	}
	return k
}

func (r *reading) styleFeatures(out []uint64) []uint64 {
	n := len(r.tokens)
	for style, holds := range [...]bool{
		styleFull: r.scan.full, styleCapital: r.scan.capital, styleQuestion: r.scan.questions > 0,
		styleLong: n > 25, styleShort: n < 6, styleOne: n == 1, styleSentences: n > 0 && r.tokens[n-1].sentence > 0,
	} {
		if holds {
			out = append(out, feature(styleFeature, uint64(style), 0))
		}
	}
	return out
}
