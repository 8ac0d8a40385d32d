package locales

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed words.*.txt
var wordFiles embed.FS

// leastWords is how many a list must have, so that five of them are 50 bits.
const leastWords = 1024

// Words are the short, friendly words of each language that a child can
// remember, in a fixed order. Package web makes the five words to come back
// with of them.
func Words(languages ...string) (map[string][]string, error) {
	all := map[string][]string{}
	for _, lang := range languages {
		text, err := wordFiles.ReadFile("words." + lang + ".txt")
		if err != nil {
			return nil, fmt.Errorf("locales: %w", err)
		}
		if all[lang], err = parseWords(string(text)); err != nil {
			return nil, fmt.Errorf("locales: words.%s.txt: %w", lang, err)
		}
	}
	return all, nil
}

func parseWords(text string) ([]string, error) {
	list := strings.Fields(text)
	slices.Sort(list)
	for i, word := range list {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return nil, fmt.Errorf("%q: use the letters a to z only: every keyboard has them", word)
		}
		if i > 0 && list[i-1] == word {
			return nil, fmt.Errorf("%q stands there twice", word)
		}
	}
	if len(list) < leastWords {
		return nil, fmt.Errorf("%d words; %d are needed, so that nobody can guess", len(list), leastWords)
	}
	return list, nil
}
