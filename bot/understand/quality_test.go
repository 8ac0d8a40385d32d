package understand

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

// example is one labelled message of testdata.
type example struct {
	ID, Lang, Text, Topic, Role, Wants string
	Danger                             book.Danger
}

// keptAside tells whether an example is never looked at: those whose number
// ends in 0 or 5.
func (e *example) keptAside() bool {
	return strings.HasSuffix(e.ID, "0") || strings.HasSuffix(e.ID, "5")
}

func readExamples(t testing.TB) []example { return readLabelled(t, "testdata/examples.jsonl") }

// readUnseen gives messages of writers who saw neither words nor rules; nobody
// has tuned on them.
func readUnseen(t testing.TB) []example { return readLabelled(t, "testdata/unseen.jsonl") }

func readLabelled(t testing.TB, file string) []example {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []example
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// tally counts what one language's examples were understood as.
type tally struct {
	all, topic, role, wants, danger int
	level                           [4][4]int // what it is, what it was taken for
	topics                          map[string]map[string]int
}

func (t *tally) add(e *example, m Meaning) {
	t.all++
	if t.topics == nil {
		t.topics = map[string]map[string]int{}
	}
	if t.topics[e.Topic] == nil {
		t.topics[e.Topic] = map[string]int{}
	}
	t.topics[e.Topic][m.Topic]++
	t.level[e.Danger][m.Danger]++
	for _, hit := range []struct {
		n  *int
		ok bool
	}{{&t.topic, e.Topic == m.Topic}, {&t.role, e.Role == m.Role}, {&t.wants, e.Wants == m.Wants}, {&t.danger, e.Danger == m.Danger}} {
		if hit.ok {
			*hit.n++
		}
	}
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// figures are the measures of the tally, in percent.
func (t *tally) figures() map[string]float64 {
	l := &t.level
	sum := func(from, to int, rows ...int) (n int) {
		for _, r := range rows {
			for k := from; k <= to; k++ {
				n += l[r][k]
			}
		}
		return n
	}
	return map[string]float64{
		"topic": percent(t.topic, t.all), "role": percent(t.role, t.all), "wants": percent(t.wants, t.all), "danger": percent(t.danger, t.all),
		"urgent+ noticed":     percent(sum(2, 3, 2, 3), sum(0, 3, 2, 3)),
		"emergency noticed":   percent(sum(2, 3, 3), sum(0, 3, 3)),
		"emergency exact":     percent(sum(3, 3, 3), sum(0, 3, 3)),
		"none raised":         percent(sum(2, 3, 0), sum(0, 3, 0)),
		"concern+ noticed":    percent(sum(1, 3, 1, 2, 3), sum(0, 3, 1, 2, 3)),
		"concern as urgent":   percent(sum(2, 3, 1), sum(0, 3, 1)),
		"urgent as emergency": percent(sum(3, 3, 2), sum(0, 3, 2)),
	}
}

func measures() []string {
	return []string{
		"topic", "role", "wants", "danger", "urgent+ noticed", "emergency noticed", "emergency exact", "none raised",
		"concern+ noticed", "concern as urgent", "urgent as emergency",
	}
}

// floors of what is not learned from, in percent; "none raised" is a ceiling.
// The part kept aside has about a hundred messages a language, in which one
// message is a percent and three of "none raised": the floors hold for it and
// the messages of other writers together.
func floors() map[string]float64 {
	return map[string]float64{
		"topic": 78, "role": 82, "wants": 88, "urgent+ noticed": 88, "emergency noticed": 95, "emergency exact": 80, "none raised": 4, "concern+ noticed": 95,
	}
}

// The quality of understanding over the examples, and over messages that nobody
// has tuned on. Texts that are not learned from are never shown.
func TestQuality(t *testing.T) {
	for _, lang := range book.Languages() {
		u := real(t, lang)
		var seen, kept, unseen, together tally
		for _, e := range readExamples(t) {
			switch {
			case e.Lang != lang:
			case e.keptAside():
				m := u.Message(e.Text)
				kept.add(&e, m)
				together.add(&e, m)
			default:
				seen.add(&e, u.Message(e.Text))
			}
		}
		for _, e := range readUnseen(t) {
			if e.Lang == lang {
				m := u.Message(e.Text)
				unseen.add(&e, m)
				together.add(&e, m)
			}
		}
		var w strings.Builder
		seen.print(&w, lang+", learned from, and seen while the content was written")
		kept.print(&w, lang+", kept aside")
		unseen.print(&w, lang+", of writers who saw no rule")
		together.print(&w, lang+", all that is not learned from")
		t.Log(w.String())
		together.keepsFloors(t, lang)
	}
}

// keepsFloors compares the figures with the floors.
func (t *tally) keepsFloors(test *testing.T, lang string) {
	test.Helper()
	for measure, floor := range floors() {
		got := t.figures()[measure]
		if measure == "none raised" && got > floor || measure != "none raised" && got < floor {
			test.Errorf("%s: %s is %.1f %%, the floor is %.0f %%", lang, measure, got, floor)
		}
	}
}

// print writes the table, the dangers and the topics.
func (t *tally) print(w *strings.Builder, title string) {
	fmt.Fprintf(w, "\n%s: %d messages\n", title, t.all)
	f := t.figures()
	for _, m := range measures() {
		fmt.Fprintf(w, "  %-20s %5.1f %%\n", m, f[m])
	}
	fmt.Fprintf(w, "  danger, taken for %v\n", book.Dangers())
	for d, row := range t.level {
		fmt.Fprintf(w, "    %-14s %3d\n", book.Danger(d), row)
	}
	fmt.Fprintln(w, "  topics")
	for _, topic := range book.Topics() {
		row, all := t.topics[topic], 0
		for _, n := range row {
			all += n
		}
		fmt.Fprintf(w, "    %-14s %2d of %2d", topic, row[topic], all)
		for _, other := range book.Topics() {
			if n := row[other]; n > 0 && other != topic {
				fmt.Fprintf(w, ", %d %s", n, other)
			}
		}
		fmt.Fprintln(w)
	}
}

// content is the real book, read once for all tests.
var content = sync.OnceValues(func() (*book.Book, []book.Finding) {
	return book.Load(os.DirFS("../../content"))
})

// contentVolume gives the real content in one language, as a copy that a test
// may change down to its sections.
func contentVolume(t testing.TB, lang string) *book.Volume {
	t.Helper()
	b, found := content()
	if b == nil {
		t.Fatalf("the content has errors, the first: %v", found[0])
	}
	v := *b.Volumes[lang]
	v.Heard = nil
	for _, page := range b.Volumes[lang].Heard {
		p := *page
		p.Sections = slices.Clone(page.Sections)
		v.Heard = append(v.Heard, &p)
	}
	return &v
}
