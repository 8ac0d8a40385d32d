package understand

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzMessage: whatever is typed, nothing breaks, and the same text means the
// same thing.
func FuzzMessage(f *testing.F) {
	for _, text := range []string{
		"", "hoi", "ik wil dood", "he says he'll post it 😭", "'quote", "€50 om 16.00", "e\u0301\u0301\u0301", "\xff\xfe", "a\u200bb", "k k k k k", "14m (15) 3e",
		"{family} … / + & unless", "🏳️‍🌈👨‍👩‍👧", "ТЕСТ مرحبا 你好", "l337 n00d5", "''''", "\"\"", "h.e.l.p...",
	} {
		f.Add(text)
	}
	nl, en := real(f, "nl"), real(f, "en")
	f.Fuzz(func(t *testing.T, text string) {
		for _, u := range []*Understander{nl, en} {
			one := u.Message(text)
			if two := u.Message(text); !reflect.DeepEqual(one, two) {
				t.Errorf("%q means %+v, and then %+v", text, one, two)
			}
			for _, r := range one.Why {
				if utf8.ValidString(text) && !utf8.ValidString(r.What) {
					t.Errorf("%q: the reason %q is no text", text, r.What)
				}
			}
			u.Hear(text, []Option{{"a", "Ja"}, {"b", "Nee, liever niet"}, {"c", text}})
		}
	})
}
