package chart

import (
	"fmt"
	"html"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// look is the style of every picture. Danger is a colour and a word.
const look = `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#16242f}
.ground{fill:#eef3f6}.box{fill:#fff;stroke:#b4c3cd;stroke-width:1.2}
.h{font-size:16px;font-weight:650}.r{font-size:13.5px}.s{font-size:12px}.w{font-size:12px;font-weight:700}
.soft{fill:#4a5c69}.title{font-size:34px;font-weight:700}.lane{font-size:22px;font-weight:650}
.line{fill:none;stroke:#6f8797;stroke-width:1.6}.dot{fill:#6f8797}
.tag{fill:#e3ebf0}.chip{fill:#16242f}.on{fill:#fff}
.none{fill:#dde6eb}.concern{fill:#ffd84d}.urgent{fill:#f08a24}.emergency{fill:#b3172b}.emergency+.w{fill:#fff}
a:hover .tag{fill:#c8d8e2}.step:hover .line{stroke:#16242f;stroke-width:3}.step:hover .box,.step:target .box{stroke:#16242f;stroke-width:2.5}`

// drawing is one picture while it is written.
type drawing struct {
	t *theme
	b strings.Builder
}

// picture draws a theme as SVG.
func picture(t theme) string {
	all := lanes(&t)
	wide, high := 900, margin+headline
	for _, l := range all {
		l.arrange()
		l.top = high + laneHead
		high = l.top + l.h + margin/2
		for _, c := range l.cards {
			wide = max(wide, c.x+cardWidth)
		}
	}
	wide, high = wide+2*margin, high+margin
	d := &drawing{t: &t}
	d.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" lang="%s" role="img" aria-labelledby="t d">`, wide, high, wide, high, t.lang)
	d.printf(`<title id="t">%s: %s</title>`, d.t.words.title, esc(t.name))
	d.printf(`<desc id="d">%s</desc><style>%s</style>`, esc(t.about()), look)
	d.printf(`<rect class="ground" width="%d" height="%d"/>`, wide, high)
	d.headline()
	for _, l := range all {
		d.lane(l)
	}
	d.b.WriteString("</svg>\n")
	return d.b.String()
}

// about says in a sentence what the picture shows, for who cannot see it.
func (t *theme) about() string {
	count := map[book.Danger]int{}
	for _, step := range t.steps {
		count[danger(step)]++
	}
	parts := []string{fmt.Sprintf("%s: %d %s", t.name, len(t.steps), t.words.steps)}
	for _, level := range []book.Danger{book.Emergency, book.Urgent, book.Concern, book.None} {
		if count[level] > 0 {
			parts = append(parts, fmt.Sprintf("%d × %s", count[level], t.words.danger[level]))
		}
	}
	return strings.Join(parts, ", ") + "."
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

func esc(text string) string { return html.EscapeString(text) }

// headline is the height of the title and the legend.
const headline = 96

func (d *drawing) headline() {
	w := d.t.words
	d.text(margin, margin+26, "title", d.t.name)
	d.text(margin+int(width(d.t.name, 37))+18, margin+26, "r soft", fmt.Sprintf("%s · %d %s", w.title, len(d.t.steps), w.steps))
	x := margin
	for _, level := range []book.Danger{book.None, book.Concern, book.Urgent, book.Emergency} {
		x += d.badge(x, margin+46, level.String(), w.danger[level]) + 10
	}
	x += 14
	x += d.tag(x, margin+46, "→ 12") + 8
	x += d.text(x, margin+61, "s soft", w.number) + 24
	x += d.tag(x, margin+46, "sexting ↗") + 8
	x += d.text(x, margin+61, "s soft", w.elsewhere) + 24
	d.head(x, margin+46)
	d.text(x+24, margin+61, "s soft", w.offersPerson)
}

// text writes a line and says how wide it is.
func (d *drawing) text(x, y int, class, text string) int {
	d.printf(`<text x="%d" y="%d" class="%s">%s</text>`, x, y, class, esc(text))
	return int(width(text, smallSize))
}

// badge is a coloured word, and says how wide it is.
func (d *drawing) badge(x, y int, class, word string) int {
	w := int(width(word, smallSize*1.08)) + 20
	d.printf(`<rect class="%s" x="%d" y="%d" width="%d" height="20" rx="10"/><text x="%d" y="%d" class="w">%s</text>`, class, x, y, w, x+10, y+14, esc(word))
	return w
}

// tag is a small label that says where a choice leads.
func (d *drawing) tag(x, y int, word string) int {
	w := int(width(word, smallSize)) + 18
	d.printf(`<rect class="tag" x="%d" y="%d" width="%d" height="20" rx="5"/><text x="%d" y="%d" class="s">%s</text>`, x, y, w, x+9, y+14, esc(word))
	return w
}

// head is the sign of a person.
func (d *drawing) head(x, y int) {
	d.printf(`<g class="soft"><circle cx="%d" cy="%d" r="4.5"/><path d="M%d %dv-1a7 7 0 0 1 14 0v1z"/></g>`, x+9, y+5, x+2, y+19)
}

func (d *drawing) lane(l *lane) {
	d.printf(`<text x="%d" y="%d" class="lane">%s</text>`, margin, l.top-22, esc(d.t.words.audience[l.audience]))
	for _, c := range l.cards {
		c.x, c.y = c.x+margin, c.y+l.top
	}
	for _, c := range l.cards {
		d.card(c)
	}
}

// card draws a step with its choices and the lines that leave it.
func (d *drawing) card(c *card) {
	d.printf(`<g class="step" id="%s"><title>%s</title>`, esc(anchor(c.step.ID)), esc(c.said()))
	for _, r := range c.rows {
		if r.child != nil {
			d.line(c.x+cardWidth, c.y+r.y, r.child.x, r.child.y+headHeight/2+3)
		}
	}
	d.printf(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="12"/>`, c.x, c.y, cardWidth, c.h)
	d.printf(`<path class="%s" d="M%d %dh-1a11 11 0 0 0-11 11v%da11 11 0 0 0 11 11h1z"/>`, danger(c.step), c.x+12, c.y+1, c.h-24)
	d.cardHead(c)
	y := c.y + headHeight + 16
	for _, line := range c.title {
		d.printf(`<text x="%d" y="%d" class="h">%s</text>`, c.x+indent, y, esc(line))
		y += titleLine
	}
	if c.does != "" {
		d.text(c.x+indent, y-2, "s soft", "⇒ "+c.does)
	}
	for _, r := range c.rows {
		d.row(c, r)
	}
	d.b.WriteString("</g>\n")
}

func (d *drawing) cardHead(c *card) {
	number := itoa(c.number)
	w := int(width(number, smallSize)) + 16
	d.printf(`<rect class="chip" x="%d" y="%d" width="%d" height="20" rx="5"/><text x="%d" y="%d" class="w on">%s</text>`, c.x+indent, c.y+9, w, c.x+indent+8, c.y+23, number)
	x := c.x + indent + w + 8
	level := danger(c.step)
	x += d.badge(x, c.y+9, level.String(), d.t.words.danger[level]) + 8
	if len(c.step.Opens) > 0 {
		var levels []string
		for _, o := range c.step.Opens {
			levels = append(levels, d.t.words.danger[o])
		}
		d.text(x, c.y+23, "s soft", d.t.words.opens+" "+strings.Join(levels, ", "))
	}
	if c.person {
		d.head(c.x+cardWidth-padding-18, c.y+9)
	}
}

func (d *drawing) row(c *card, r row) {
	y := c.y + r.y - len(r.lines)*rowLine/2 + 13
	for i, line := range r.lines {
		x := c.x + indent
		if i > 0 {
			x += 9
		}
		d.printf(`<text x="%d" y="%d" class="r">%s</text>`, x, y+i*rowLine, esc(line))
	}
	tag := r.tag()
	x := c.x + cardWidth - padding - int(width(tag, smallSize)) - 12
	switch {
	case r.away != nil:
		d.printf(`<a href="%s.svg#%s"><title>%s</title>`, esc(themeOf(r.away.ID)), esc(anchor(r.away.ID)), esc(r.away.Heading))
	case r.ref != nil:
		d.printf(`<a href="#%s"><title>%s</title>`, esc(anchor(r.ref.step.ID)), esc(r.ref.step.Heading))
	default:
		d.printf(`<circle class="dot" cx="%d" cy="%d" r="3.5"/>`, c.x+cardWidth, c.y+r.y)
		return
	}
	d.tag(x, c.y+r.y-10, tag)
	d.b.WriteString("</a>")
}

// line joins a choice to the step that it leads to.
func (d *drawing) line(x1, y1, x2, y2 int) {
	bend := (x2 - x1) * 6 / 10
	d.printf(`<path class="line" d="M%d %dC%d %d %d %d %d %d"/>`, x1, y1, x1+bend, y1, x2-bend, y2, x2, y2)
}

// said is all that a step says, for the tip.
func (c *card) said() string {
	parts := []string{c.step.Heading}
	for _, b := range c.step.Bubbles {
		parts = append(parts, b.Text)
	}
	return strings.Join(parts, "\n")
}
