package talk_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/talk"
)

// folder is where the content stands, seen from here: with -update the
// transcripts in it are written anew.
const folder = "../../content"

func TestEveryTalkStaysTrue(t *testing.T) {
	update := flag.Lookup("update").Value.String() == "true"
	b, found := book.Load(os.DirFS(folder))
	if b == nil {
		t.Fatalf("the content has mistakes: %v", found)
	}
	made, err := bot.New(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range book.Languages() {
		talks := b.Volumes[lang].Talks
		if len(talks) == 0 {
			t.Errorf("%s has no talks", lang)
		}
		for _, one := range talks {
			t.Run(strings.TrimSuffix(one.File, ".md"), func(t *testing.T) { replay(t, made, one, update) })
		}
	}
}

func replay(t *testing.T, b *bot.Bot, one *book.Talk, update bool) {
	got, err := talk.Replay(b, one)
	if err != nil {
		t.Fatal(err)
	}
	if got == one.Text {
		return
	}
	if update {
		if err := os.WriteFile(filepath.Join(folder, one.File), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the conversation is another now: read the difference, and when it is right run go test ./bot/talk -update\n%s", firstDifference(one.Text, got))
}

func firstDifference(was, is string) string {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return "was: " + a[i] + "\nis:  " + strings.Join(b[min(i, len(b)-1):min(i+1, len(b))], "")
		}
	}
	return "is longer, from: " + b[min(len(a), len(b)-1)]
}
