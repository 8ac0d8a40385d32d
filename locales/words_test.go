package locales

import (
	"strings"
	"testing"
)

func TestThereAreEnoughWordsToRemember(t *testing.T) {
	all, err := Words("nl", "en")
	if err != nil {
		t.Fatal(err)
	}
	for lang, list := range all {
		for _, word := range list {
			if len(word) < 2 || len(word) > 14 {
				t.Errorf("%s: %q is too short or too long to remember and type", lang, word)
			}
		}
	}
	if _, err := Words("xx"); err == nil {
		t.Error("a language without words was taken")
	}
}

func TestWordsThatDoNotFitAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"één twee": "a to z", "een een": "twice", "een twee": "needed",
	} {
		if _, err := parseWords(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
