package book

import (
	"strings"
	"unicode"
)

// Slug is the anchor that forges give a heading: lower case, punctuation
// dropped, spaces to hyphens, letters with accents kept.
func Slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

// plainHeading tells whether every forge makes the same anchor of a heading.
func plainHeading(heading string) bool {
	for i, r := range heading {
		last := i+len(string(r)) == len(heading)
		switch {
		case r == ' ' || r == '\'' || r == '’' || r == ',' || r == '-':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
		case last && strings.ContainsRune("?!.", r):
		default:
			return false
		}
	}
	return heading != ""
}
