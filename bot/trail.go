package bot

import (
	"fmt"
	"slices"

	"github.com/praatpaal/praatpaal/bot/book"
)

// signLength is how many signs of base64 stand for a step in a trail: 30 bits.
const signLength = 5

// Trail lists steps in the order in which they came, the oldest first, each
// once. It is a short text of signs, which any node reads without the book: a
// conversation is stored at every turn, and the names of its steps were most
// of what was stored.
type Trail string

// sign is what stands for a step in a trail: the hash of its id by Fowler, Noll
// and Vo (FNV-1a, 32 bits) without its last two bits. The book has no two steps
// of one sign; see alike.
func sign(id string) (s [signLength]byte) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	h := uint32(2166136261)
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	for i := range s {
		s[i] = letters[h>>26]
		h <<= 6
	}
	return s
}

// when is the place of a step in the trail, -1 when it is not there.
func (t Trail) when(id string) int { return placeOf(sign(id), t) }

// placeOf is the place of a sign among others, -1 when it is not there.
func placeOf[T Trail | []byte](s [signLength]byte, in T) int {
	for n := range len(in) / signLength {
		if string(in[n*signLength:(n+1)*signLength]) == string(s[:]) {
			return n
		}
	}
	return -1
}

// at is the sign of the step in a place.
func (t Trail) at(n int) string { return string(t[n*signLength : (n+1)*signLength]) }

func (t Trail) has(id string) bool { return t.when(id) >= 0 }

// steps is how many steps there are in the trail.
func (t Trail) steps() int { return len(t) / signLength }

// last is the end of the trail: its newest n steps.
func (t Trail) last(n int) Trail {
	all := t.steps()
	return t[max(0, all-n)*signLength : all*signLength]
}

// endsAt tells whether a step is the newest.
func (t Trail) endsAt(id string) bool { return t.last(1).has(id) }

// with is the trail after some steps more: the newest most of them.
func (t Trail) with(most int, ids ...string) Trail {
	var room [64 * signLength]byte // so that only the trail itself is made
	out := append(room[:0], t.last(most)...)
	for _, id := range ids {
		s := sign(id)
		if n := placeOf(s, out); n >= 0 {
			out = slices.Delete(out, n*signLength, (n+1)*signLength)
		}
		out = append(out, s[:]...)
	}
	return Trail(out).last(most)
}

// trailed gives the steps of a trail in one language, the oldest first, without
// those that the book has no more.
func (v *voice) trailed(t Trail) []*book.Step {
	out := make([]*book.Step, 0, t.steps())
	for n := range t.steps() {
		if step := v.signs[t.at(n)]; step != nil {
			out = append(out, step)
		}
	}
	return out
}

// signs finds the steps of a volume by what stands for them in a trail.
func signs(v *book.Volume) map[string]*book.Step {
	out := make(map[string]*book.Step, len(v.Order))
	for _, step := range v.Order {
		s := sign(step.ID)
		out[string(s[:])] = step
	}
	return out
}

// alike finds steps whose names a trail could not tell apart. Among a thousand
// steps there are two with one chance in two thousand.
func alike(b *book.Book) (found []book.Finding) {
	for _, lang := range book.Languages() {
		first := map[[signLength]byte]*book.Step{}
		for _, step := range b.Volumes[lang].Order {
			s := sign(step.ID)
			if other := first[s]; other != nil {
				found = append(found, book.Finding{
					File: step.File, Line: 1, What: fmt.Sprintf("its name and %s look the same to a conversation", other.File), Do: "give one of the two files another name",
				})
			}
			first[s] = step
		}
	}
	return found
}
