package understand

import (
	"math"
	"slices"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Limits of one look-up among the samples, so that its cost does not grow with
// their number.
const (
	maxSteps    = 5   // guesses that are handed out
	maxPostings = 48  // samples that are kept for one word or family
	maxLookups  = 400 // samples that are weighed for one message
)

// sampleRef is one sample of a step.
type sampleRef struct {
	step  int32
	text  string
	file  string
	line  int
	norm  float32
	whole uint64 // its words in order, as one number
}

// posting is a sample in which a word or family stands.
type posting struct {
	sample int32
	weight float32
}

// stepIndex finds the samples that a message comes closest to.
type stepIndex struct {
	steps    []*book.Step
	samples  []sampleRef
	exact    map[uint64]int32 // whole to sample
	rarity   map[uint64]float32
	postings map[uint64][]posting
}

// found is what the index is asked to remember while it weighs one message.
type weighing struct {
	score map[int32]float32
	terms []term
	best  []Match
}

type term struct {
	key    uint64
	weight float32
}

// whole packs the words of a reading, in order, into one number.
func (r *reading) whole() uint64 {
	h := uint64(14695981039346656037)
	for i := range r.tokens {
		t := &r.tokens[i]
		v := uint64(t.stem)
		if t.value >= 0 {
			v = uint64(t.value) | 1<<40
		} else if t.stem == 0 {
			p := r.scan.pieces[t.piece]
			for _, c := range r.scan.text[p.from:p.to] {
				v = v*131 + uint64(c)
			}
		}
		h = (h ^ v) * 1099511628211
	}
	return h
}

// terms lists the words and families of a reading, each once.
func (r *reading) terms(out []term) []term {
	out = out[:0]
	add := func(k uint64) {
		for i := range out {
			if out[i].key == k {
				return
			}
		}
		out = append(out, term{key: k})
	}
	last := uint64(0)
	for i := range r.tokens {
		s := uint64(r.tokens[i].stem)
		if s != 0 && len(out) < 80 {
			add(feature(stemFeature, s, 0))
			if last != 0 {
				add(feature(stemsFeature, last, s))
			}
		}
		last = s
	}
	for i := range r.marks {
		if len(out) < 120 {
			add(feature(familyFeature, uint64(r.marks[i].family), 0))
		}
	}
	return out
}

// newStepIndex reads every sample of the volume.
func newStepIndex(v *book.Volume, x *lexicon) *stepIndex {
	ix := &stepIndex{exact: map[uint64]int32{}, rarity: map[uint64]float32{}, postings: map[uint64][]posting{}}
	var r reading
	var all [][]term
	counts := map[uint64]int{}
	for _, step := range v.Order {
		ix.steps = append(ix.steps, step)
		for _, s := range step.Samples {
			x.read(s.Text, &r)
			whole := r.whole()
			if _, taken := ix.exact[whole]; !taken {
				ix.exact[whole] = int32(len(ix.samples))
			}
			ix.samples = append(ix.samples, sampleRef{step: int32(len(ix.steps) - 1), text: s.Text, file: step.File, line: s.Line, whole: whole})
			terms := slices.Clone(r.terms(nil))
			for _, t := range terms {
				counts[t.key]++
			}
			all = append(all, terms)
		}
	}
	for k, n := range counts {
		ix.rarity[k] = rarity(k, n, len(all))
	}
	ix.post(all)
	return ix
}

// rarity weighs a term: rare ones count, families more than words.
func rarity(k uint64, n, of int) float32 {
	w := float32(math.Log(1 + float64(of)/float64(n)))
	switch k >> 58 {
	case stemsFeature:
		w *= 0.5
	case familyFeature:
		w *= 0.8
	}
	return w
}

// post fills the lists, keeping for each term the samples in which it weighs most.
func (ix *stepIndex) post(all [][]term) {
	for n, terms := range all {
		sum := float32(0)
		for _, t := range terms {
			w := ix.rarity[t.key]
			sum += w * w
		}
		norm := float32(math.Sqrt(float64(sum)))
		ix.samples[n].norm = norm
		for _, t := range terms {
			ix.postings[t.key] = append(ix.postings[t.key], posting{int32(n), ix.rarity[t.key] / norm})
		}
	}
	for k, list := range ix.postings {
		if len(list) > maxPostings {
			slices.SortStableFunc(list, func(a, b posting) int {
				switch {
				case a.weight > b.weight:
					return -1
				case a.weight < b.weight:
					return 1
				}
				return 0
			})
			ix.postings[k] = slices.Clip(list[:maxPostings])
		}
	}
}

// closest fills w.best with the steps whose samples come closest.
func (ix *stepIndex) closest(r *reading, w *weighing) {
	w.best = w.best[:0]
	if n, ok := ix.exact[r.whole()]; ok {
		w.best = append(w.best, ix.match(n, 1))
	}
	w.terms = r.terms(w.terms)
	sum := float32(0)
	for i := range w.terms {
		t := &w.terms[i]
		t.weight = ix.rarity[t.key]
		sum += t.weight * t.weight
	}
	if sum == 0 {
		return
	}
	slices.SortFunc(w.terms, func(a, b term) int {
		switch {
		case a.weight > b.weight || a.weight == b.weight && a.key < b.key:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	norm := float32(math.Sqrt(float64(sum)))
	clear(w.score)
	looked := 0
	for _, t := range w.terms {
		if t.weight == 0 || looked > maxLookups {
			break
		}
		for _, p := range ix.postings[t.key] {
			w.score[p.sample] += p.weight * t.weight / norm
			looked++
		}
	}
	ix.pick(w)
}

func (ix *stepIndex) match(n int32, score float64) Match {
	s := &ix.samples[n]
	return Match{Step: ix.steps[s.step].ID, Score: score, Sample: s.text, File: s.file, Line: s.line}
}

// pick keeps the best sample of each of the best steps.
func (ix *stepIndex) pick(w *weighing) {
	for n, score := range w.score {
		ix.insert(w, n, min(float64(score), 0.99))
	}
}

// insert puts a sample in its place among the best, one for a step.
func (ix *stepIndex) insert(w *weighing, n int32, score float64) {
	s := &ix.samples[n]
	id := ix.steps[s.step].ID
	for i := range w.best {
		if w.best[i].Step == id {
			if !better(score, s, w.best[i]) {
				return
			}
			w.best = slices.Delete(w.best, i, i+1)
			break
		}
	}
	at := len(w.best)
	for at > 0 && better(score, s, w.best[at-1]) {
		at--
	}
	if at >= maxSteps {
		return
	}
	w.best = slices.Insert(w.best, at, ix.match(n, score))
	w.best = w.best[:min(len(w.best), maxSteps)]
}

// better gives a fixed order, also among equals.
func better(score float64, s *sampleRef, than Match) bool {
	if score != than.Score {
		return score > than.Score
	}
	if s.file != than.File {
		return s.file < than.File
	}
	return s.line < than.Line
}
