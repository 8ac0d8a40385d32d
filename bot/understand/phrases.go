package understand

// phrases finds expressions of several words, such as "niet meer leven". Words
// meet by their stem.
type phrases struct {
	next  map[uint64]int32 // node and stem to node
	index *table           // the same, for reading
	ends  [][]int16        // by node: the families that a phrase ending here belongs to
	first []bool           // by stem: begins a phrase
}

func newPhrases() phrases {
	return phrases{next: map[uint64]int32{}, ends: [][]int16{nil}}
}

func phraseKey(node, stem int32) uint64 { return uint64(node)<<32 | uint64(uint32(stem)) }

// add notes a phrase of a family.
func (p *phrases) add(stems []int32, f int16) {
	for int(stems[0]) >= len(p.first) {
		p.first = append(p.first, false)
	}
	p.first[stems[0]] = true
	node := int32(0)
	for _, s := range stems {
		k := phraseKey(node, s)
		to, ok := p.next[k]
		if !ok {
			to = int32(len(p.ends))
			p.ends = append(p.ends, nil)
			p.next[k] = to
		}
		node = to
	}
	p.ends[node] = join(p.ends[node], []int16{f})
}

// settle makes what was added ready for reading.
func (p *phrases) settle() {
	p.index = newTable(len(p.next))
	for k, node := range p.next {
		p.index.put(k, node)
	}
}

// after is the node behind another; -1 when no phrase goes on so.
func (p *phrases) after(node, stem int32) int32 {
	if stem == 0 {
		return -1 // a word that nobody knows
	}
	return p.index.find(phraseKey(node, stem))
}

// begins tells whether a phrase begins with this stem.
func (p *phrases) begins(stem int32) bool {
	return int(stem) < len(p.first) && p.first[stem]
}
