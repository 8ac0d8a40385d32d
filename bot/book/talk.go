package book

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Talk is a conversation that must stay true: what a visitor does, line by
// line. What the bot answered stands between the lines in Text, and is
// compared byte for byte when the talk is replayed.
type Talk struct {
	File  string
	Lang  string
	As    string // entrance: child or parent
	Page  string // the step where the chat was opened, or ""
	Head  string // the front matter and heading, as they stand
	Text  string // the whole file
	Lines []Line
}

// Line is one thing that a visitor does in a talk.
type Line struct {
	Kind string // "says", "taps", "happens" or "note"
	Text string // what is typed, a label, an event such as "A counsellor joins: Sanne", or a note
	Line int
}

// readTalk reads a transcript. What the bot says in it is passed over here.
func readTalk(s *source, lang string) *Talk {
	s.front = readFront(s, "as", "page")
	s.notes = true
	talk := &Talk{File: s.file, Lang: lang, As: s.front.values["as"], Page: s.front.values["page"], Text: s.text}
	if talk.As != "child" && talk.As != "parent" {
		s.wrong(1, "nothing says who is talking", "add `as: child` or `as: parent`")
	}
	parts := s.parts()
	if len(parts) != 1 || parts[0].level != 1 {
		s.wrong(1, "a talk has one # heading that says what it shows", "keep one heading")
		return talk
	}
	talk.Head = s.text[:s.front.body] + "\n# " + parts[0].heading + "\n"
	for _, n := range parts[0].blocks {
		talk.read(s, n)
	}
	return talk
}

func (t *Talk) read(s *source, n ast.Node) {
	switch n := n.(type) {
	case *ast.Blockquote:
		t.quote(s, n)
	case *ast.Paragraph:
		typed, _ := s.raw(n)
		event, found := strings.CutPrefix(typed, "*")
		event, closed := strings.CutSuffix(event, ".*")
		if found && closed && !strings.HasPrefix(event, "Now:") && !strings.HasPrefix(event, "Danger:") {
			t.Lines = append(t.Lines, Line{Kind: "happens", Text: event, Line: s.at(n)})
		}
	case *ast.HTMLBlock:
		note := s.block(n)
		t.Lines = append(t.Lines, Line{Kind: "note", Text: note, Line: s.at(n)})
	case *ast.List:
	default:
		s.wrong(s.at(n), "a "+n.Kind().String()+" is not part of a talk", "use quotes, paragraphs, lists and *events*")
	}
}

func (t *Talk) quote(s *source, quote *ast.Blockquote) {
	block, ok := quote.FirstChild().(*ast.Paragraph)
	if !ok || block.NextSibling() != nil {
		s.wrong(s.at(quote), "a quote that is not one message", "write `> what is typed` or `> [label]`")
		return
	}
	typed, _ := s.raw(block)
	label, open := strings.CutPrefix(typed, "[")
	label, closed := strings.CutSuffix(label, "]")
	if open && closed {
		t.Lines = append(t.Lines, Line{Kind: "taps", Text: label, Line: s.at(block)})
		return
	}
	t.Lines = append(t.Lines, Line{Kind: "says", Text: typed, Line: s.at(block)})
}
