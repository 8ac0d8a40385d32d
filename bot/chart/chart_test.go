package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/content"
)

// whole is the real content, and the pictures of it, made once for all tests.
var whole = sync.OnceValues(func() (*book.Book, map[string]string) {
	b, found := book.Load(content.Files())
	if b == nil {
		panic(fmt.Sprintf("the content has mistakes: %v", found))
	}
	return b, Draw(b)
})

func drawn(t *testing.T) (*book.Book, map[string]string) {
	t.Helper()
	return whole()
}

// made is a book of a few steps: an emergency, a circle, a step with another
// theme behind it, and one for parents.
func made() *book.Book {
	step := func(id, heading, role string, choices ...string) *book.Step {
		s := &book.Step{ID: id, File: "nl/" + strings.Split(id, "#")[0] + ".md", Heading: heading, For: []string{role}}
		for i := 0; i < len(choices); i += 2 {
			s.Choices = append(s.Choices, book.Choice{Label: choices[i], To: choices[i+1]})
		}
		return s
	}
	door := step("grooming/start", "Iemand doet \"raar\" & <vreemd>", "child", "Nu", "grooming/now", "Later", "grooming/later", "Mens", "person")
	door.Opens = []book.Danger{book.None, book.Concern}
	now := step("grooming/now", "Hij is er nu", "child", "Terug", "grooming/start", "Later", "grooming/later", "Mens", "person")
	now.Danger, now.Does = book.Emergency, "hand-over"
	later := step("grooming/later", "Later", "child", "Foto", "sexting/sent", "Ouder", "grooming/parent")
	parent := step("grooming/parent", "Mijn kind", "parent", "Kind", "grooming/start")
	sent := step("sexting/sent", "Ik heb iets gestuurd", "friend", "Raar", "grooming/start")
	person := step("person", "Een mens", "child", "Raar", "grooming/start")
	person.Does = "hand-over"
	b := &book.Book{Volumes: map[string]*book.Volume{}}
	for _, lang := range book.Languages() {
		v := &book.Volume{Lang: lang, Steps: map[string]*book.Step{}}
		for _, s := range []*book.Step{later, now, parent, door, person, sent} {
			v.Steps[s.ID] = s
			v.Order = append(v.Order, s)
		}
		b.Volumes[lang] = v
	}
	return b
}

// node is a piece of an SVG, as an XML reader sees it.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *node) walk(do func(*node)) {
	do(n)
	for i := range n.Nodes {
		n.Nodes[i].walk(do)
	}
}

func (n *node) all(text *strings.Builder) string {
	n.walk(func(m *node) { text.WriteString(m.Text + "\n") })
	return text.String()
}

func parse(t *testing.T, name, svg string) *node {
	t.Helper()
	var n node
	decoder := xml.NewDecoder(strings.NewReader(svg))
	if err := decoder.Decode(&n); err != nil {
		t.Fatalf("%s is no XML: %v", name, err)
	}
	if _, err := decoder.Token(); err != io.EOF && err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &n
}

func TestEveryStepStandsInThePictureOfItsThemeOnce(t *testing.T) {
	b, files := drawn(t)
	for lang, v := range b.Volumes {
		seen := map[string]int{}
		for name, text := range files {
			if !strings.HasPrefix(name, lang+"/") || !strings.HasSuffix(name, ".svg") {
				continue
			}
			theme := strings.TrimSuffix(strings.TrimPrefix(name, lang+"/"), ".svg")
			parse(t, name, text).walk(func(n *node) {
				if n.attr("class") == "step" {
					seen[theme+" "+n.attr("id")]++
				}
			})
		}
		for _, step := range v.Order {
			if n := seen[themeOf(step.ID)+" "+anchor(step.ID)]; n != 1 {
				t.Errorf("%s: %s is drawn %d times", lang, step.ID, n)
			}
		}
		if len(seen) != len(v.Order) {
			t.Errorf("%s: %d steps drawn of %d", lang, len(seen), len(v.Order))
		}
	}
}

func TestEveryLinkOfAPictureLeadsToAStepOfSomePicture(t *testing.T) {
	_, files := drawn(t)
	ids := map[string]bool{}
	pictures := map[string]*node{}
	for name, text := range files {
		if strings.HasSuffix(name, ".svg") {
			pictures[name] = parse(t, name, text)
			pictures[name].walk(func(n *node) { ids[name+"#"+n.attr("id")] = true })
		}
	}
	links := 0
	for name, picture := range pictures {
		lang, _, _ := strings.Cut(name, "/")
		picture.walk(func(n *node) {
			href := n.attr("href")
			if n.XMLName.Local != "a" {
				return
			}
			links++
			file, id, _ := strings.Cut(href, "#")
			target := name
			if file != "" {
				target = lang + "/" + file
			}
			if !ids[target+"#"+id] {
				t.Errorf("%s links to %s, which is nowhere", name, href)
			}
		})
	}
	if links == 0 {
		t.Fatal("no links were looked at")
	}
}

// box is where a card stands.
type box struct{ x, y, w, h int }

func boxes(n *node) []box {
	var out []box
	n.walk(func(m *node) {
		if m.attr("class") == "box" {
			var b box
			fmt.Sscan(m.attr("x")+" "+m.attr("y")+" "+m.attr("width")+" "+m.attr("height"), &b.x, &b.y, &b.w, &b.h)
			out = append(out, b)
		}
	})
	return out
}

func TestNoTwoStepsOverlapAndAllAreInsideThePicture(t *testing.T) {
	_, files := drawn(t)
	for name, text := range files {
		if !strings.HasSuffix(name, ".svg") {
			continue
		}
		n := parse(t, name, text)
		var wide, high int
		fmt.Sscanf(n.attr("viewBox"), "0 0 %d %d", &wide, &high)
		all := boxes(n)
		for i, a := range all {
			if a.x < 0 || a.y < 0 || a.x+a.w > wide || a.y+a.h > high {
				t.Errorf("%s: a step stands outside: %+v of %d × %d", name, a, wide, high)
			}
			for _, b := range all[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%s: %+v lies over %+v", name, a, b)
				}
			}
		}
	}
}

func TestAPictureSaysWhatItShowsAndRunsNothing(t *testing.T) {
	svg := Draw(made())["nl/grooming.svg"]
	n := parse(t, "grooming", svg)
	if n.Nodes[0].XMLName.Local != "title" || n.Nodes[1].XMLName.Local != "desc" || !strings.Contains(n.Nodes[1].Text, "4 stappen, 1 × nood, 1 × zorg") {
		t.Errorf("title %q, desc %q", n.Nodes[0].Text, n.Nodes[1].Text)
	}
	for _, banned := range []string{"<script", "onclick", "http://www.w3.org/1999", "url("} {
		if strings.Contains(svg, banned) {
			t.Errorf("%q is in the picture", banned)
		}
	}
	text := n.all(&strings.Builder{})
	for _, part := range []string{`Iemand doet "raar" & <vreemd>`, "opent bij geen gevaar, zorg", "haalt er een mens bij", "sexting ↗", "Voor een ouder"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in the picture", part)
		}
	}
}

func TestDangerIsAColourAndAWord(t *testing.T) {
	n := parse(t, "grooming", Draw(made())["en/grooming.svg"])
	n.walk(func(m *node) {
		if m.attr("id") != "now" {
			return
		}
		colour := false
		m.walk(func(p *node) { colour = colour || p.attr("class") == "emergency" })
		if word := strings.Contains(m.all(&strings.Builder{}), "emergency"); !colour || !word {
			t.Errorf("colour %v, word %v", colour, word)
		}
	})
	page := Draw(made())["en/grooming.md"]
	if !strings.Contains(page, `["emergency: Hij is er nu ☎"]:::emergency`) {
		t.Errorf("no word or no colour in:\n%s", page)
	}
}

func TestAChoiceIsALineANumberAThemeOrThePerson(t *testing.T) {
	b := made()
	all := themes(b.Volumes["nl"])
	at := slices.IndexFunc(all, func(th theme) bool { return th.name == "grooming" })
	rows := map[string]string{}
	for _, l := range lanes(&all[at]) {
		for _, c := range l.cards {
			for i := range c.rows {
				r := &c.rows[i]
				kind := r.tag()
				if r.child != nil {
					kind = "line to " + r.child.step.ID
				}
				rows[c.step.ID+" "+r.lines[0]] = kind
			}
			if offers := c.step.ID == "grooming/start" || c.step.ID == "grooming/now"; c.person != offers {
				t.Errorf("%s: sign of a person %v", c.step.ID, c.person)
			}
		}
	}
	want := map[string]string{
		"grooming/start • Nu": "line to grooming/now", "grooming/start • Later": "line to grooming/later",
		"grooming/now • Terug": "→ 1", "grooming/now • Later": "→ 3", "grooming/later • Foto": "sexting ↗",
		"grooming/later • Ouder": "→ 4", "grooming/parent • Kind": "→ 1",
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("rows %v\nwant %v", rows, want)
	}
}

func TestMermaidStaysUnderItsLimitsAndLosesNoChoice(t *testing.T) {
	b, files := drawn(t)
	for _, lang := range book.Languages() {
		edges := 0
		for name, text := range files {
			if !strings.HasPrefix(name, lang+"/") || !strings.HasSuffix(name, ".md") {
				continue
			}
			for _, block := range blocks(text) {
				n := strings.Count(block, " -->|")
				edges += n
				if n >= 500 || len(block) >= 50000 {
					t.Errorf("%s: a diagram of %d lines and %d characters", name, n, len(block))
				}
				known(t, name, block)
			}
		}
		want := 0
		th := theme{volume: b.Volumes[lang]}
		for _, step := range b.Volumes[lang].Order {
			for _, choice := range step.Choices {
				if !th.person(choice) {
					want++
				}
			}
		}
		if edges != want {
			t.Errorf("%s: %d choices drawn of %d", lang, edges, want)
		}
	}
}

func blocks(page string) []string {
	var out []string
	for _, part := range strings.Split(page, "```mermaid\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		out = append(out, block)
	}
	return out
}

// known: every line of a diagram joins nodes that it names.
func known(t *testing.T, name, block string) {
	t.Helper()
	nodes := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)[\[(]`).FindAllStringSubmatch(block, -1) {
		nodes[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+) -->\|"[^"]*"\| (\w+)$`).FindAllStringSubmatch(block, -1) {
		if !nodes[m[1]] || !nodes[m[2]] {
			t.Errorf("%s: %q joins what is not there", name, m[0])
		}
	}
}

func TestAThemeThatIsTooLargeForMermaidIsSplitAtItsFiles(t *testing.T) {
	v := &book.Volume{Lang: "en", Steps: map[string]*book.Step{}}
	for i := range 150 {
		step := &book.Step{ID: fmt.Sprintf("grooming/f%d", i), File: fmt.Sprintf("en/grooming/f%d.md", i/3), For: []string{"child"}, Heading: "A step"}
		for j := range 5 {
			step.Choices = append(step.Choices, book.Choice{Label: "On", To: fmt.Sprintf("grooming/f%d", (i+j+1)%150)})
		}
		v.Steps[step.ID], v.Order = step, append(v.Order, step)
	}
	parts := split(&themes(v)[0])
	if len(parts) != 2 {
		t.Fatalf("%d parts, want 2", len(parts))
	}
	steps := 0
	for _, part := range parts {
		steps += len(part)
		if first, last := part[0].File, part[len(part)-1]; last.File != v.Order[steps-1].File || steps%3 != 0 {
			t.Errorf("a file is cut: %s to %s", first, last.File)
		}
	}
	if steps != 150 {
		t.Errorf("%d steps in the parts, want 150", steps)
	}
}

func TestTheSameBookGivesTheSamePictures(t *testing.T) {
	first, again := Draw(made()), Draw(made())
	for name := range first {
		if first[name] != again[name] {
			t.Errorf("%s differs", name)
		}
	}
	if first["index.md"] == "" || len(first) != 13 {
		t.Errorf("%d files, want 13 with an index", len(first))
	}
}

func TestWhatMermaidWouldReadAsItsOwnIsTakenOut(t *testing.T) {
	page := Draw(made())["nl/grooming.md"]
	if !strings.Contains(page, `Iemand doet #quot;raar#quot; & #lt;vreemd#gt;`) {
		t.Errorf("not made safe:\n%s", page)
	}
}
