package book

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How a telephone number looks: digits with single signs between them, or a
// short number after a word of calling. A plus, or seven digits, make a number
// of any digits; fewer digits alone are an age, a year or an amount.
const (
	numberLook = `\+?\d(?:[ ./()-]{0,2}\d)+`
	callLook   = `(?i)\b(?:bel|bellen|belt|sms|app|tel|call|ring|dial|text|phone)(?:\s+(?:naar|met|op|on|to))?:?\s+$`
	fullNumber = 7
	leastShort = 3
)

// phones refuses numbers that cannot be tapped, and numbers on a button that
// belong to nobody.
func (c *checker) phones() {
	p := &phones{c: c, number: regexp.MustCompile(numberLook), call: regexp.MustCompile(callLook), link: regexp.MustCompile(`<a [^>]*>[^<]*</a>`), tag: regexp.MustCompile(`<[^>]*>`)}
	for _, step := range c.v.Order {
		for _, b := range step.Bubbles {
			for _, number := range p.in(p.outside(b.HTML)) {
				c.wrong(step, b.Line, fmt.Sprintf("%q looks like a telephone number and cannot be tapped", number), fmt.Sprintf("write [%s](tel:%s)", number, digits(number)))
			}
		}
		for _, choice := range step.Choices {
			for _, number := range p.in(choice.Label) {
				if !p.known(number) {
					c.wrong(step, choice.Line, fmt.Sprintf("%q looks like a telephone number that is in no service of referrals.md", number), "add it there with its source, or take it off the button")
				}
			}
		}
	}
}

type phones struct {
	c                       *checker
	number, call, link, tag *regexp.Regexp
}

// outside is the text of a bubble without its links and its markup.
func (p *phones) outside(html string) string {
	return p.tag.ReplaceAllString(p.link.ReplaceAllString(html, " · "), " · ")
}

// in finds what looks like a telephone number.
func (p *phones) in(text string) []string {
	var out []string
	for _, at := range p.number.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		n := len(digits(found))
		if p.insideWord(text, at[0], at[1]) {
			continue
		}
		called := n >= leastShort && p.call.MatchString(text[:at[0]])
		if n >= fullNumber || called || strings.HasPrefix(found, "+") || p.known(found) {
			out = append(out, found)
		}
	}
	return out
}

// insideWord: letters touch the digits, as in the name 112NL.
func (p *phones) insideWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return unicode.IsLetter(before) || unicode.IsLetter(after)
}

// known tells whether a service of referrals.md has the number.
func (p *phones) known(number string) bool {
	for _, r := range p.c.v.Referrals {
		if r.Has("tel:" + number) {
			return true
		}
	}
	return false
}
