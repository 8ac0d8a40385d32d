package chart

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// span is what a tree takes of one column.
type span struct{ top, bottom int }

// arrange puts the cards of a lane into columns: every card right of the one
// that leads to it, as close together as their outlines allow.
func (l *lane) arrange() {
	var outline []span
	for _, root := range l.roots {
		outline = join(outline, root, root.place(0), cardGap+8)
	}
	top, bottom := 0, 0
	for i, s := range outline {
		if i == 0 {
			top, bottom = s.top, s.bottom
		}
		top, bottom = min(top, s.top), max(bottom, s.bottom)
	}
	for _, root := range l.roots {
		root.shift(-top)
	}
	l.h = bottom - top
}

// place arranges a card's tree around itself and gives its outline, column by
// column from its own on.
func (c *card) place(column int) []span {
	c.x = column * (cardWidth + columnGap)
	var below []span
	for _, child := range c.children {
		below = join(below, child, child.place(column+1), cardGap)
	}
	if len(c.children) > 0 {
		first, last := c.children[0], c.children[len(c.children)-1]
		c.y = (first.y+last.y+last.h)/2 - c.h/2
	}
	return append([]span{{c.y, c.y + c.h}}, below...)
}

// join moves a tree below those that are there already, and gives the outline
// of all.
func join(above []span, c *card, own []span, gap int) []span {
	down := 0
	for i := range min(len(above), len(own)) {
		if need := above[i].bottom + gap - own[i].top; i == 0 || need > down {
			down = need
		}
	}
	c.shift(down)
	for i, s := range own {
		s.top, s.bottom = s.top+down, s.bottom+down
		if i < len(above) {
			above[i] = span{min(above[i].top, s.top), max(above[i].bottom, s.bottom)}
			continue
		}
		above = append(above, s)
	}
	return above
}

func (c *card) shift(down int) {
	c.y += down
	for _, child := range c.children {
		child.shift(down)
	}
}
