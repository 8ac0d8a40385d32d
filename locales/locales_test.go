package locales_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/praatpaal/praatpaal/locales"
)

func TestEveryStringExistsInEveryLanguage(t *testing.T) {
	all, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"nl", "en"} {
		if len(all[lang]) == 0 {
			t.Errorf("no strings in %s", lang)
		}
		for key, text := range all[lang] {
			if strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
				t.Errorf("%s %s: a placeholder is left in %q", lang, key, text)
			}
		}
	}
	if nl, en := len(all["nl"]), len(all["en"]); nl != en {
		t.Errorf("%d strings in nl, %d in en", nl, en)
	}
}

func TestEveryErrorOfTheProtocolHasAText(t *testing.T) {
	all, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	codes := []string{"bad-frame", "too-long", "rate-limited", "unknown-token", "unknown-choice", "busy", "unavailable"}
	for lang, texts := range all {
		for _, code := range codes {
			if texts["error."+code] == "" {
				t.Errorf("%s: error.%s has no text", lang, code)
			}
		}
	}
}

func TestMistakesInTheFilesAreRefused(t *testing.T) {
	cases := []struct{ name, nl, en, want string }{
		{"a key that one language lacks", "[chat]\nsend=\"Stuur\"\nstop=\"Stop\"", "[chat]\nsend=\"Send\"", "chat.stop"},
		{"an empty text", "[chat]\nsend=\"Stuur\"", "[chat]\nsend=\" \"", "empty"},
		{"another placeholder", "[chat]\nsend=\"{{.N}} keer\"", "[chat]\nsend=\"{{.M}} times\"", "placeholders"},
		{"a file that is no TOML", "[chat", "[chat]\nsend=\"Send\"", "active.nl.toml"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := locales.LoadFrom(fstest.MapFS{
				"active.nl.toml": {Data: []byte(c.nl)},
				"active.en.toml": {Data: []byte(c.en)},
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
}

func TestPluralsAndPlaceholdersComeOutPlain(t *testing.T) {
	all, err := locales.LoadFrom(fstest.MapFS{
		"active.nl.toml": {Data: []byte("[chat.wait]\none=\"{{.N}} minuut\"\nother=\"{{.N}} minuten\"")},
		"active.en.toml": {Data: []byte("[chat.wait]\none=\"{{.N}} minute\"\nother=\"{{.N}} minutes\"")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := locales.Texts{"chat.wait": "{n} minutes", "chat.wait.one": "{n} minute", "chat.wait.other": "{n} minutes"}
	for key, text := range want {
		if got := all["en"][key]; got != text {
			t.Errorf("%s: got %q, want %q", key, got, text)
		}
	}
	if got := locales.Fill(all["nl"]["chat.wait"], "n", "3"); got != "3 minuten" {
		t.Errorf("filled: %q", got)
	}
}
