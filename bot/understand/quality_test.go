package understand

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
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

func readExamples(t testing.TB) []example {
	f, err := os.Open("testdata/examples.jsonl")
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

// table counts what one language's examples were understood as.
type table struct {
	all, topic, role, wants, danger int
	level                           [4][4]int // what it is, what it was taken for
	topics                          map[string]map[string]int
}

func (t *table) add(e *example, m Meaning) {
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

// figures are the measures of the table, in percent.
func (t *table) figures() map[string]float64 {
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

var measures = []string{"topic", "role", "wants", "danger", "urgent+ noticed", "emergency noticed", "emergency exact", "none raised", "concern+ noticed", "concern as urgent", "urgent as emergency"}

func (t *table) print(w *strings.Builder, title string) {
	fmt.Fprintf(w, "%-14s n=%d", title, t.all)
	f := t.figures()
	for _, m := range measures {
		fmt.Fprintf(w, "  %s %.1f", m, f[m])
	}
	fmt.Fprintln(w)
}

// contentPages reads the pages of the real content without its dialogue.
func contentVolume(t testing.TB, lang string) *book.Volume {
	t.Helper()
	v := &book.Volume{Lang: lang}
	root := os.DirFS("../../content/" + lang)
	v.Words = pagesOf(t, root, lang, "words*.md")
	v.Danger = append(pagesOf(t, root, lang, "danger*.md"), pagesOf(t, root, lang, "roles.md")...)
	v.Danger = append(v.Danger, pagesOf(t, root, lang, "wants.md")...)
	v.Danger = append(v.Danger, pagesOf(t, root, lang, "topics.md")...)
	v.Heard = pagesOf(t, root, lang, "heard/*.md")
	return v
}

func pagesOf(t testing.TB, root fs.FS, lang, glob string) []*book.Page {
	names, err := fs.Glob(root, glob)
	if err != nil {
		t.Fatal(err)
	}
	var out []*book.Page
	for _, name := range names {
		data, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parsePage(path.Join(lang, name), string(data)))
	}
	return out
}

func parsePage(file, text string) *book.Page {
	p := &book.Page{File: file, Front: map[string]string{}}
	front := false
	var s *book.Section
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "---":
			front = i == 0
		case front:
			k, v, _ := strings.Cut(line, ":")
			p.Front[strings.TrimSpace(k)] = strings.TrimSpace(v)
		case line == "" || strings.HasPrefix(line, "<!--"):
		case strings.HasPrefix(line, "#"):
			level := len(line) - len(strings.TrimLeft(line, "#"))
			p.Sections = append(p.Sections, book.Section{Level: level, Heading: strings.TrimSpace(line[level:]), Line: i + 1})
			s = &p.Sections[len(p.Sections)-1]
		case strings.HasPrefix(line, "> - "):
			s.Quotes = append(s.Quotes, book.Sample{Text: line[4:], Line: i + 1})
		case strings.HasPrefix(line, "- "):
			s.Items = append(s.Items, book.Sample{Text: line[2:], Line: i + 1})
		case s != nil:
			s.Text = append(s.Text, book.Sample{Text: line, Line: i + 1})
		}
	}
	return p
}
