package understand

import "strings"

// typos finds the known word that a mistyped one stands for: at distance one
// from five letters, two from nine. Words are indexed by what is left of them
// when a letter is dropped, so that a look-up does not grow with the lexicon.
type typos struct {
	words  []string
	ids    []int32
	weight []int32            // how often the word is heard, to choose between two
	drops  map[string][]int32 // index into words
}

const (
	oneSlip  = 5
	twoSlips = 10
)

func newTypos() typos { return typos{drops: map[string][]int32{}} }

// add notes a word that slips may stand for.
func (t *typos) add(w string, id, weight int32) {
	if len(w) < oneSlip || len(w) > 24 || !ascii(w) {
		return
	}
	n := int32(len(t.words))
	t.words, t.ids, t.weight = append(t.words, w), append(t.ids, id), append(t.weight, weight)
	t.note(w, n)
	for i := range len(w) {
		once := w[:i] + w[i+1:]
		t.note(once, n)
	}
}

func (t *typos) note(key string, n int32) {
	list := t.drops[key]
	if len(list) > 0 && list[len(list)-1] == n {
		return
	}
	t.drops[key] = append(list, n)
}

// near gives the number of the word that w most likely stands for, or 0.
func (t *typos) near(w string) int32 {
	if len(w) < oneSlip-1 || len(w) > 24 || !ascii(w) || t.drops == nil {
		return 0
	}
	best, bestCost := int32(-1), tooFar
	best, bestCost = t.try(t.drops[w], w, best, bestCost)
	var without [24]byte
	for i := range len(w) {
		key := append(append(without[:0], w[:i]...), w[i+1:]...)
		best, bestCost = t.try(t.drops[string(key)], w, best, bestCost)
	}
	if best < 0 || bestCost >= tooFar {
		return 0
	}
	return t.ids[best]
}

// try keeps the word that costs least; of two, the one that is heard more.
func (t *typos) try(list []int32, w string, best int32, bestCost int) (int32, int) {
	for _, n := range list {
		cost := t.cost(w, n)
		if cost < bestCost || cost == bestCost && best >= 0 && t.weight[n] > t.weight[best] {
			best, bestCost = n, cost
		}
	}
	return best, bestCost
}

// tooFar is the cost of a word that is no slip of another.
const tooFar = 100

// cost is how many slips w is away from a word, or tooFar: another first letter,
// or a letter that is not easily mistaken, is another word.
func (t *typos) cost(w string, n int32) int {
	to := t.words[n]
	allowed := 1
	if len(to) < oneSlip {
		allowed = 0
	} else if len(to) >= twoSlips {
		allowed = 2
	}
	d := distance(w, to, allowed)
	if d > allowed || w[0] != to[0] {
		return tooFar
	}
	if d == 1 && len(w) == len(to) && !confused(w, to) {
		return tooFar
	}
	return d
}

// confused tells whether the first letter that differs stands beside the other
// on the keyboard, sounds like it, or has changed places with the next.
func confused(w, to string) bool {
	i := 0
	for i < len(w) && w[i] == to[i] {
		i++
	}
	if i == len(w) || i+1 < len(w) && w[i] == to[i+1] && w[i+1] == to[i] {
		return true
	}
	return strings.IndexByte(neighbours[w[i]], to[i]) >= 0 || strings.IndexByte(alike[w[i]], to[i]) >= 0
}

// alike are the letters that are mistaken for each other by ear.
var alike = map[byte]string{
	'd': "t", 't': "d", 's': "zc", 'z': "s", 'f': "v", 'v': "fw", 'w': "v", 'c': "ks", 'k': "cq", 'q': "k", 'g': "hj", 'e': "ia", 'i': "ey", 'y': "i", 'a': "e", 'o': "u", 'u': "o",
}

// neighbours are the keys beside each key.
var neighbours = map[byte]string{
	'q': "wa", 'w': "qeas", 'e': "wrsd", 'r': "etdf", 't': "ryfg", 'y': "tugh", 'u': "yihj", 'i': "uojk", 'o': "ipkl", 'p': "ol",
	'a': "qwsz", 's': "awedzx", 'd': "serfxc", 'f': "drtgcv", 'g': "ftyhvb", 'h': "gyujbn", 'j': "huiknm", 'k': "jiolm", 'l': "kop",
	'z': "asx", 'x': "zsdc", 'c': "xdfv", 'v': "cfgb", 'b': "vghn", 'n': "bhjm", 'm': "njk",
}

// distance counts the letters added, dropped, changed or swapped with the next
// one, up to limit; past it, it gives limit+1.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][32]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
