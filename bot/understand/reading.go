package understand

// token is one word of a message, with what is known of it.
type token struct {
	word     int32 // 0: not known
	stem     int32 // 0: not known
	prefix   int32 // of what was typed; 0: not known
	value    int32 // of a number, else -1
	piece    int32 // in the scan
	sentence int16
	clause   int16
	negated  bool
	quoted   bool
	filler   bool
}

// mark is a family found in a message: from the token first to the token last.
type mark struct {
	family int16
	first  int16
	last   int16
	next   int16 // the next mark of the same family, or -1
}

// reading is a message as far as words and families go. It is used again for
// other messages.
type reading struct {
	scan   scan
	tokens []token
	marks  []mark
	head   []int16 // by family: its first mark, or -1
	tail   []int16 // by family: its last mark
	seen   []int16 // families that were found, in order of finding
	slow   int     // words that needed the slow way
	effort int     // what rules may still try
	edit   []byte  // for slow words
	short  []byte  // for stretched words
}

// read turns a text into tokens and marks.
func (x *lexicon) read(text string, r *reading) {
	r.reset(len(x.families))
	x.fold.cut(text, &r.scan)
	for i := range r.scan.pieces {
		x.take(r, i)
	}
	x.findPhrases(r)
	x.findSeparable(r)
	x.findNumbers(r)
	x.negate(r)
}

func (r *reading) reset(families int) {
	for _, f := range r.seen {
		r.head[f] = -1
	}
	for len(r.head) < families {
		r.head = append(r.head, -1)
		r.tail = append(r.tail, -1)
	}
	r.tokens, r.marks, r.seen, r.slow = r.tokens[:0], r.marks[:0], r.seen[:0], 0
}

// Most marks of one message.
const maxMarks = 2000

// add notes that a family stands at these tokens.
func (r *reading) add(f int16, first, last int) {
	if f < 0 || len(r.marks) >= maxMarks {
		return
	}
	at := int16(len(r.marks))
	if r.head[f] < 0 {
		r.head[f] = at
		r.seen = append(r.seen, f)
	} else {
		end := &r.marks[r.tail[f]]
		if end.first == int16(first) && end.last == int16(last) {
			return
		}
		end.next = at
	}
	r.tail[f] = at
	r.marks = append(r.marks, mark{family: f, first: int16(first), last: int16(last), next: -1})
}

// has tells whether a family stands anywhere in the message.
func (r *reading) has(f int16) bool { return f >= 0 && r.head[f] >= 0 }

// at tells whether a family stands at this token.
func (r *reading) at(f int16, i int) bool {
	if f < 0 {
		return false
	}
	for m := r.head[f]; m >= 0; m = r.marks[m].next {
		if int(r.marks[m].first) <= i && i <= int(r.marks[m].last) {
			return true
		}
	}
	return false
}

// take makes tokens of one piece.
func (x *lexicon) take(r *reading, i int) {
	p := r.scan.pieces[i]
	if p.kind == numberPiece {
		x.push(r, i, token{value: p.value}, nil)
		return
	}
	typed := r.scan.text[p.from:p.to]
	id := x.find(typed)
	if id != 0 && p.touches && len(typed) == 1 {
		e := &x.entries[id]
		x.push(r, i, token{word: id, stem: e.stem, prefix: e.prefix, value: -1}, e.families) // the m of 14m
		return
	}
	if id == 0 && typed[0] >= '1' && typed[0] <= '9' {
		x.push(r, i, token{value: int32(typed[0] - '0')}, nil)
		typed = typed[1:]
		id = x.find(typed)
	}
	if id == 0 {
		x.unknown(r, i, typed)
		return
	}
	x.pushWord(r, i, id)
}

// pushWord adds the token of a known word, or of the words that it stands for.
func (x *lexicon) pushWord(r *reading, i int, id int32) {
	e := &x.entries[id]
	if e.expand == nil {
		x.push(r, i, token{word: id, stem: e.stem, prefix: e.prefix, value: e.value}, e.families)
		return
	}
	for _, id := range e.expand {
		e := &x.entries[id]
		x.push(r, i, token{word: id, stem: e.stem, prefix: e.prefix, value: e.value}, e.families)
	}
}

func (x *lexicon) push(r *reading, i int, t token, fams []int16) {
	if len(r.tokens) >= maxPieces {
		return
	}
	p := r.scan.pieces[i]
	if t.word == 0 {
		t.prefix = x.prefixes[string(r.scan.text[p.from:min(p.to, p.from+prefixLetters)])]
	}
	t.piece, t.sentence, t.clause, t.quoted = int32(i), p.sentence, p.clause, p.quoted
	at := len(r.tokens)
	for _, f := range fams {
		r.add(f, at, at)
		if f == x.known.filler {
			t.filler = true
		}
	}
	r.tokens = append(r.tokens, t)
}

// findPhrases marks expressions of several words; fillers may stand in them.
func (x *lexicon) findPhrases(r *reading) {
	for i := range r.tokens {
		if !x.phrases.begins(r.tokens[i].stem) {
			continue
		}
		node := int32(0)
		for j := i; j < len(r.tokens) && j < i+12 && r.tokens[j].sentence == r.tokens[i].sentence; j++ {
			next := x.phrases.after(node, r.tokens[j].stem)
			if next < 0 {
				if r.tokens[j].filler && j > i {
					continue
				}
				break
			}
			node = next
			for _, f := range x.phrases.ends[node] {
				r.add(f, i, j)
			}
		}
	}
}

// findSeparable marks verbs whose first part stands apart: "stuur het door".
func (x *lexicon) findSeparable(r *reading) {
	for i := range r.tokens {
		list := x.apart[r.tokens[i].stem]
		if list == nil {
			continue
		}
		for j := i + 1; j < len(r.tokens) && j < i+9 && r.tokens[j].sentence == r.tokens[i].sentence; j++ {
			for _, s := range list {
				if s.particle == r.tokens[j].stem {
					r.add(s.family, i, j)
				}
			}
		}
	}
}

// negate notes which words a negation covers: those after it in its clause,
// and in Dutch the verb just before "niet".
func (x *lexicon) negate(r *reading) {
	if x.known.not < 0 {
		return
	}
	for m := r.head[x.known.not]; m >= 0; m = r.marks[m].next {
		first, last := int(r.marks[m].first), int(r.marks[m].last)
		for j := last + 1; j < len(r.tokens) && j <= last+5 && r.tokens[j].clause == r.tokens[last].clause; j++ {
			if r.at(x.known.before, j) {
				break
			}
			r.tokens[j].negated = true
		}
		if x.lang == "nl" {
			for j := first - 1; j >= 0 && j >= first-2 && r.tokens[j].clause == r.tokens[first].clause; j-- {
				r.tokens[j].negated = true
			}
		}
	}
}
