package book

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// String gives the finding as an editor reads it: place, what is wrong, what
// to do.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.What, f.Do)
}

// Load reads the folders nl and en of fsys and checks them together. It
// returns all findings at once, in the order of files and lines; the book is
// nil when one of them is an error.
func Load(fsys fs.FS) (*Book, []Finding) {
	var found []Finding
	l := &loader{fsys: fsys, found: &found, steps: map[string]map[string][]*Step{}, names: map[string][]string{}}
	b := &Book{Volumes: map[string]*Volume{}}
	for _, lang := range Languages() {
		b.Volumes[lang] = l.volume(lang)
	}
	l.name(b)
	l.link(b)
	l.compare(b)
	l.compareStamps()
	check(b, &found)
	found = inOrder(found)
	if slices.ContainsFunc(found, func(f Finding) bool { return !f.Warning }) {
		return nil, found
	}
	return b, found
}

// inOrder sorts findings by place, and drops those that say the same twice.
func inOrder(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(found)
}

// loader holds the book while it is being put together.
type loader struct {
	fsys  fs.FS
	found *[]Finding
	// steps holds the steps of each dialogue file: language, then path
	// without the language and ".md".
	steps map[string]map[string][]*Step
	// names holds all files of a language, dialogue or not, in order.
	names map[string][]string
}

func (l *loader) wrong(file string, line int, what, do string) {
	*l.found = append(*l.found, Finding{File: file, Line: line, What: what, Do: do})
}

func (l *loader) volume(lang string) *Volume {
	v := &Volume{Lang: lang, Steps: map[string]*Step{}}
	l.steps[lang] = map[string][]*Step{}
	if s := l.open(path.Join(lang, "referrals.md")); s != nil {
		v.Referrals = readReferrals(s)
	}
	if s := l.open(path.Join(lang, "voice.md")); s != nil {
		v.voice = readVoice(s)
	}
	err := fs.WalkDir(l.fsys, lang, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".md" {
			return err
		}
		l.names[lang] = append(l.names[lang], strings.TrimPrefix(file, lang+"/"))
		l.read(v, file)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		l.wrong(lang, 1, "there is no such folder", "the content has the folders nl and en")
	} else if err != nil {
		l.wrong(lang, 1, "it cannot be read: "+err.Error(), "look at the rights of the folder")
	}
	return v
}

func (l *loader) open(file string) *source {
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		l.wrong(file, 1, "the file cannot be read", "make it, or look at its rights")
		return nil
	}
	return newSource(file, data, l.found)
}

func (l *loader) read(v *Volume, file string) {
	name := strings.TrimSuffix(strings.TrimPrefix(file, v.Lang+"/"), ".md")
	if name == "referrals" || name == "voice" {
		return
	}
	s := l.open(file)
	if s == nil {
		return
	}
	switch folder, _, _ := strings.Cut(name, "/"); {
	case name == "words":
		v.Words = append(v.Words, readPage(s))
	case name == "danger":
		v.Danger = append(v.Danger, readPage(s))
	case folder == "heard":
		v.Heard = append(v.Heard, readPage(s, "topic"))
	case folder == "talks":
		v.Talks = append(v.Talks, readTalk(s, v.Lang))
	default:
		l.steps[v.Lang][name] = readSteps(s, v.Referrals)
	}
}

// name gives every step its id, which is the same in all languages: the
// anchor of the English heading.
func (l *loader) name(b *Book) {
	for _, lang := range Languages() {
		v := b.Volumes[lang]
		for _, name := range sorted(l.steps[lang]) {
			english := l.steps["en"][name]
			for i, step := range l.steps[lang][name] {
				step.ID = name
				if i > 0 && i < len(english) {
					step.ID += "#" + english[i].Anchor
				} else if i > 0 {
					step.ID += "#" + step.Anchor
				}
				v.Steps[step.ID] = step
				v.Order = append(v.Order, step)
			}
		}
	}
}

// link turns the targets of choices into step ids.
func (l *loader) link(b *Book) {
	for _, lang := range Languages() {
		for _, step := range b.Volumes[lang].Order {
			for i := range step.Choices {
				l.linkChoice(lang, step, &step.Choices[i])
			}
		}
	}
}

func (l *loader) linkChoice(lang string, step *Step, choice *Choice) {
	target, anchor, _ := strings.Cut(choice.To, "#")
	file := step.File
	if target != "" {
		file = path.Join(path.Dir(step.File), target)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(file, lang+"/"), ".md")
	steps, found := l.steps[lang][name]
	if !found {
		l.wrong(step.File, choice.Line, fmt.Sprintf("choice %q leads to %s, which is no file of dialogue", choice.Label, choice.To), "mend the link, or make the file")
		return
	}
	for _, to := range steps {
		if (anchor == "" && to.Anchor == "") || (anchor != "" && Slug(to.Heading) == anchor) {
			choice.To = to.ID
			return
		}
	}
	l.wrong(step.File, choice.Line, fmt.Sprintf("choice %q leads to #%s, which is no heading of %s", choice.Label, anchor, file), "mend the link, or make the heading")
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
