package chart

import (
	"fmt"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// index lists all pictures, a line for each theme.
func index(all []theme) string {
	var b strings.Builder
	b.WriteString("# De dialoog als plaat · The dialogue as a picture\n\n")
	b.WriteString("| | steps | emergency | urgent | concern | nl | en |\n| --- | ---: | ---: | ---: | ---: | --- | --- |\n")
	for _, t := range all {
		if t.lang != book.Languages()[0] {
			continue
		}
		count := map[book.Danger]int{}
		for _, step := range t.steps {
			count[danger(step)]++
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |", t.name, len(t.steps), count[book.Emergency], count[book.Urgent], count[book.Concern])
		for _, lang := range book.Languages() {
			fmt.Fprintf(&b, " [SVG](%s/%s.svg), [Mermaid](%s/%s.md) |", lang, t.name, lang, t.name)
		}
		b.WriteString("\n")
	}
	return b.String()
}
