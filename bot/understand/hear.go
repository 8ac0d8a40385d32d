package understand

import "strings"

// hear notes the words of labelled messages, works out the families of every
// word, and then knows which words slips may stand for. A word that was seen
// once and is one slip away from a family's word is taken for that slip.
func (x *lexicon) hear(messages []heard) {
	counts := map[string]int32{}
	var order []string
	var s scan
	for i := range messages {
		x.fold.cut(messages[i].text, &s)
		for _, p := range s.pieces {
			if p.kind == numberPiece {
				continue
			}
			w := string(s.text[p.from:p.to])
			if id, ok := x.words[w]; !ok || x.expand[id] == nil {
				w = strings.ReplaceAll(w, "'", "")
			}
			if counts[w] == 0 {
				order = append(order, w)
			}
			counts[w]++
		}
	}
	x.settle()
	x.typos = x.slipsFor(counts)
	for _, w := range order {
		if _, known := x.words[w]; known || counts[w] == 1 && (x.typos.near(w) != 0 || stretched(w)) {
			continue
		}
		x.word(w)
	}
	x.settle()
	x.typos = x.slipsFor(counts)
}

// slipsFor indexes the words that slips may stand for: those of families, and
// those that were heard more than twice.
func (x *lexicon) slipsFor(counts map[string]int32) typos {
	t := newTypos()
	for id := 1; id < len(x.text); id++ {
		w := x.text[id]
		if x.expand[id] == nil && (len(x.wordFams[id]) > 0 || len(x.stemFams[x.stemOf[id]]) > 0 || counts[w] > 2) {
			t.add(w, int32(id), counts[w])
		}
	}
	return t
}

// stretched tells whether a letter stands three times in a row.
func stretched[T string | []byte](w T) bool {
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] {
			return true
		}
	}
	return false
}

// familySizes counts the words of each family, as a measure of how often it
// will be found.
func (x *lexicon) familySizes() []int {
	out := make([]int, len(x.families))
	for _, fams := range x.members {
		for _, f := range fams {
			out[f]++
		}
	}
	for _, f := range []int16{x.known.number, x.known.minor, x.known.adult, x.known.money, x.known.clock} {
		out[f] = 5
	}
	return out
}
