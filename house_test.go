package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/praatpaal/praatpaal"

// house lists the packages from the top of the table in the README to its
// bottom: each may import only those that stand before it.
func house() []string {
	return []string{"content", "locales", "bot/book", "bot/understand", "bot", "bot/talk", "bot/chart", "bot/proof", "bot/queue", "web", "."}
}

// ban is an import that one place may have and no other, or that a place must
// not have, with the reason.
type ban struct {
	what    string   // import path, or its beginning when it ends in /
	only    []string // the places that may; nil: see never
	never   []string // the places that must not
	because string
}

func bans() []ban {
	pure := []string{"content", "bot/book", "bot/understand", "bot", "bot/talk", "bot/chart"}
	return []ban{
		{what: "github.com/yuin/goldmark", only: []string{"bot/book"}, because: "one place turns markdown into meaning, so that nothing unchecked is shown"},
		{what: "github.com/redis/go-redis/", only: []string{"bot/queue"}, because: "one place knows how a write becomes safe"},
		{what: "github.com/alicebob/miniredis/", only: []string{"bot/queue"}, because: "the embedded store is the queue's own affair"},
		{what: "github.com/gorilla/websocket", only: []string{"web"}, because: "it may be replaced one day, in one place"},
		{what: "github.com/nicksnyder/go-i18n/", only: []string{"locales"}, because: "texts of a language are resolved once, at start"},
		{what: "github.com/fsnotify/fsnotify", only: []string{"bot/proof"}, because: "one place notices that an editor saved"},
		{what: "github.com/alecthomas/kong", only: []string{"."}, because: "only main reads flags and the environment"},
		{what: "net", never: pure, because: "a turn must not wait for anybody"},
		{what: "net/http", never: pure, because: "the engine is talked with in the terminal too"},
		{what: "sync", never: []string{"content", "bot/book", "bot", "bot/talk", "bot/chart"}, because: "what never changes needs no lock; what has one owner neither"},
		{what: "os", never: []string{"content", "bot/book", "bot/understand", "bot", "bot/talk", "bot/chart", "web"}, because: "files and settings come in as values"},
		{what: "math/rand", never: pure, because: "the same message gets the same answer"},
		{what: "math/rand/v2", never: pure, because: "the same message gets the same answer"},
		{what: "log", never: []string{"."}, because: "log/slog behind the list of allowed keys is the only log"},
		{what: "log/slog", never: pure, because: "what a child wrote must not be able to reach a log"},
	}
}

type imported struct{ place, file, path string }

func imports(t *testing.T) []imported {
	t.Helper()
	var out []imported
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if d.IsDir() && (file == "bench" || file == "browser") {
			return fs.SkipDir // they drive the program from outside, with whatever that takes
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range parsed.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			out = append(out, imported{filepath.ToSlash(filepath.Dir(file)), file, name})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no imports were found: the test looks in the wrong place")
	}
	return out
}

// floor gives the place of a package in the house, -1 when it has none.
func floor(place string) int {
	for i, p := range house() {
		if p == place || (p != "." && strings.HasPrefix(place, p+"/") && !known(place)) {
			return i
		}
	}
	return -1
}

func known(place string) bool {
	for _, p := range house() {
		if p == place {
			return true
		}
	}
	return false
}

func TestImportsRunOneWay(t *testing.T) {
	for _, i := range imports(t) {
		own, found := strings.CutPrefix(i.path, module)
		if !found {
			continue
		}
		target := path.Clean(strings.TrimPrefix(own, "/"))
		if floor(target) < 0 || floor(i.place) < 0 {
			t.Errorf("%s: %s or %s has no place in the house: add it to the table in the README and here", i.file, i.place, target)
			continue
		}
		if floor(target) >= floor(i.place) {
			t.Errorf("%s: %s imports %s, which stands at or above it: imports run one way, so that a message does too", i.file, i.place, target)
		}
	}
}

func TestWhatOnePlaceKnowsNoOtherImports(t *testing.T) {
	for _, i := range imports(t) {
		for _, b := range bans() {
			if b.covers(i) {
				t.Errorf("%s: %s must not import %s: %s", i.file, i.place, i.path, b.because)
			}
		}
	}
}

func (b ban) covers(i imported) bool {
	same := i.path == b.what || (strings.HasSuffix(b.what, "/") && strings.HasPrefix(i.path, b.what)) ||
		(strings.Contains(b.what, ".") && strings.HasPrefix(i.path, b.what+"/"))
	if !same {
		return false
	}
	for _, p := range b.never {
		if i.place == p {
			return true
		}
	}
	if b.only == nil {
		return false
	}
	for _, p := range b.only {
		if i.place == p || strings.HasPrefix(i.place, p+"/") && p != "." {
			return false
		}
	}
	return true
}

func TestTheBansAreTested(t *testing.T) {
	cases := []struct {
		i    imported
		want bool
	}{
		{imported{place: "web", path: "github.com/yuin/goldmark/ast"}, true},
		{imported{place: "bot/book", path: "github.com/yuin/goldmark/ast"}, false},
		{imported{place: "bot", path: "net"}, true},
		{imported{place: "web", path: "net/http"}, false},
		{imported{place: "bot", path: "net/url"}, false},
	}
	for _, c := range cases {
		got := false
		for _, b := range bans() {
			got = got || b.covers(c.i)
		}
		if got != c.want {
			t.Errorf("import of %s by %s: banned %v, want %v", c.i.path, c.i.place, got, c.want)
		}
	}
}
