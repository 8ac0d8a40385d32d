package book

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// source is one file while it is being read, with the list that its findings
// go to.
type source struct {
	file  string
	text  string
	front front
	found *[]Finding
	// starts holds the offset of each line's first byte.
	starts []int
	// notes keeps <!-- notes --> among the blocks; else they are passed over.
	notes bool
}

func newSource(file string, data []byte, found *[]Finding) *source {
	s := &source{file: file, text: strings.ReplaceAll(string(data), "\r\n", "\n"), found: found}
	s.starts = []int{0}
	for i, c := range []byte(s.text) {
		if c == '\n' {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

// wrong notes an error: the book is refused.
func (s *source) wrong(line int, what, do string) {
	*s.found = append(*s.found, Finding{File: s.file, Line: line, What: what, Do: do})
}

// line gives the line number of an offset into the text.
func (s *source) line(offset int) int {
	return sort.SearchInts(s.starts, offset+1)
}

// at gives the line on which a node starts.
func (s *source) at(n ast.Node) int {
	if p := n.Pos(); p >= 0 {
		return s.line(p + s.front.body)
	}
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		return s.line(n.Lines().At(0).Start + s.front.body)
	}
	if c := n.FirstChild(); c != nil {
		return s.at(c)
	}
	if p := n.Parent(); p != nil && p.Kind() != ast.KindDocument {
		return s.at(p)
	}
	return 1
}

// body is the text after the front matter.
func (s *source) body() []byte { return []byte(s.text[s.front.body:]) }

// raw gives the lines of a block as they were typed, joined by spaces, and how
// many there were.
func (s *source) raw(n ast.Node) (string, int) {
	var lines []string
	body := s.text[s.front.body:]
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		lines = append(lines, strings.TrimSpace(body[seg.Start:seg.Stop]))
	}
	return strings.Join(lines, " "), len(lines)
}

// block gives a block of markup exactly as it was typed.
func (s *source) block(n *ast.HTMLBlock) string {
	body := s.text[s.front.body:]
	if n.Lines().Len() == 0 {
		return ""
	}
	end := n.Lines().At(n.Lines().Len() - 1).Stop
	if n.HasClosure() {
		end = n.ClosureLine.Stop
	}
	return strings.TrimSpace(body[n.Lines().At(0).Start:end])
}

// part is a heading and the blocks under it.
type part struct {
	level   int
	heading string
	line    int
	blocks  []ast.Node
}

// parts cuts the body at its headings and refuses what stands before the first.
func (s *source) parts() []part {
	doc := goldmark.DefaultParser().Parse(text.NewReader(s.body()))
	var out []part
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			title, _ := s.raw(h)
			out = append(out, part{level: h.Level, heading: title, line: s.at(h)})
			continue
		}
		if s.isComment(n) && !s.notes {
			continue
		}
		if len(out) == 0 {
			s.wrong(s.at(n), "this stands before the first heading", "move it below a heading")
			continue
		}
		last := &out[len(out)-1]
		last.blocks = append(last.blocks, n)
	}
	return out
}

// isComment tells a note to fellow editors from other markup, and refuses the
// latter.
func (s *source) isComment(n ast.Node) bool {
	block, ok := n.(*ast.HTMLBlock)
	if !ok {
		return false
	}
	typed, _ := s.raw(block)
	if !strings.HasPrefix(typed, "<!--") {
		s.wrong(s.at(n), "markup is not allowed here", "write plain markdown; only <!-- notes --> may stand here")
	}
	return true
}
