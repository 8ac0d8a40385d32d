package book

import (
	"strings"
	"unicode/utf8"
)

// syllables counts the syllables of a word in small letters, by its vowels.
func syllables(lang, word string) int {
	count := 0
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == '-' || r == '.' || r == '/' }) {
		n := 0
		if lang == "nl" {
			n = dutchSyllables(part)
		} else {
			n = englishSyllables(part)
		}
		count += n
	}
	return max(1, count)
}

// dutchVowels are the letters that make one sound together, longest first;
// any other vowels side by side are two syllables, as in "video".
func dutchVowels() []string {
	return []string{
		"aai", "ooi", "oei", "eeu", "ieu", "eau", "éé", "óó", "aa", "ee", "oo", "uu", "ie", "oe", "eu", "ui", "ei", "ij", "ou", "au", "ai",
		"a", "e", "i", "o", "u", "y", "á", "é", "í", "ó", "ú", "à", "è", "ê", "ä", "ë", "ï", "ö", "ü",
	}
}

func dutchSyllables(word string) int {
	word = strings.ReplaceAll(word, "qu", "kw")
	count := 0
	for i := 0; i < len(word); {
		n := vowelAt(word[i:], dutchVowels())
		if n == 0 {
			_, n = utf8.DecodeRuneInString(word[i:])
		} else {
			count++
		}
		i += n
	}
	return count
}

// vowelAt gives the length of the sound that a text begins with, 0 when it
// does not begin with a vowel.
func vowelAt(text string, vowels []string) int {
	for _, v := range vowels {
		if strings.HasPrefix(text, v) {
			return len(v)
		}
	}
	return 0
}

func englishSyllables(word string) int {
	word = strings.Trim(strings.ReplaceAll(word, "’", "'"), `'",;:!?()“”…`)
	word, _, _ = strings.Cut(word, "'")
	if word == "" {
		return 0
	}
	count := 0
	before := false
	for i := range len(word) {
		vowel := strings.IndexByte("aeiouy", word[i]) >= 0 && (word[i] != 'y' || i > 0)
		if vowel && !before {
			count++
		}
		before = vowel
	}
	return max(1, count+englishApart(word)-englishSilent(word))
}

// englishApart counts vowels side by side that are two syllables.
func englishApart(word string) int {
	n := 0
	for _, pair := range []string{"eo", "ia", "io", "iu", "ua", "eing", "ying", "oing", "uing", "quie", "scie", "crea"} {
		n += strings.Count(word, pair)
	}
	for _, one := range []string{"tion", "sion", "cia", "tia", "peo", "cious", "gion", "geo", "qua", "gua", "sua", "tua"} {
		n -= strings.Count(word, one)
	}
	if strings.HasSuffix(word, "dea") || strings.HasSuffix(word, "rea") {
		n++
	}
	return max(0, n)
}

// englishSilent counts the vowels that nobody hears.
func englishSilent(word string) int {
	n := 0
	for _, inside := range []string{"some", "every", "ately", "telyn"} {
		if strings.HasPrefix(word, inside) && len(word) > len(inside) || inside == "every" && word == inside {
			n++
		}
	}
	for _, end := range []string{"ely", "eful", "eless", "ement"} {
		if strings.HasSuffix(word, end) && len(word) > len(end)+1 {
			n++
		}
	}
	switch {
	case strings.HasSuffix(word, "le") && len(word) > 2 && !isVowel(word[len(word)-3]):
	case strings.HasSuffix(word, "e") && !endsInTwoVowels(word):
		n++
	case strings.HasSuffix(word, "ed") && len(word) > 3 && !strings.ContainsRune("td", rune(word[len(word)-3])) && !isVowel(word[len(word)-3]):
		n++
	case strings.HasSuffix(word, "es") && len(word) > 3 && !strings.ContainsRune("sxzcgh", rune(word[len(word)-3])) && !isVowel(word[len(word)-3]):
		n++
	}
	return n
}

func endsInTwoVowels(word string) bool { return len(word) > 1 && isVowel(word[len(word)-2]) }

func isVowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }
