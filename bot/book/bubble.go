package book

import (
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// bubble renders a paragraph or an ordered list: as safe markup, and as text.
type bubble struct {
	s         *source
	referrals []Referral
	html      strings.Builder
	text      strings.Builder
}

func readBubble(s *source, n ast.Node, referrals []Referral) Bubble {
	b := &bubble{s: s, referrals: referrals}
	if list, ok := n.(*ast.List); ok {
		b.numbered(list)
	} else {
		b.html.WriteString("<p>")
		b.inlines(n)
		b.html.WriteString("</p>")
	}
	said := strings.TrimSpace(b.text.String())
	if strings.HasPrefix(said, "|") {
		s.wrong(s.at(n), "a table would be read out as bars", "write sentences")
	}
	return Bubble{HTML: b.html.String(), Text: said, Line: s.at(n)}
}

func (b *bubble) numbered(list *ast.List) {
	b.html.WriteString("<ol>")
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		block := item.FirstChild()
		if block == nil || block.NextSibling() != nil {
			b.s.wrong(b.s.at(item), "a numbered line with more than one sentence block", "keep one line each")
			continue
		}
		b.html.WriteString("<li>")
		fmt.Fprintf(&b.text, "%d. ", number)
		b.inlines(block)
		b.html.WriteString("</li>")
		b.text.WriteString("\n")
		number++
	}
	b.html.WriteString("</ol>")
}

func (b *bubble) inlines(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.words(n)
		case *ast.Emphasis:
			b.strong(n)
		case *ast.Link:
			b.link(n)
		case *ast.RawHTML:
			b.s.wrong(b.s.at(n), "markup in a sentence", "write plain words")
		default:
			b.s.wrong(b.s.at(n), "a "+n.Kind().String()+" in a sentence", "use plain words, **strong** and [links](…) only")
		}
	}
}

func (b *bubble) words(n *ast.Text) {
	said := html.UnescapeString(string(n.Segment.Value(b.s.body())))
	if strings.Contains(said, `\`) || n.HardLineBreak() {
		b.s.wrong(b.s.at(n), "a backslash or a forced line break", "leave it out")
	}
	if n.SoftLineBreak() {
		said += " "
	}
	b.text.WriteString(said)
	b.html.WriteString(html.EscapeString(said))
}

func (b *bubble) strong(n *ast.Emphasis) {
	if n.Level != 2 {
		b.s.wrong(b.s.at(n), "italics in a sentence", "use **strong** or nothing")
	}
	b.html.WriteString("<strong>")
	b.inlines(n)
	b.html.WriteString("</strong>")
}

func (b *bubble) link(n *ast.Link) {
	to, label := string(n.Destination), string(nodeText(n, b.s.body()))
	href := b.href(n, to, label)
	b.text.WriteString(label)
	rel := ""
	if strings.HasPrefix(href, "https:") {
		rel = ` rel="noopener noreferrer" target="_blank"`
	}
	fmt.Fprintf(&b.html, `<a href="%s"%s>%s</a>`, html.EscapeString(href), rel, html.EscapeString(label))
}

// href checks where a link in a sentence leads: a number or a site of
// referrals.md, or an entry of it.
func (b *bubble) href(n ast.Node, to, label string) string {
	if _, anchor, found := strings.Cut(to, "referrals.md#"); found {
		for _, r := range b.referrals {
			if r.Anchor == anchor {
				return r.href()
			}
		}
		b.s.wrong(b.s.at(n), fmt.Sprintf("no service with the anchor #%s in referrals.md", anchor), "name one that is there, or add it")
		return ""
	}
	if strings.HasPrefix(to, "tel:") && digits(to) != digits(label) {
		b.s.wrong(b.s.at(n), fmt.Sprintf("the link says %q and calls %q", label, to), "make the number the same in both")
	}
	for _, r := range b.referrals {
		if r.Has(to) {
			return to
		}
	}
	b.s.wrong(b.s.at(n), fmt.Sprintf("%q is in no service of referrals.md", to), "add it there with its source, or mend the link")
	return ""
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func nodeText(n ast.Node, src []byte) []byte {
	var out []byte
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			out = append(out, t.Segment.Value(src)...)
			continue
		}
		out = append(out, nodeText(c, src)...)
	}
	return out
}
