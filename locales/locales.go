// Package locales holds the frame around the content: buttons, waiting texts,
// errors and the desk's labels, in every language. Package web loads it once
// at start and only reads it after that. It is the only place that knows
// go-i18n, and it must never know anything else of Praatpaal.
package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed active.*.toml
var files embed.FS

// Texts are all strings of one language, keyed as in the file ("chat.send").
// A placeholder {{.N}} of the file stands in the text as {n}. A key with
// plural forms is there three times: "key.one", "key.other", and "key", which
// is the same as "key.other".
type Texts map[string]string

// Load resolves every string of every language in the files that come with
// the program, keyed by language ("nl", "en"). It refuses a string that is
// missing in one language or empty, and one whose placeholders differ.
func Load() (map[string]Texts, error) { return LoadFrom(files) }

// LoadFrom does what Load does for the files active.<language>.toml of fsys.
func LoadFrom(fsys fs.FS) (map[string]Texts, error) {
	names, err := fs.Glob(fsys, "active.*.toml")
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	bundle := i18n.NewBundle(language.Dutch)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	messages := map[string]*i18n.Message{}
	for _, name := range names {
		if err := read(bundle, fsys, name, messages); err != nil {
			return nil, err
		}
	}
	all := map[string]Texts{}
	for _, name := range names {
		lang := strings.Split(name, ".")[1]
		if all[lang], err = resolve(bundle, lang, messages); err != nil {
			return nil, err
		}
	}
	return all, samePlaceholders(all)
}

func read(bundle *i18n.Bundle, fsys fs.FS, name string, messages map[string]*i18n.Message) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("locales: %w", err)
	}
	file, err := bundle.ParseMessageFileBytes(text, path.Base(name))
	if err != nil {
		return fmt.Errorf("locales: %s: %w", name, err)
	}
	for _, m := range file.Messages {
		messages[m.ID] = m
	}
	return nil
}

// resolve gives the texts of one language. A message that go-i18n would take
// from another language is an error.
func resolve(bundle *i18n.Bundle, lang string, messages map[string]*i18n.Message) (Texts, error) {
	localizer := i18n.NewLocalizer(bundle, lang)
	texts := Texts{}
	var wrong []error
	for id, m := range messages {
		for key, count := range forms(m) {
			text, err := localizer.Localize(&i18n.LocalizeConfig{
				MessageID: id, PluralCount: count, TemplateData: placeholders(m),
			})
			if err == nil && strings.TrimSpace(text) == "" {
				err = errors.New("is empty")
			}
			if err != nil {
				wrong = append(wrong, fmt.Errorf("locales: active.%s.toml: %s: %w", lang, id, err))
				continue
			}
			texts[key] = text
		}
	}
	return texts, errors.Join(wrong...)
}

// forms names the keys that a message gives, with the count that leads to each.
func forms(m *i18n.Message) map[string]any {
	if m.One == "" {
		return map[string]any{m.ID: nil}
	}
	return map[string]any{m.ID: 2, m.ID + ".one": 1, m.ID + ".other": 2}
}

// placeholders fills each {{.Name}} of a message with {name}.
func placeholders(m *i18n.Message) map[string]string {
	data := map[string]string{}
	for _, found := range regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`).FindAllStringSubmatch(m.One+m.Other, -1) {
		data[found[1]] = "{" + strings.ToLower(found[1]) + "}"
	}
	return data
}

func samePlaceholders(all map[string]Texts) error {
	seen := map[string][]string{}
	var wrong []error
	for lang, texts := range all {
		for key, text := range texts {
			found := regexp.MustCompile(`\{\w+\}|<no value>`).FindAllString(text, -1)
			slices.Sort(found)
			if first, ok := seen[key]; ok && !slices.Equal(first, found) {
				wrong = append(wrong, fmt.Errorf("locales: %s: placeholders %v in %s, %v elsewhere", key, found, lang, first))
			}
			seen[key] = found
		}
	}
	return errors.Join(wrong...)
}

// Fill puts values into the {name} places of a text: Fill(t, "n", "3").
func Fill(text string, namesAndValues ...string) string {
	pairs := slices.Clone(namesAndValues)
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
