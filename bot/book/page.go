package book

import (
	"github.com/yuin/goldmark/ast"
)

// readPage cuts a file that is not dialogue into sections, with the text as it
// was typed; what the sections mean is for the caller to know.
func readPage(s *source, keys ...string) *Page {
	s.front = readFront(s, keys...)
	page := &Page{File: s.file, Front: s.front.values}
	for _, p := range s.parts() {
		if p.level > 2 {
			s.wrong(p.line, "a heading deeper than ##", "use # or ##")
		}
		section := Section{Level: p.level, Heading: p.heading, Line: p.line}
		for _, n := range p.blocks {
			section.take(s, n)
		}
		page.Sections = append(page.Sections, section)
	}
	return page
}

func (section *Section) take(s *source, n ast.Node) {
	switch n := n.(type) {
	case *ast.Blockquote:
		section.Quotes = append(section.Quotes, quoted(s, n)...)
	case *ast.List:
		section.Items = append(section.Items, items(s, n)...)
	case *ast.Paragraph:
		typed, _ := s.raw(n)
		section.Text = append(section.Text, Sample{Text: typed, Line: s.at(n)})
	default:
		s.wrong(s.at(n), "a "+n.Kind().String()+" is not allowed here", "use paragraphs, lists and quoted lists")
	}
}

// quoted reads `> - …`, one sentence a line.
func quoted(s *source, quote *ast.Blockquote) []Sample {
	var out []Sample
	for n := quote.FirstChild(); n != nil; n = n.NextSibling() {
		list, ok := n.(*ast.List)
		if !ok {
			s.wrong(s.at(n), "a quote that is not a list", "write each sentence as `> - sentence`")
			continue
		}
		out = append(out, items(s, list)...)
	}
	return out
}

// items reads the lines of a list as they were typed.
func items(s *source, list *ast.List) []Sample {
	var out []Sample
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		block := item.FirstChild()
		if block == nil {
			s.wrong(s.at(item), "an empty line of a list", "fill it or take it out")
			continue
		}
		if block.NextSibling() != nil || (block.Kind() != ast.KindTextBlock && block.Kind() != ast.KindParagraph) {
			s.wrong(s.at(block), "a list inside a list, or a second paragraph in it", "keep one sentence a line; leave an empty line after a list")
			continue
		}
		typed, lines := s.raw(block)
		if lines > 1 {
			s.wrong(s.at(block), "one line of a list that goes on over two", "put it on one line, or leave an empty line before the next")
			continue
		}
		out = append(out, Sample{Text: typed, Line: s.at(block)})
	}
	return out
}
