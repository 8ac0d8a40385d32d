package proof_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/praatpaal/praatpaal/bot/proof"
	"github.com/praatpaal/praatpaal/content"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// changed is the built-in content with one text in it replaced, without what
// was heard and talked, which takes long to learn.
func changed(t *testing.T, file, old, now string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(content.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(name, "/heard/") || strings.Contains(name, "/talks/") {
			return err
		}
		data, err := fs.ReadFile(content.Files(), name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(out[file].Data, []byte(old)) {
		t.Fatalf("%s has no %q", file, old)
	}
	out[file] = &fstest.MapFile{Data: bytes.Replace(out[file].Data, []byte(old), []byte(now), 1)}
	return out
}

func read(t *testing.T, files fs.FS) proof.Proof {
	t.Helper()
	p, err := proof.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheBuiltInContentHasNoMistakes(t *testing.T) {
	p := proof.Check(content.Files(), today)
	var out strings.Builder
	if err := p.Report(&out, "content/"); err != nil || p.Book == nil {
		t.Errorf("%v:\n%s", err, out.String())
	}
}

func TestAMistakeInATextIsListedWithItsPlaceAndGivesNoBot(t *testing.T) {
	p := read(t, changed(t, "en/start.md", "review:", "revue:"))
	var out strings.Builder
	p.List(&out, "content/")
	if p.Bot != nil || p.Book != nil || p.Wrong() == 0 || !strings.Contains(out.String(), `content/en/start.md:3: unknown key "revue": use one of`) {
		t.Errorf("bot %v, listed:\n%s", p.Bot != nil, out.String())
	}
	if err := p.Report(&out, "content/"); err == nil {
		t.Error("the report ends well")
	}
}

func TestAMistakeInARuleIsListedWithItsPlaceAndGivesNoBot(t *testing.T) {
	p := read(t, changed(t, "nl/danger.md", "danger: emergency", "danger: huge"))
	var out strings.Builder
	p.List(&out, "")
	if p.Bot != nil || p.Book != nil || !strings.Contains(out.String(), "nl/danger.md:") {
		t.Errorf("bot %v, listed:\n%s", p.Bot != nil, out.String())
	}
}

func TestASentenceThatDoesNotMakeItsRuleHoldIsFoundByTheCheck(t *testing.T) {
	files := changed(t, "nl/danger.md", "\n> - ", "\n> - zomaar een zin over kaas\n> - ")
	p := read(t, files)
	if p.Bot == nil || p.Wrong() > 0 {
		t.Fatalf("it stops the start: %v", p.Found)
	}
	p = proof.Check(files, today)
	var out strings.Builder
	p.List(&out, "")
	if !strings.Contains(out.String(), `"zomaar een zin over kaas" does not make rule`) {
		t.Errorf("not listed:\n%s", out.String())
	}
}

func TestASampleThatLeadsElsewhereIsFoundByTheCheck(t *testing.T) {
	for _, lang := range []string{"nl", "en"} {
		photo, err := fs.ReadFile(content.Files(), lang+"/grooming/photo.md")
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(photo), "> - ")
		sample, _, _ := strings.Cut(rest, "\n")
		p := proof.Check(changed(t, lang+"/sextortion/start.md", "> - ", "> - "+sample+"!!\n> - "), today)
		var out strings.Builder
		p.List(&out, "")
		want := "the sample \"" + sample + "!!\" leads to grooming/photo, by \"" + sample + "\" at " + lang + "/grooming/photo.md:"
		if !strings.HasPrefix(out.String(), lang+"/sextortion/start.md:") || !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

func TestNotingATranslationWritesItsHashIntoTheFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, changed(t, "nl/grooming/photo.md", "\n# ", "\n# Hoi, ")); err != nil {
		t.Fatal(err)
	}
	if p := read(t, os.DirFS(folder)); p.Bot != nil {
		t.Fatal("a changed source was not noticed")
	}
	n, err := proof.Translated(folder, []string{folder + "/en/grooming/photo.md"})
	if err != nil || n != 1 {
		t.Fatalf("%d noted, %v", n, err)
	}
	if p := read(t, os.DirFS(folder)); p.Bot == nil {
		t.Errorf("still wrong: %v", p.Found)
	}
	if _, err := proof.Translated(folder, []string{"en/nowhere.md"}); err == nil {
		t.Error("a file that is not there was noted")
	}
}

func TestSavedTextsMakeTheirFolders(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "map")
	if err := proof.Save(folder, map[string]string{"nl/a.svg": "<svg/>", "index.md": "# x"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "nl", "a.svg"))
	if err != nil || string(got) != "<svg/>" {
		t.Errorf("%q, %v", got, err)
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		proof.Check(content.Files(), today)
	}
}
