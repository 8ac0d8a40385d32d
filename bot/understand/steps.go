package understand

import (
	"cmp"
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
	text string
	file string
	line int
}

// posting is a sample in which a word or family stands.
type posting struct {
	sample int32
	weight float32
}

// stepIndex finds the samples that a message comes closest to. It is read-only
// after newStepIndex.
type stepIndex struct {
	steps   []*book.Step
	samples []sampleRef
	stepOf  []int32          // by sample
	exact   map[uint64]int32 // whole to sample
	index   *table           // term to its place in terms
	terms   []indexed
	all     []posting // of all terms, one behind the other
}

// indexed is a term of the samples: how rare it is, and where its postings are.
type indexed struct {
	rarity   float32
	from, to int32
}

// weighing is what the index remembers while it weighs one message.
type weighing struct {
	sums    []float32 // by sample
	touched []int32   // samples with a sum
	terms   []term
	best    []candidate
	reached uint64 // of what was only touched, so that it is
}

// candidate is the best sample of a step.
type candidate struct {
	step, sample int32
	score        float64
}

// term is a word, two words or a family of a message.
type term struct {
	key    uint64
	weight float32
	at     int32 // place in the index
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

// Most terms of one message.
const maxTerms = 120

// listTerms lists the words and families of a reading; some may come twice.
func (r *reading) listTerms(out []term) []term {
	out = out[:0]
	last := uint64(0)
	for i := range r.tokens {
		s := uint64(r.tokens[i].stem)
		if s != 0 {
			out = append(out, term{key: feature(stemFeature, s, 0)})
			if last != 0 {
				out = append(out, term{key: feature(stemsFeature, last, s)})
			}
		}
		last = s
	}
	for i := range r.marks {
		out = append(out, term{key: feature(familyFeature, uint64(r.marks[i].family), 0)})
	}
	return out
}

// once sorts terms by key and keeps each once.
func once(terms []term) []term {
	slices.SortFunc(terms, func(a, b term) int { return cmp.Compare(a.key, b.key) })
	return slices.CompactFunc(terms, func(a, b term) bool { return a.key == b.key })
}

// newStepIndex reads every sample of the volume.
func newStepIndex(v *book.Volume, x *lexicon) *stepIndex {
	ix := &stepIndex{exact: map[uint64]int32{}}
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
			ix.samples = append(ix.samples, sampleRef{text: s.Text, file: step.File, line: s.Line})
			ix.stepOf = append(ix.stepOf, int32(len(ix.steps)-1))
			terms := once(r.listTerms(nil))
			for _, t := range terms {
				counts[t.key]++
			}
			all = append(all, terms)
		}
	}
	ix.weigh(counts, len(all))
	ix.post(all)
	return ix
}

// weigh gives every term its weight: rare ones count more.
func (ix *stepIndex) weigh(counts map[uint64]int, samples int) {
	ix.index = newTable(len(counts))
	keys := make([]uint64, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for n, k := range keys {
		ix.index.put(k, int32(n))
		ix.terms = append(ix.terms, indexed{rarity: rarity(k, counts[k], samples)})
	}
}

// rarity weighs a term; single words count most.
func rarity(k uint64, n, of int) float32 {
	w := float32(math.Log(1 + float64(of)/float64(n)))
	switch kind, _, _ := split(k); kind {
	case stemsFeature:
		w *= 0.5
	case familyFeature:
		w *= 0.8
	}
	return w
}

// post fills the lists, keeping for each term the samples in which it weighs most.
func (ix *stepIndex) post(all [][]term) {
	lists := make([][]posting, len(ix.terms))
	for n, terms := range all {
		sum := float32(0)
		for i := range terms {
			terms[i].at = ix.index.find(terms[i].key)
			w := ix.terms[terms[i].at].rarity
			sum += w * w
		}
		norm := root(sum)
		for _, t := range terms {
			lists[t.at] = append(lists[t.at], posting{int32(n), ix.terms[t.at].rarity / norm})
		}
	}
	for at, list := range lists {
		if len(list) > maxPostings {
			slices.SortStableFunc(list, func(a, b posting) int { return cmp.Compare(b.weight, a.weight) })
			list = list[:maxPostings]
		}
		ix.terms[at].from = int32(len(ix.all))
		ix.all = append(ix.all, list...)
		ix.terms[at].to = int32(len(ix.all))
	}
	ix.all = slices.Clip(ix.all)
}

// closest fills w.best with the steps whose samples come closest.
func (ix *stepIndex) closest(r *reading, w *weighing) {
	w.best = w.best[:0]
	if n, ok := ix.exact[r.whole()]; ok {
		w.best = append(w.best, candidate{ix.stepOf[n], n, 1})
	}
	w.terms = r.listTerms(w.terms)
	norm := ix.look(w)
	if norm == 0 {
		return
	}
	if len(w.sums) < len(ix.samples) {
		w.sums = make([]float32, len(ix.samples))
	}
	w.reached ^= ix.reach(w.terms)
	for i := range w.terms {
		share := w.terms[i].weight / norm
		for _, p := range ix.postings(w.terms[i]) {
			sum := w.sums[p.sample]
			if sum == 0 {
				w.touched = append(w.touched, p.sample)
			}
			w.sums[p.sample] = sum + p.weight*share
		}
	}
	ix.pick(w)
}

// reach touches the samples in which terms stand, like table.reach.
func (ix *stepIndex) reach(terms []term) (all uint64) {
	const line = 8 // postings
	for _, t := range terms {
		list := ix.postings(t)
		for at := 0; at < len(list); at += line {
			all ^= uint64(list[at].sample)
		}
	}
	return all
}

// postings are the samples in which a known term stands.
func (ix *stepIndex) postings(t term) []posting {
	known := &ix.terms[t.at]
	return ix.all[known.from:known.to]
}

// look finds the terms that the index knows, each once and the rarest first,
// and gives the length of the message as a vector.
func (ix *stepIndex) look(w *weighing) float32 {
	for _, t := range w.terms {
		w.reached ^= ix.index.reach(t.key)
	}
	known := w.terms[:0]
	for _, t := range w.terms {
		if t.at = ix.index.find(t.key); t.at >= 0 {
			t.weight = ix.terms[t.at].rarity
			known = append(known, t)
		}
	}
	slices.SortFunc(known, func(a, b term) int {
		if a.weight != b.weight {
			return cmp.Compare(b.weight, a.weight)
		}
		return cmp.Compare(a.key, b.key)
	})
	known = slices.CompactFunc(known, func(a, b term) bool { return a.key == b.key })
	sum := float32(0)
	for i := range known {
		sum += known[i].weight * known[i].weight
	}
	w.terms = ix.affordable(known[:min(len(known), maxTerms)])
	return root(sum)
}

// affordable leaves out the terms behind those that use up maxLookups.
func (ix *stepIndex) affordable(terms []term) []term {
	looked := 0
	for i, t := range terms {
		if looked > maxLookups {
			return terms[:i]
		}
		looked += len(ix.postings(t))
	}
	return terms
}

// matches gives what closest found, best first.
func (ix *stepIndex) matches(w *weighing) []Match {
	if len(w.best) == 0 {
		return nil
	}
	out := make([]Match, len(w.best))
	for i, c := range w.best {
		s := &ix.samples[c.sample]
		out[i] = Match{Step: ix.steps[c.step].ID, Score: c.score, Sample: s.text, File: s.file, Line: s.line}
	}
	return out
}

// pick keeps the best sample of each of the best steps, and forgets the sums.
func (ix *stepIndex) pick(w *weighing) {
	for _, n := range w.touched {
		score := min(float64(w.sums[n]), 0.99)
		w.sums[n] = 0
		if len(w.best) < maxSteps || score >= w.best[len(w.best)-1].score {
			ix.insert(w, candidate{ix.stepOf[n], n, score})
		}
	}
	w.touched = w.touched[:0]
}

// insert puts a sample in its place among the best, one for a step.
func (ix *stepIndex) insert(w *weighing, c candidate) {
	for i := range w.best {
		if w.best[i].step == c.step {
			if !ix.better(c, w.best[i]) {
				return
			}
			w.best = slices.Delete(w.best, i, i+1)
			break
		}
	}
	at := len(w.best)
	for at > 0 && ix.better(c, w.best[at-1]) {
		at--
	}
	if at >= maxSteps {
		return
	}
	w.best = slices.Insert(w.best, at, c)
	w.best = w.best[:min(len(w.best), maxSteps)]
}

// better gives a fixed order, also among equals.
func (ix *stepIndex) better(c, than candidate) bool {
	if c.score != than.score {
		return c.score > than.score
	}
	a, b := &ix.samples[c.sample], &ix.samples[than.sample]
	if a.file != b.file {
		return a.file < b.file
	}
	return a.line < b.line
}
