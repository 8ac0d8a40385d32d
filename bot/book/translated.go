package book

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// stamp is what a translation says that it was made from.
type stamp struct {
	hash string
	line int
}

// fingerprint is a short hash of what a file of dialogue says: its headings,
// bubbles and choices, in order. Samples, notes and markup do not count.
func fingerprint(steps []*Step) string {
	sum := sha256.New()
	add := func(kind, text string) { fmt.Fprintf(sum, "%s %s\n", kind, strings.Join(strings.Fields(text), " ")) }
	for _, step := range steps {
		add("#", step.Heading)
		for _, b := range step.Bubbles {
			add("", b.Text)
		}
		for _, choice := range step.Choices {
			add("-", choice.Label)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:4])
}

// compareStamps refuses translations of a source that has changed since.
func (l *loader) compareStamps() {
	source := Languages()[0]
	for _, steps := range l.steps[source] {
		if len(steps) > 0 && steps[0].translates.hash != "" {
			l.wrong(steps[0].File, steps[0].translates.line, "the source says that it is a translation", "take `translates:` out")
		}
	}
	for _, lang := range Languages()[1:] {
		for name, steps := range l.steps[lang] {
			if from := l.steps[source][name]; len(steps) > 0 && len(from) > 0 {
				l.compareStamp(steps[0], from[0].File, fingerprint(from))
			}
		}
	}
}

func (l *loader) compareStamp(step *Step, from, hash string) {
	what := from + " has changed since this was translated"
	switch step.translates.hash {
	case hash:
		return
	case "":
		what = "nothing says which " + from + " this is a translation of"
	}
	l.wrong(step.File, max(1, step.translates.line), what, fmt.Sprintf("read both, mend this one, then run: praatpaal check --translated %s", step.File))
}

// Translated notes in translations that they fit their source as it is now. It
// gives the new text of those that change, keyed by file; nothing is written.
// Names are files as in "en/grooming/photo.md"; "all" is every translation.
func Translated(fsys fs.FS, names []string) (map[string]string, error) {
	if len(names) == 0 {
		return nil, errors.New("name the translations, as in en/grooming/photo.md, or all")
	}
	source := Languages()[0]
	var unread []Finding
	l := &loader{fsys: fsys, found: &unread, steps: map[string]map[string][]*Step{}, names: map[string][]string{}}
	for _, lang := range Languages() {
		l.volume(lang)
	}
	if slices.Contains(names, "all") {
		names = nil
		for _, lang := range Languages()[1:] {
			for _, name := range sorted(l.steps[lang]) {
				names = append(names, path.Join(lang, name+".md"))
			}
		}
	}
	changed := map[string]string{}
	for _, file := range names {
		lang, name, _ := strings.Cut(strings.TrimSuffix(file, ".md"), "/")
		from := l.steps[source][name]
		if lang == source || len(l.steps[lang][name]) == 0 || len(from) == 0 {
			return nil, fmt.Errorf("%s: no translation of dialogue: name files as in en/grooming/photo.md, or all", file)
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if now := stamped(string(text), fingerprint(from)); now != string(text) {
			changed[file] = now
		}
	}
	return changed, nil
}

// stamped puts a hash into the front matter of a file.
func stamped(text, hash string) string {
	head, body, found := strings.Cut(text, "\n---\n")
	if !found {
		return text
	}
	line := "translates: " + hash
	lines := strings.Split(head, "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "translates:") })
	if at >= 0 {
		lines[at] = line
	} else {
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n---\n" + body
}
