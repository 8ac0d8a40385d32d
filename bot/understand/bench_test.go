package understand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

// twenty is a message of twenty words.
const twenty = "er is een man van 34 op snap die steeds vraagt of ik een foto in bikini wil sturen"

// grown gives the real Dutch volume with so many samples, the added ones made
// of the real ones.
func grown(b *testing.B, samples int) *Understander {
	b.Helper()
	v := contentVolume(b, "nl")
	var words []string
	have := 0
	for _, step := range v.Order {
		for _, s := range step.Samples {
			words = append(words, strings.Fields(s.Text)...)
			have++
		}
	}
	big := &book.Step{ID: "big", Topic: "grooming", For: []string{"child"}, File: "nl/grooming/big.md"}
	for i := have; i < samples; i++ {
		var text []string
		for k := range 8 {
			text = append(text, words[(i*7919+k*104729+i*k)%len(words)])
		}
		if i%4 == 0 {
			text = append(text, fmt.Sprintf("woord%d", i))
		}
		big.Samples = append(big.Samples, book.Sample{Text: strings.Join(text, " "), Line: i})
	}
	v.Order = append(append([]*book.Step(nil), v.Order...), big)
	u, err := New(v)
	if err != nil {
		b.Fatal(err)
	}
	return u
}

// One message of twenty words must take at most 60 µs at 5,000 samples, and at
// most 1.3 times as long at 50,000, with at most 20 allocations.
func BenchmarkMessage(b *testing.B) {
	for _, samples := range []int{5_000, 50_000} {
		b.Run(fmt.Sprintf("samples=%d", samples), func(b *testing.B) {
			u := grown(b, samples)
			b.ReportAllocs()
			for b.Loop() {
				u.Message(twenty)
			}
		})
	}
}

// hostile texts must each take at most 1 ms.
func hostile() map[string]string {
	return map[string]string{
		"one letter":      strings.Repeat("a", 2000),
		"one letter each": strings.Repeat("k ", 1000),
		"invisible":       strings.Repeat("\u200b", 2000),
		"combining":       "e" + strings.Repeat("\u0301", 2000),
		"emoji":           strings.Repeat("😭", 2000),
		"unknown words":   strings.Repeat("qzxvbnmkj plwkdjsh ", 100),
		"one word":        strings.Repeat("hij ", 500),
		"danger words":    strings.Repeat("hij dreigt foto online anders ", 66),
		"quotes":          strings.Repeat("'\"", 1000),
	}
}

func BenchmarkHostile(b *testing.B) {
	u := real(b, "nl")
	for name, text := range hostile() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				u.Message(text)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for _, lang := range book.Languages() {
		v := contentVolume(b, lang)
		b.Run(lang, func(b *testing.B) {
			for b.Loop() {
				if _, err := New(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
