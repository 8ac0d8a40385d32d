package understand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Sections of words.md that are no families.
const (
	spellingSection = "chat spelling"
	friendsSection  = "false friends"
)

// wordsReader reads words.md into a lexicon.
type wordsReader struct {
	x       *lexicon
	scan    scan
	found   *[]book.Finding
	include [][2]int16 // the second family contains the first
	asked   []mention  // families named by others
	engine  bool       // the families that are being read are the engine's own
}

// mention is a place where a family is named.
type mention struct {
	name string
	file string
	line int
}

// pages reads words.md.
func (r *wordsReader) pages(pages []*book.Page) {
	for _, page := range pages {
		for _, section := range page.Sections {
			if section.Level == 1 {
				r.engine = section.Heading == engineGroup
				continue
			}
			r.section(page, section)
		}
	}
}

// finish checks that every family that was named exists, and hands the words
// of families in families on. Families that the engine finds by itself need no
// words.
func (r *wordsReader) finish() {
	r.x.bind()
	given := []int16{r.x.known.number, r.x.known.minor, r.x.known.adult, r.x.known.money, r.x.known.clock}
	for _, m := range r.asked {
		id := r.x.byName[m.name]
		if r.x.families[id].file == "" && !slices.Contains(given, id) {
			r.wrong(m.file, m.line, fmt.Sprintf("family {%s} does not exist", m.name), "correct the name, or add `## "+m.name+"` to words.md")
		}
	}
	r.spread()
}

func (r *wordsReader) wrong(file string, line int, what, do string) {
	*r.found = append(*r.found, book.Finding{File: file, Line: line, What: what, Do: do})
}

func (r *wordsReader) section(page *book.Page, section book.Section) {
	name := strings.ToLower(section.Heading)
	switch name {
	case spellingSection:
		for _, item := range section.Items {
			r.spelling(page.File, item)
		}
		return
	case friendsSection:
		for _, item := range section.Items {
			for _, w := range strings.Split(item.Text, ",") {
				w = r.plain(w)
				r.x.word(w)
			}
		}
		return
	}
	id := r.x.familyID(name)
	if f := &r.x.families[id]; f.file != "" {
		r.wrong(page.File, section.Line, fmt.Sprintf("family {%s} stands at line %d of %s as well", name, f.line, f.file), "put both lists under one heading")
	} else {
		f.file, f.line, f.engine = page.File, section.Line, r.engine
	}
	if len(section.Items) == 0 {
		r.wrong(page.File, section.Line, fmt.Sprintf("family {%s} has no words", name), "add a list of words under it, or take the heading out")
	}
	for _, item := range section.Items {
		for _, entry := range strings.Split(item.Text, ",") {
			r.entry(page.File, item.Line, strings.TrimSpace(entry), id)
		}
	}
}

// entry reads one word, phrase, separable verb or {family}.
func (r *wordsReader) entry(file string, line int, entry string, f int16) {
	switch {
	case entry == "":
		r.wrong(file, line, "an empty place between two commas", "take one comma out")
	case strings.HasPrefix(entry, "{") && strings.HasSuffix(entry, "}"):
		name := strings.ToLower(entry[1 : len(entry)-1])
		r.include = append(r.include, [2]int16{r.x.familyID(name), f})
		r.asked = append(r.asked, mention{name, file, line})
	case strings.HasPrefix(entry, "`") && strings.HasSuffix(entry, "`") && len(entry) > 2:
		w := r.x.word(r.plain(strings.Trim(entry, "`")))
		r.x.wordFams[w] = join(r.x.wordFams[w], []int16{f})
	case strings.ContainsAny(entry, "{}`"):
		r.wrong(file, line, fmt.Sprintf("%q mixes a word with a family or an exact word", entry), "write a {family}, a `word` or plain words between the commas")
	case strings.Contains(entry, "|"):
		r.separable(file, line, entry, f)
	default:
		r.phrase(file, line, entry, f)
	}
}

// phrase notes a word, or several in a row.
func (r *wordsReader) phrase(file string, line int, entry string, f int16) {
	r.checkSpelling(file, line, entry, f)
	stems := r.stems(entry)
	switch len(stems) {
	case 0:
		r.wrong(file, line, fmt.Sprintf("%q holds no word", entry), "write a word, an emoji, or take it out")
	case 1:
		r.x.stemFams[stems[0]] = join(r.x.stemFams[stems[0]], []int16{f})
	default:
		r.x.phrases.add(stems, f)
	}
}

// checkSpelling reports a single word that is chat spelling for another: the
// family would get the other.
func (r *wordsReader) checkSpelling(file string, line int, entry string, f int16) {
	w := r.plain(entry)
	id, ok := r.x.words[w]
	if !ok || len(r.scan.pieces) != 1 || r.x.expand[id] == nil {
		return
	}
	var meant []string
	for _, e := range r.x.expand[id] {
		meant = append(meant, r.x.text[e])
	}
	r.wrong(file, line, fmt.Sprintf("%q in {%s} is chat spelling for %q", w, r.x.families[f].name, strings.Join(meant, " ")),
		"write what it stands for, or take it out of one of the two lists")
}

// stems folds a text of the content and gives the stems of its words.
func (r *wordsReader) stems(text string) []int32 {
	r.x.fold.cut(text, &r.scan)
	var out []int32
	for _, p := range r.scan.pieces {
		w := string(r.scan.text[p.from:p.to])
		id := r.x.word(w)
		if r.x.expand[id] != nil {
			for _, e := range r.x.expand[id] {
				out = append(out, r.x.stemOf[e])
			}
			continue
		}
		out = append(out, r.x.stemOf[id])
	}
	return out
}

// separable notes door|sturen in all its shapes.
func (r *wordsReader) separable(file string, line int, entry string, f int16) {
	particle, verb, _ := strings.Cut(entry, "|")
	particle, verb = strings.TrimSpace(particle), strings.TrimSpace(verb)
	p, v := r.stems(particle), r.stems(verb)
	if len(p) != 1 || len(v) != 1 {
		r.wrong(file, line, fmt.Sprintf("%q is no separable verb", entry), "write it as door|sturen: one word, a bar, one verb")
		return
	}
	if r.x.lang == "nl" {
		r.phrase(file, line, particle+verb, f)
		r.x.phrases.add([]int32{p[0], r.stems("te")[0], v[0]}, f)
		r.x.phrases.add([]int32{p[0], v[0]}, f)
	}
	r.x.particles[v[0]] = append(r.x.particles[v[0]], separable{particle: p[0], family: f})
}

// spelling reads "ik: k, ikk": the word, and how it is typed.
func (r *wordsReader) spelling(file string, item book.Sample) {
	meant, typed, ok := strings.Cut(item.Text, ":")
	if !ok {
		r.wrong(file, item.Line, "a line of chat spelling without a colon", "write the word, a colon, and how it is typed: `- ik: k, ikk`")
		return
	}
	r.x.fold.cut(meant, &r.scan)
	var words []int32
	for _, p := range r.scan.pieces {
		w := string(r.scan.text[p.from:p.to])
		words = append(words, r.x.word(w))
	}
	for _, t := range strings.Split(typed, ",") {
		as := strings.TrimSpace(t)
		t = r.plain(t)
		if len(r.scan.pieces) != 1 {
			r.wrong(file, item.Line, fmt.Sprintf("%q is not one typed word", as), "give single typed words, separated by commas")
			continue
		}
		id := r.x.word(t)
		if r.x.expand[id] != nil {
			r.wrong(file, item.Line, fmt.Sprintf("%q already stands for something else", t), "keep one of the two lines")
			continue
		}
		r.x.expand[id] = words
	}
}

// plain folds one typed word; apostrophes stay.
func (r *wordsReader) plain(w string) string {
	r.x.fold.cut(strings.TrimSpace(w), &r.scan)
	return strings.TrimSpace(string(r.scan.text))
}

// spread hands the words of included families on to the including ones.
func (r *wordsReader) spread() {
	for range 4 { // families in families, at most this deep
		for _, in := range r.include {
			from, to := in[0], in[1]
			widen(r.x.stemFams, from, to)
			widen(r.x.wordFams, from, to)
			widen(r.x.phrases.ends, from, to)
			for verb, list := range r.x.particles {
				r.x.particles[verb] = widenVerb(list, from, to)
			}
		}
	}
}

// widen adds family to wherever family from stands.
func widen(lists [][]int16, from, to int16) {
	for i, fams := range lists {
		for _, f := range fams {
			if f == from {
				lists[i] = join(fams, []int16{to})
				break
			}
		}
	}
}

func widenVerb(list []separable, from, to int16) []separable {
	for _, s := range list {
		if s.family != from {
			continue
		}
		add := separable{particle: s.particle, family: to}
		for _, have := range list {
			if have == add {
				return list
			}
		}
		return append(list, add)
	}
	return list
}

// engineGroup is the heading over families that the engine uses; as reasons they
// would tell an editor nothing.
const engineGroup = "For the engine"
