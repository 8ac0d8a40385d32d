package understand

import "strings"

// stemmer takes the endings off a folded word, so that forms of one word meet.
// It is light: it would rather leave two forms apart than join two words.
type stemmer func(word string) string

func stemmerFor(lang string) stemmer {
	if lang == "nl" {
		return stemDutch
	}
	return stemEnglish
}

func vowel(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'
}

func hasVowel(w string) bool { return strings.ContainsAny(w, "aeiouy") }

// undouble turns zegg into zeg, stopp into stop.
func undouble(w string) string {
	n := len(w)
	if n > 2 && w[n-1] == w[n-2] && !vowel(w[n-1]) {
		return w[:n-1]
	}
	return w
}
