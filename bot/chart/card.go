package chart

import (
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Measures of a picture, in pixels.
const (
	cardWidth  = 348
	padding    = 14
	indent     = 22 // of the texts, right of the strip in the colour of the danger
	headHeight = 30 // number, danger, sign of a person
	titleLine  = 21
	titleSize  = 16
	rowLine    = 17
	rowSize    = 13.5
	rowGap     = 9
	smallSize  = 12
	columnGap  = 78
	cardGap    = 20
	laneHead   = 62
	margin     = 44
)

// card is a step as it is drawn.
type card struct {
	step     *book.Step
	number   int
	title    []string
	does     string
	person   bool
	rows     []row
	x, y, h  int
	children []*card
}

// row is a choice on a card. A row that has a child is followed by a line to
// it; any other names where it leads.
type row struct {
	lines []string
	child *card
	ref   *card      // stands elsewhere in the picture
	away  *book.Step // stands with another theme
	y     int        // middle, from the top of the card
}

// lane holds the cards for one audience, as trees.
type lane struct {
	audience string
	cards    []*card
	roots    []*card
	top, h   int
}

// lanes deals a theme's steps out to its audiences and joins them to trees.
func lanes(t *theme) []*lane {
	cards := map[string]*card{}
	var out []*lane
	for _, name := range audiences() {
		l := &lane{audience: name}
		for _, step := range t.steps {
			if audienceOf(step) == name {
				cards[step.ID] = &card{step: step}
				l.cards = append(l.cards, cards[step.ID])
			}
		}
		if len(l.cards) > 0 {
			out = append(out, l)
		}
	}
	for _, l := range out {
		l.grow(t, cards)
	}
	number := 0
	for _, l := range out {
		for _, c := range l.roots {
			c.count(&number)
		}
	}
	for _, l := range out {
		for _, c := range l.cards {
			c.measure(t)
		}
	}
	return out
}

// grow joins the cards of a lane to trees: from the doors of the theme outward,
// each card hanging where it is met first.
func (l *lane) grow(t *theme, cards map[string]*card) {
	doors := slices.Clone(l.cards)
	slices.SortStableFunc(doors, func(a, b *card) int { return doorRank(a.step) - doorRank(b.step) })
	taken := map[*card]bool{}
	var todo []*card
	for _, c := range doors {
		if doorRank(c.step) < noDoor {
			taken[c] = true
			todo = append(todo, c)
			l.roots = append(l.roots, c)
		}
	}
	l.spread(t, cards, taken, todo)
	for _, c := range l.cards {
		if !taken[c] {
			taken[c] = true
			l.roots = append(l.roots, c)
			l.spread(t, cards, taken, []*card{c})
		}
	}
}

const noDoor = 9

// doorRank orders where a theme is entered: calm doors first.
func doorRank(step *book.Step) int {
	switch {
	case themeOf(step.ID) == startTheme && strings.HasPrefix(step.ID, startTheme) && step.Anchor == "":
		return 0
	case len(step.Opens) > 0:
		return int(slices.Min(step.Opens))
	case len(step.Wants) > 0:
		return 4
	}
	return noDoor
}

func (l *lane) spread(t *theme, cards map[string]*card, taken map[*card]bool, todo []*card) {
	for ; len(todo) > 0; todo = todo[1:] {
		c := todo[0]
		for _, choice := range c.step.Choices {
			to := cards[choice.To]
			switch {
			case t.person(choice):
				c.person = true
				continue
			case to == nil:
				c.rows = append(c.rows, row{away: t.volume.Steps[choice.To]})
			case !taken[to] && slices.Contains(l.cards, to):
				taken[to] = true
				c.children = append(c.children, to)
				todo = append(todo, to)
				c.rows = append(c.rows, row{child: to})
			default:
				c.rows = append(c.rows, row{ref: to})
			}
			c.rows[len(c.rows)-1].lines = []string{choice.Label}
		}
	}
}

// count numbers the cards as one reads them.
func (c *card) count(number *int) {
	*number++
	c.number = *number
	for _, child := range c.children {
		child.count(number)
	}
}

// measure breaks a card's texts into lines and says how high it is.
func (c *card) measure(t *theme) {
	c.title = wrap(c.step.Heading, titleSize*1.08, cardWidth-indent-padding)
	y := headHeight + len(c.title)*titleLine + 4
	if does := t.words.does[c.step.Does]; does != "" {
		c.does = does
		y += titleLine
	}
	for i := range c.rows {
		r := &c.rows[i]
		r.lines = wrap("• "+r.lines[0], rowSize, cardWidth-indent-padding-r.tagWidth())
		high := len(r.lines)*rowLine + rowGap
		r.y = y + high/2
		y += high
	}
	c.h = y + padding/2
}

// tag names where a row leads that no line follows.
func (r *row) tag() string {
	switch {
	case r.away != nil:
		return themeOf(r.away.ID) + " ↗"
	case r.ref != nil:
		return "→ " + itoa(r.ref.number)
	}
	return ""
}

func (r *row) tagWidth() float64 {
	if tag := r.tag(); tag != "" {
		return width(tag, smallSize) + 24
	}
	return 4
}

// wrap breaks a text into lines that are no wider than some pixels.
func wrap(text string, size float64, most float64) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		if *last != "" && width(*last+" "+word, size) > most {
			lines = append(lines, word)
			continue
		}
		*last = strings.TrimSpace(*last + " " + word)
	}
	return lines
}

// width guesses how wide a text is in the usual sans-serif letters.
func width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijlt.,:;'’|!()-", r):
			sum += 0.36
		case strings.ContainsRune("mwMW→↗", r):
			sum += 0.95
		case r == ' ' || r == 'f' || r == 'r' || r == '•':
			sum += 0.39
		case r >= 'A' && r <= 'Z':
			sum += 0.71
		default:
			sum += 0.61
		}
	}
	return sum * size
}
