package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// What Mermaid draws at most in one diagram, with room to spare: it stops at
// 500 lines and 50,000 characters.
const (
	mostEdges   = 400
	mostLetters = 42000
)

// mermaidLook colours the danger, which is also said in words.
const mermaidLook = `  classDef none fill:#eef3f6,stroke:#6f8797,color:#16242f
  classDef concern fill:#ffd84d,stroke:#6f8797,color:#16242f
  classDef urgent fill:#f08a24,stroke:#16242f,color:#16242f
  classDef emergency fill:#b3172b,stroke:#16242f,color:#fff
  classDef away fill:#fff,stroke:#6f8797,stroke-dasharray:4 3,color:#4a5c69
`

// page is a theme as Mermaid, for a forge that draws it.
func page(t theme) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n%s\n\n", t.words.title, t.name, t.about())
	fmt.Fprintf(&b, "[SVG](%s.svg) · [%s](../%s/%s.md) · [index](../index.md)\n\n☎ %s. ⤳ %s.\n", t.name, t.words.other, otherThan(t.lang), t.name, t.words.offersPerson, t.words.elsewhere)
	parts := split(&t)
	for i, steps := range parts {
		if len(parts) > 1 {
			fmt.Fprintf(&b, "\n## %s %d\n", t.words.split, i+1)
		}
		fmt.Fprintf(&b, "\n```mermaid\n%s```\n", mermaid(&t, steps))
	}
	return b.String()
}

func otherThan(lang string) string {
	all := book.Languages()
	return all[1-slices.Index(all, lang)]
}

// split cuts a theme at its files where one diagram would be too large.
func split(t *theme) [][]*book.Step {
	var parts [][]*book.Step
	var part []*book.Step
	for at := 0; at < len(t.steps); {
		end := at + 1
		for end < len(t.steps) && t.steps[end].File == t.steps[at].File {
			end++
		}
		with := slices.Concat(part, t.steps[at:end])
		if len(part) > 0 && tooLarge(t, with) {
			parts = append(parts, part)
			with = t.steps[at:end]
		}
		part, at = with, end
	}
	return append(parts, part)
}

func tooLarge(t *theme, steps []*book.Step) bool {
	edges := 0
	for _, step := range steps {
		edges += len(step.Choices)
	}
	return edges > mostEdges || len(mermaid(t, steps)) > mostLetters
}

// mermaid draws some steps; what they lead to outside them becomes a stub.
func mermaid(t *theme, steps []*book.Step) string {
	m := &diagram{t: t, names: map[string]string{}}
	m.b.WriteString("flowchart LR\n" + mermaidLook)
	for i, step := range steps {
		m.names[step.ID] = fmt.Sprintf("s%d", i+1)
	}
	for _, step := range steps {
		m.node(step)
	}
	for _, step := range steps {
		for _, choice := range step.Choices {
			if !t.person(choice) {
				fmt.Fprintf(&m.b, "  %s -->|\"%s\"| %s\n", m.names[step.ID], safe(choice.Label), m.name(choice.To))
			}
		}
	}
	return m.b.String()
}

type diagram struct {
	t     *theme
	names map[string]string // of steps that are in the diagram
	b     strings.Builder
}

// node writes a step: its danger by word, its heading, a sign when it offers a
// person.
func (m *diagram) node(step *book.Step) {
	label := safe(step.Heading)
	level := danger(step)
	if level > book.None {
		label = m.t.words.danger[level] + ": " + label
	}
	if slices.ContainsFunc(step.Choices, m.t.person) || step.Does == "hand-over" {
		label += " ☎"
	}
	fmt.Fprintf(&m.b, "  %s[\"%s\"]:::%s\n", m.names[step.ID], label, level)
}

// name gives a step's name in the diagram, as a stub when it is not in it.
func (m *diagram) name(id string) string {
	if name := m.names[id]; name != "" {
		return name
	}
	to := m.t.volume.Steps[id]
	if to == nil {
		return "nowhere"
	}
	name := fmt.Sprintf("x%d", len(m.names)+1)
	m.names[id] = name
	fmt.Fprintf(&m.b, "  %s([\"⤳ %s: %s\"]):::away\n", name, themeOf(id), safe(to.Heading))
	return name
}

// safe takes out of a text what Mermaid would read as its own.
func safe(text string) string {
	return strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "'").Replace(text)
}
