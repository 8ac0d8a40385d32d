package understand

import (
	"slices"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

// volumeOf makes a volume of pages written as `file` and markdown, for tests of
// single mechanisms.
func volumeOf(lang, words, danger string) *book.Volume {
	return &book.Volume{Lang: lang, Words: []*book.Page{pageOf("words.md", words)}, Danger: []*book.Page{pageOf("danger.md", danger)}}
}

// pageOf reads the small part of markdown that words.md and danger.md use.
func pageOf(file, text string) *book.Page {
	p := &book.Page{File: file, Front: map[string]string{}}
	var s *book.Section
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if level := len(line) - len(strings.TrimLeft(line, "#")); level > 0 {
			p.Sections = append(p.Sections, book.Section{Level: level, Heading: strings.TrimSpace(line[level:]), Line: i + 1})
			s = &p.Sections[len(p.Sections)-1]
			continue
		}
		switch {
		case line == "":
		case strings.HasPrefix(line, "> - "):
			s.Quotes = append(s.Quotes, book.Sample{Text: line[4:], Line: i + 1})
		case strings.HasPrefix(line, "- "):
			s.Items = append(s.Items, book.Sample{Text: line[2:], Line: i + 1})
		default:
			s.Text = append(s.Text, book.Sample{Text: line, Line: i + 1})
		}
	}
	return p
}

const smallWords = `
## Chat spelling

- ik: k
- ik heb: kheb
- niet: nie, ni

## False friends

- hotel

## Image

- foto, filmpje, {nude}

## Nude

- naakt, zonder kleren

## Forward

- door|sturen

## Threat

- dreigen, chanteren

## Sibling

- broer, zus

## He

- hij, ` + "`em`" + `

## Filler

- echt, gewoon

## Not

- niet, geen, niemand

## Years

- jaar, jr

## Ago

- geleden

## Am

- ben, is

## Unit

- uur, euro

## Currency

- euro

## Hour

- uur

## At time

- om, half

## Hotel place

- motel
`

// familiesOf names the families found in a text, sorted, as they stand.
func familiesOf(t *testing.T, u *Understander, text string) string {
	t.Helper()
	var r reading
	u.lexicon.read(text, &r)
	var out []string
	for _, f := range r.seen {
		switch f {
		case u.lexicon.known.filler, u.lexicon.known.not, u.lexicon.known.am, u.lexicon.known.years, u.lexicon.known.unit, u.lexicon.known.before, u.lexicon.known.ago, u.lexicon.known.coin, u.lexicon.known.hour:
		default:
			out = append(out, u.lexicon.families[f].name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func small(t *testing.T, danger string) *Understander {
	t.Helper()
	u, err := New(volumeOf("nl", smallWords, danger))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestWordsAreFoundInEveryShape(t *testing.T) {
	u := small(t, "")
	for _, c := range []struct{ text, want string }{
		{"een foto", "image"},
		{"FOTO'S", "image"},
		{"fotoooo", "image"},
		{"f0to", "image"},
		{"naaktfoto", "image, nude"},
		{"naakt foto", "image, nude"},
		{"broerfoto", "image, sibling"},
		{"zonder echt kleren", "image, nude"},
		{"hij chanteert", "he, threat"},
		{"hij chantert", "he, threat"},
		{"gechanteerd", "threat"},
		{"gechanteert", "threat"},
		{"hij stuurt de hele tijd alles door", "forward, he"},
		{"doorgestuurd", "forward"},
		{"om door te sturen", "forward"},
		{"em", "he"},
		{"hotel", ""},
		{"ik ben 13", "minor age, number"},
		{"hij is 34 jaar", "adult age, he, number"},
		{"mijn zus (15)", "minor age, number, sibling"},
		{"14jr", "minor age, number"},
		{"13 jaar geleden", "number"},
		{"twaalf jaar", "minor age, number"},
		{"50 euro", "money, number"},
		{"€50", "money, number"},
		{"om 8 uur", "clock, number"},
		{"half 4", "clock, number"},
		{"16.00", "clock, number"},
		{"2 uur", "number"},
	} {
		if got := familiesOf(t, u, c.text); got != c.want {
			t.Errorf("%q: families %q, want %q", c.text, got, c.want)
		}
	}
}

func TestNegationCoversItsClause(t *testing.T) {
	u := small(t, "")
	for _, c := range []struct {
		text    string
		negated bool
	}{
		{"niemand dreigt", true},
		{"hij dreigt niet", true},
		{"hij dreigt", false},
		{"ik wil het niet, hij dreigt", false},
		{"hij dreigt dus ik zeg echt maar tegen niemand wat", false},
	} {
		var r reading
		u.lexicon.read(c.text, &r)
		at := r.head[u.lexicon.byName["threat"]]
		if at < 0 {
			t.Fatalf("%q: no threat found", c.text)
		}
		if got := r.tokens[r.marks[at].first].negated; got != c.negated {
			t.Errorf("%q: negated is %v", c.text, got)
		}
	}
}

func TestSlipsStayWithinTheirBounds(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"chanteren", "chanteren", 2, 0}, {"chantern", "chanteren", 2, 1}, {"chnateren", "chanteren", 2, 1}, {"foot", "foto", 1, 1},
		{"bedriegd", "bedreigd", 1, 1}, {"dreigt", "droogte", 1, 2}, {"a", "abcd", 1, 2},
	} {
		if got := distance(c.a, c.b, c.limit); got != c.want {
			t.Errorf("distance of %s and %s is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
