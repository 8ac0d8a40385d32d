package book

import (
	"fmt"
	"slices"
	"strings"
)

// compare holds the languages to one shape: the same files, the same headings
// in number and order, the n-th choice leading to the same place, the same
// services with the same numbers.
func (l *loader) compare(b *Book) {
	source := Languages()[0]
	for _, lang := range Languages()[1:] {
		l.missing(source, lang)
		l.missing(lang, source)
		l.compareServices(b.Volumes[source], b.Volumes[lang])
		for _, name := range sorted(l.steps[source]) {
			if ours, found := l.steps[lang][name]; found {
				l.compareFile(l.steps[source][name], ours)
			}
		}
	}
}

// missing looks for files that only one language has. What was heard and what
// was talked is each language's own.
func (l *loader) missing(from, in string) {
	for _, name := range l.names[from] {
		folder, _, _ := strings.Cut(name, "/")
		if folder != "heard" && folder != "talks" && !slices.Contains(l.names[in], name) {
			l.wrong(from+"/"+name, 1, "there is no "+in+"/"+name, "translate the file, or take it out in both")
		}
	}
}

func (l *loader) compareServices(a, b *Volume) {
	if len(a.Referrals) != len(b.Referrals) {
		l.wrong(b.Lang+"/referrals.md", 1, fmt.Sprintf("it has %d services, and %s has %d", len(b.Referrals), a.Lang, len(a.Referrals)), "give both the same services in the same order")
		return
	}
	for i, r := range b.Referrals {
		for _, key := range []string{"country", "phone", "site", "checked"} {
			if theirs := a.Referrals[i].Fields[key]; r.Fields[key] != theirs {
				l.wrong(r.File, r.Line, fmt.Sprintf("%s: %s is %q, and in %s %q", r.Name, key, r.Fields[key], a.Referrals[i].File, theirs), "make them the same")
			}
		}
	}
}

func (l *loader) compareFile(a, b []*Step) {
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if len(a) != len(b) {
		l.wrong(b[0].File, 1, fmt.Sprintf("it has %d steps, and %s has %d", len(b), a[0].File, len(a)), "give both the same headings in the same order")
		return
	}
	for i := range a {
		l.compareStep(a[i], b[i])
	}
}

func (l *loader) compareStep(a, b *Step) {
	place := fmt.Sprintf("%s:%d", a.File, a.Line)
	if !slices.Equal(a.For, b.For) || !slices.Equal(a.Opens, b.Opens) || !slices.Equal(a.Wants, b.Wants) || a.Does != b.Does || a.Danger != b.Danger {
		l.wrong(b.File, 1, "its front matter differs from "+a.File, "make for, opens, wants, danger and does the same")
	}
	if len(a.Choices) != len(b.Choices) {
		l.wrong(b.File, b.Line, fmt.Sprintf("%d choices, and %s has %d", len(b.Choices), place, len(a.Choices)), "give both the same choices")
		return
	}
	for i := range a.Choices {
		if a.Choices[i].To != b.Choices[i].To {
			l.wrong(b.File, b.Choices[i].Line, fmt.Sprintf("choice %d leads to %s, and at %s to %s", i+1, b.Choices[i].To, place, a.Choices[i].To), "make them lead to the same step")
		}
	}
}
