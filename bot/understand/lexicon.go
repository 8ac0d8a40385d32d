package understand

import (
	"maps"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// family is a list of words that mean the same to a rule: a section of
// words.md.
type family struct {
	name   string
	file   string
	line   int
	engine bool // not named in reasons
}

// lexicon holds every word that the content knows, interned to small numbers,
// and the families it belongs to. It is read-only after New.
type lexicon struct {
	lang string
	stem stemmer
	fold *folder

	words   map[string]int32 // a folded word to its number; 0 is no word
	text    []string         // by word
	stemOf  []int32          // by word
	expand  [][]int32        // by word: what the typed form stands for, or nil
	members [][]int16        // by word: its families, own, by stem and by parts
	entries []entry          // by word: all that reading needs, side by side
	spelled *table           // the hash of a folded word to its number

	prefixes   map[string]int32 // the beginning of a word to its number; 0 is none
	prefixText []string
	prefixOf   []int32 // by word

	stems     map[string]int32 // a stem to its number; 0 is no stem
	stemText  []string         // by stem
	stemFams  [][]int16        // by stem
	wordFams  [][]int16        // by word: only those that name exactly this word
	particles map[int32][]separable
	apart     [][]separable // by stem: particles

	families []family
	byName   map[string]int16
	phrases  phrases
	typos    typos
	known    builtin
}

// entry is a word as readers meet it.
type entry struct {
	stem, prefix, value int32
	families            []int16
	expand              []int32
}

// separable is a verb whose first part may stand apart: "stuur … door".
type separable struct {
	particle int32 // stem
	family   int16
}

// builtin are the families that the engine itself gives or asks for.
type builtin struct {
	number, minor, adult, money, clock      int16
	not, filler, years, ago, unit, coin, am int16
	before, hour                            int16
	foreign, own, yes, no                   int16
}

func newLexicon(lang string) *lexicon {
	x := &lexicon{
		lang: lang, stem: stemmerFor(lang), fold: newFolder(),
		words: map[string]int32{}, prefixes: map[string]int32{}, stems: map[string]int32{}, byName: map[string]int16{},
		particles: map[int32][]separable{},
		phrases:   newPhrases(),
	}
	x.text, x.stemOf, x.wordFams = []string{""}, []int32{0}, [][]int16{nil}
	x.expand, x.prefixOf, x.prefixText = [][]int32{nil}, []int32{0}, []string{""}
	x.stemText, x.stemFams = []string{""}, [][]int16{nil}
	for _, w := range slices.Sorted(maps.Keys(numbersOf(lang))) {
		x.word(w)
	}
	return x
}

// word gives the number of a folded word, and a new one to a new word.
func (x *lexicon) word(w string) int32 {
	if id, ok := x.words[w]; ok {
		return id
	}
	id := int32(len(x.text))
	x.words[w] = id
	x.text = append(x.text, w)
	x.stemOf = append(x.stemOf, x.stemID(x.stem(strings.ReplaceAll(w, "'", ""))))
	x.wordFams = append(x.wordFams, nil)
	x.expand = append(x.expand, nil)
	x.prefixOf = append(x.prefixOf, x.prefixID(w))
	return id
}

// The letters at the beginning of a word that count as its prefix.
const prefixLetters = 4

func (x *lexicon) prefixID(w string) int32 {
	w = w[:min(len(w), prefixLetters)]
	if id, ok := x.prefixes[w]; ok {
		return id
	}
	id := int32(len(x.prefixText))
	x.prefixes[w] = id
	x.prefixText = append(x.prefixText, strings.ToValidUTF8(w, ""))
	return id
}

func (x *lexicon) stemID(s string) int32 {
	if id, ok := x.stems[s]; ok {
		return id
	}
	id := int32(len(x.stemText))
	x.stems[s] = id
	x.stemText = append(x.stemText, s)
	x.stemFams = append(x.stemFams, nil)
	return id
}

// familyID gives the number of a family, and a new one to a new name.
func (x *lexicon) familyID(name string) int16 {
	if id, ok := x.byName[name]; ok {
		return id
	}
	id := int16(len(x.families))
	x.byName[name] = id
	x.families = append(x.families, family{name: name})
	return id
}

// bind looks up the families that the engine itself uses.
func (x *lexicon) bind() {
	x.known = builtin{
		number: x.familyID("number"), minor: x.familyID("minor age"), adult: x.familyID("adult age"),
		money: x.familyID("money"), clock: x.familyID("clock"),
		not: x.familyID("not"), filler: x.familyID("filler"), years: x.familyID("years"), ago: x.familyID("ago"),
		unit: x.familyID("unit"), coin: x.familyID("currency"), am: x.familyID("am"), before: x.familyID("at time"), hour: x.familyID("hour"),
		foreign: x.familyID("foreign"), own: x.familyID("own"), yes: x.familyID("yes"), no: x.familyID("no"),
	}
}

// settle works out the families of every word, once all words are known.
func (x *lexicon) settle() {
	x.members = make([][]int16, len(x.text))
	for id := 1; id < len(x.text); id++ {
		x.members[id] = join(x.wordFams[id], x.stemFams[x.stemOf[id]])
	}
	for id := 1; id < len(x.text); id++ {
		if len(x.members[id]) > 0 || x.expand[id] != nil {
			continue
		}
		if left, right, ok := x.split(x.text[id]); ok {
			x.members[id] = join(x.members[left], x.members[right])
		}
	}
	x.phrases.settle()
	x.apart = make([][]separable, len(x.stemText))
	for stem, list := range x.particles {
		x.apart[stem] = list
	}
	x.spelled = newTable(len(x.text))
	for id := 1; id < len(x.text); id++ {
		x.spelled.put(spelling(x.text[id]), int32(id))
	}
	x.entries = make([]entry, len(x.text))
	for id := range x.entries {
		x.entries[id] = entry{
			stem: x.stemOf[id], prefix: x.prefixOf[id], value: x.valueOf(int32(id)), families: x.members[id], expand: x.expand[id],
		}
	}
}

// spelling is a word as one number: its hash by Fowler, Noll and Vo (FNV-1a, 64
// bits). Two words of one hash would be taken for each other; among a million
// words there are two with one chance in forty million.
func spelling[T string | []byte](w T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(w) {
		h = (h ^ uint64(w[i])) * 1099511628211
	}
	return h
}

// find gives the number of a folded word, or 0.
func (x *lexicon) find(w []byte) int32 { return max(0, x.spelled.find(spelling(w))) }

// shortPart is the least number of letters of the second part of a compound.
const shortPart = 4

// split finds the two family words that a compound is made of, as in
// naaktfoto or schoolfoto.
func (x *lexicon) split(w string) (left, right int32, ok bool) {
	if len(w) < 7 || x.lang != "nl" {
		return 0, 0, false
	}
	for i := len(w) - shortPart; i >= 3; i-- {
		right = x.familyWord(w[i:])
		if right == 0 {
			continue
		}
		for _, link := range []string{"", "s", "en", "e", "n"} {
			part, found := strings.CutSuffix(w[:i], link)
			if !found || len(part) < 3 {
				continue
			}
			if left = x.familyWord(part); left != 0 && len(part)+len(w)-i >= 6 {
				return left, right, true
			}
		}
	}
	return 0, 0, false
}

// familyWord gives the word when some family names it or its stem.
func (x *lexicon) familyWord(w string) int32 {
	id, ok := x.words[w]
	if !ok || x.expand[id] != nil || x.skips(x.members[id]) {
		return 0
	}
	return id
}

// skips tells whether these families are too light to make a compound of.
func (x *lexicon) skips(fams []int16) bool {
	for _, f := range fams {
		if f != x.known.filler && f != x.known.unit && f != x.known.before && f != x.known.am {
			return false
		}
	}
	return true
}

// join gives the families of both lists, each once.
func join(a, b []int16) []int16 {
	out := append([]int16(nil), a...)
next:
	for _, f := range b {
		for _, have := range out {
			if have == f {
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

// tell notes every word of a clean text, so that it is not taken for a slip.
func (x *lexicon) tell(text string, s *scan) {
	x.fold.cut(text, s)
	for _, p := range s.pieces {
		if p.kind == wordPiece {
			w := string(s.text[p.from:p.to])
			x.word(w)
		}
	}
}

// tellBook notes the words of everything that the bot says and offers.
func (x *lexicon) tellBook(v *book.Volume) {
	var s scan
	for _, step := range v.Order {
		x.tell(step.Heading, &s)
		for _, b := range step.Bubbles {
			x.tell(b.Text, &s)
		}
		for _, c := range step.Choices {
			x.tell(c.Label, &s)
		}
	}
}
