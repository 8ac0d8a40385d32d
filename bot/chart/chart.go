// Package chart draws the dialogue of a book as pictures, theme by theme: SVG
// to look at and Mermaid to read on a forge. main.go calls it once, for the
// command map. It must never know where the pictures are kept, nor anything of
// a conversation.
package chart

import (
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// theme is what one picture shows: the steps of one folder in one language.
type theme struct {
	name   string // the folder; "start" for the files that stand in none
	lang   string
	volume *book.Volume
	steps  []*book.Step
	words  words
}

// Draw gives all pictures, keyed by the name of their file: "nl/grooming.svg",
// "nl/grooming.md" and "index.md".
func Draw(b *book.Book) map[string]string {
	out := map[string]string{}
	var all []theme
	for _, lang := range book.Languages() {
		for _, t := range themes(b.Volumes[lang]) {
			out[lang+"/"+t.name+".svg"] = picture(t)
			out[lang+"/"+t.name+".md"] = page(t)
			all = append(all, t)
		}
	}
	out["index.md"] = index(all)
	return out
}

// themes cuts a volume at its folders. Where one comes in is put first, the
// rest is in the order of names.
func themes(v *book.Volume) []theme {
	var out []theme
	for _, step := range v.Order {
		name := themeOf(step.ID)
		at := slices.IndexFunc(out, func(t theme) bool { return t.name == name })
		if at < 0 {
			at = len(out)
			out = append(out, theme{name: name, lang: v.Lang, volume: v, words: wordsIn(v.Lang)})
		}
		out[at].steps = append(out[at].steps, step)
	}
	slices.SortStableFunc(out, func(a, b theme) int { return strings.Compare(rank(a.name), rank(b.name)) })
	return out
}

const startTheme = "start"

func rank(name string) string {
	if name == startTheme {
		return ""
	}
	return name
}

func themeOf(id string) string {
	if folder, _, found := strings.Cut(id, "/"); found {
		return folder
	}
	return startTheme
}

// anchor is the name of a step inside the picture of its theme.
func anchor(id string) string {
	_, name, found := strings.Cut(id, "/")
	if !found {
		name = id
	}
	return strings.ReplaceAll(name, "#", "--")
}

// person tells whether a choice leads to the hand-over, which nearly every step
// offers: it is drawn as a sign on the step instead of a line.
func (t *theme) person(choice book.Choice) bool {
	to := t.volume.Steps[choice.To]
	return to != nil && to.Does == "hand-over" && !strings.Contains(to.ID, "/")
}

// danger is what a step stands for: what arriving at it says, else the gravest
// danger that it opens at.
func danger(step *book.Step) book.Danger {
	if step.Danger > book.None || len(step.Opens) == 0 {
		return step.Danger
	}
	return slices.Max(step.Opens)
}

// audiences lists for whom steps are written, in the order in which they are
// drawn. A step for several stands with the first of them.
func audiences() []string { return []string{"child", "friend", "parent", "professional"} }

func audienceOf(step *book.Step) string {
	for _, a := range audiences() {
		if slices.Contains(step.For, a) {
			return a
		}
	}
	return audiences()[0]
}
