package understand

// The farthest that two elements with … between them may stand apart, in words.
const reach = 9

// The elements that rules may try in one message, so that hostile text stays
// cheap; an ordinary message needs some hundreds.
const maxEffort = 20_000

// firing is a rule that holds for a message, and the pattern that made it hold.
type firing struct {
	rule    int16
	pattern int32
}

// fire lists the rules that hold for a reading, each once.
func (b *rulebook) fire(r *reading, out []firing) []firing {
	out = out[:0]
	r.effort = maxEffort
	for _, f := range r.seen {
		for _, n := range b.byFamily[f] {
			out = b.try(r, n, out)
		}
	}
	for i := range r.tokens {
		if s := r.tokens[i].stem; s != 0 {
			for _, n := range b.byStem[s] {
				out = b.try(r, n, out)
			}
		}
	}
	return out
}

func (b *rulebook) try(r *reading, n int32, out []firing) []firing {
	p := &b.patterns[n]
	for _, f := range out {
		if f.rule == p.rule {
			return out
		}
	}
	for _, f := range p.needs {
		if !r.has(f) {
			return out
		}
	}
	if p.holds(r) {
		out = append(out, firing{p.rule, n})
	}
	return out
}

// holds tells whether a pattern stands in a reading.
func (p *pattern) holds(r *reading) bool {
	for _, s := range p.sides {
		if s.sentences(r) == 0 {
			return false
		}
	}
	for _, s := range p.unless {
		if s.sentences(r) != 0 {
			return false
		}
	}
	return true
}

// sentences gives the sentences, one bit each, in which all chains stand.
func (s side) sentences(r *reading) uint64 {
	all := ^uint64(0)
	for _, c := range s {
		if all &= c.sentences(r); all == 0 {
			return 0
		}
	}
	return all
}

// sentences gives the sentences, one bit each, in which a chain stands.
func (c chain) sentences(r *reading) uint64 {
	var found uint64
	for _, a := range c[0].any {
		if a.family < 0 {
			for i := range r.tokens {
				if r.tokens[i].stem == a.stem && c.from(r, 1, i) {
					found |= r.bit(i)
				}
			}
			continue
		}
		for m := r.head[a.family]; m >= 0; m = r.marks[m].next {
			if c.from(r, 1, int(r.marks[m].last)) {
				found |= r.bit(int(r.marks[m].first))
			}
		}
	}
	return found
}

func (r *reading) bit(token int) uint64 { return 1 << min(uint(r.tokens[token].sentence), 63) }

// from tells whether the chain goes on with element n behind the token last.
func (c chain) from(r *reading, n, last int) bool {
	if n == len(c) {
		return true
	}
	if r.effort--; r.effort < 0 {
		return false
	}
	for _, a := range c[n].any {
		if a.family < 0 {
			for j := last + 1; j < len(r.tokens) && r.near(last, j, c[n].gap); j++ {
				if r.tokens[j].stem == a.stem && c.from(r, n+1, j) {
					return true
				}
			}
			continue
		}
		for m := r.head[a.family]; m >= 0; m = r.marks[m].next {
			j := int(r.marks[m].first)
			if j > last && r.near(last, j, c[n].gap) && c.from(r, n+1, int(r.marks[m].last)) {
				return true
			}
		}
	}
	return false
}

// near tells whether a token is close enough behind another: with a gap up to
// reach words, else next to it but for fillers.
func (r *reading) near(last, j int, gap bool) bool {
	if r.tokens[j].sentence != r.tokens[last].sentence || j-last > reach {
		return false
	}
	if gap {
		return true
	}
	for k := last + 1; k < j; k++ {
		if !r.tokens[k].filler {
			return false
		}
	}
	return true
}
