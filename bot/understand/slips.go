package understand

import "bytes"

// Words that needed the slow way are at most so many a message, so that
// hostile text stays cheap.
const maxSlow = 60

// unknown makes a token of a typed word that is not in the lexicon as it
// stands: without apostrophes, with fewer letters in a row, by its stem, as a
// compound, and last as a slip of the keyboard.
func (x *lexicon) unknown(r *reading, i int, typed []byte) {
	if r.scan.pieces[i].kind == emojiPiece {
		x.push(r, i, token{value: -1}, nil)
		return
	}
	r.slow++
	if r.slow > maxSlow {
		x.push(r, i, token{value: -1}, nil)
		return
	}
	plain := x.withoutApostrophes(r, typed)
	if id := x.find(plain); id != 0 {
		x.pushWord(r, i, id)
		return
	}
	for most := 2; most > 0 && stretched(plain); most-- {
		short := squeeze(plain, most, r)
		if id := x.find(short); id != 0 {
			x.pushWord(r, i, id)
			return
		}
		if most == 1 {
			plain = short
		}
	}
	x.byForm(r, i, string(plain))
}

// withoutApostrophes copies a word into r.edit, without apostrophes and with
// digits read as letters where letters stand beside them.
func (x *lexicon) withoutApostrophes(r *reading, typed []byte) []byte {
	r.edit = r.edit[:0]
	for _, c := range typed {
		if c == '\'' {
			continue
		}
		if at := bytes.IndexByte(leetDigits, c); at >= 0 && len(typed) > 2 {
			c = leetLetters[at]
		}
		r.edit = append(r.edit, c)
	}
	return r.edit
}

var leetDigits, leetLetters = []byte("01345"), []byte("oieas")

// squeeze leaves at most so many equal letters in a row.
func squeeze(w []byte, most int, r *reading) []byte {
	r.short = r.short[:0]
	run := 0
	for i, c := range w {
		if i > 0 && c == w[i-1] {
			run++
		} else {
			run = 1
		}
		if run <= most {
			r.short = append(r.short, c)
		}
	}
	return r.short
}

// byForm makes a token by stem, parts or nearness.
func (x *lexicon) byForm(r *reading, i int, w string) {
	if s, ok := x.stems[x.stem(w)]; ok {
		x.push(r, i, token{stem: s, value: -1}, x.stemFams[s])
		return
	}
	if left, right, ok := x.split(w); ok {
		x.push(r, i, token{word: 0, stem: x.stemOf[right], value: -1}, join(x.members[left], x.members[right]))
		return
	}
	if id := x.typos.near(w); id != 0 {
		x.pushWord(r, i, id)
		return
	}
	x.push(r, i, token{value: -1}, nil)
}
