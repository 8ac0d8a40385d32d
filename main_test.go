package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/praatpaal/praatpaal/content"
)

// ran is what a command wrote, and how it ended.
type ran struct {
	out, err string
	failed   error
}

// praatpaal runs the program as the shell would, without the environment of
// whoever runs the tests.
func praatpaal(t *testing.T, in string, args ...string) ran {
	t.Helper()
	clear(t)
	var out, errs bytes.Buffer
	err := run(t.Context(), args, streams{strings.NewReader(in), &out, &errs})
	return ran{out.String(), errs.String(), err}
}

func clear(t *testing.T) {
	for _, name := range []string{"ADDR", "REDIS", "KEYS", "CONTENT", "EXPLAIN"} {
		if _, set := os.LookupEnv("PRAATPAAL_" + name); set {
			t.Setenv("PRAATPAAL_"+name, "")
			if err := os.Unsetenv("PRAATPAAL_" + name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestUnderstandCarriesOtherFieldsAlong(t *testing.T) {
	got := praatpaal(t, `{"id":"x-1","lang":"nl","text":"hoi","mine":[1,2]}`+"\n", "understand", "--content", light(t))
	if got.failed != nil {
		t.Fatal(got.failed, got.err)
	}
	var line struct {
		ID   string
		Mine []int
		Got  struct {
			Topic, Role, Danger, Wants string
			Why                        []any
		}
	}
	if err := json.Unmarshal([]byte(got.out), &line); err != nil {
		t.Fatalf("%v: %s", err, got.out)
	}
	if line.ID != "x-1" || len(line.Mine) != 2 || line.Got.Danger != "none" || line.Got.Topic == "" || line.Got.Why == nil {
		t.Errorf("got %s", got.out)
	}
}

func TestUnderstandNamesTheLinesItCannotRead(t *testing.T) {
	got := praatpaal(t, "{\"lang\":\"nl\",\"text\":\"hoi\"}\nnonsense\n{\"lang\":\"xx\",\"text\":\"hoi\"}\n", "understand", "--content", light(t))
	if got.failed == nil || !strings.Contains(got.err, "line 2: ") || !strings.Contains(got.err, "line 3: ") {
		t.Errorf("error %v, said %q", got.failed, got.err)
	}
	if strings.Count(got.out, "\n") != 1 {
		t.Errorf("the good line is lost: %q", got.out)
	}
}

func TestUnderstandOfOneMessageSaysWhy(t *testing.T) {
	got := praatpaal(t, "", "understand", "nl", "hij", "dreigt", "mijn", "foto", "te", "sturen")
	if got.failed != nil || !strings.Contains(got.out, `"why":[{`) {
		t.Errorf("%v: %s", got.failed, got.out)
	}
}

func TestTalkPrintsATranscript(t *testing.T) {
	got := praatpaal(t, "hij wil een foto van me\n1\n", "talk", "nl", "--explain", "--content", light(t))
	if got.failed != nil {
		t.Fatal(got.failed)
	}
	for _, part := range []string{"---\nas: child\n---\n", "\n> hij wil een foto van me\n", "\n> [", "<!-- heard: topic "} {
		if !strings.Contains(got.out, part) {
			t.Errorf("no %q in:\n%s", part, got.out)
		}
	}
}

func TestAFolderWithMistakesStopsTheStartWithTheWholeList(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, content.Files()); err != nil {
		t.Fatal(err)
	}
	spoil(t, filepath.Join(folder, "nl", "start.md"), "review:", "revue:")
	spoil(t, filepath.Join(folder, "en", "person.md"), "(start.md", "(nowhere.md")
	spoil(t, filepath.Join(folder, "en", "person.md"), "does: hand-over", "does: dance")
	got := praatpaal(t, "", "serve", "--addr", "127.0.0.1:0", "--content", folder)
	if got.failed == nil {
		t.Fatal("it started")
	}
	for _, part := range []string{"nl/start.md:", `unknown key "revue"`, "en/person.md:", `"dance" is unknown`} {
		if !strings.Contains(got.err, part) {
			t.Errorf("no %q in:\n%s", part, got.err)
		}
	}
}

func spoil(t *testing.T, file, old, now string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(old), []byte(now), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAnUsedPortIsSaidInOneLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	got := praatpaal(t, "", "--addr", taken.Addr().String())
	if got.failed == nil || strings.Contains(got.failed.Error(), "\n") || !strings.Contains(got.failed.Error(), "PRAATPAAL_ADDR") {
		t.Errorf("said %v", got.failed)
	}
}

func TestAWrongRedisAddressIsSaidInOneLineWithoutItsPassword(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"redis://:hunter2@" + addr + "/0", "http://example", "redis://:hunter2@127.0.0.1:notaport"} {
		got := praatpaal(t, "", "--addr", "127.0.0.1:0", "--redis", url, "--keys", t.TempDir())
		if got.failed == nil {
			t.Fatalf("%s: it started", url)
		}
		said := got.failed.Error() + got.err
		if strings.Contains(got.failed.Error(), "\n") || strings.Contains(said, "hunter2") || !strings.Contains(said, "PRAATPAAL_REDIS") && !strings.Contains(said, "redis") {
			t.Errorf("%s: said %q", url, said)
		}
	}
}

func TestRedisWithoutAFolderForTheKeysIsRefused(t *testing.T) {
	got := praatpaal(t, "", "--addr", "127.0.0.1:0", "--redis", "redis://127.0.0.1:1/0")
	if got.failed == nil || !strings.Contains(got.failed.Error(), "PRAATPAAL_KEYS") {
		t.Errorf("said %v", got.failed)
	}
}

func TestAnUnknownCommandPointsToTheHelp(t *testing.T) {
	got := praatpaal(t, "", "swerve")
	if got.failed == nil || !strings.Contains(got.failed.Error(), "--help") {
		t.Errorf("said %v", got.failed)
	}
}

// banner collects what serve writes and tells when its last line has come.
type banner struct {
	mu   sync.Mutex
	text strings.Builder
	done chan string
	last string
}

func (b *banner) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p)
	if b.done != nil && strings.Contains(b.text.String(), b.last) {
		b.done <- b.text.String()
		b.done = nil
	}
	return len(p), nil
}

func TestServeTellsANewcomerWhereEverythingIsAndStopsWhenAsked(t *testing.T) {
	clear(t)
	ctx, stop := context.WithCancel(t.Context())
	shown := &banner{done: make(chan string, 1), last: "stops."}
	said := shown.done
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--addr", "127.0.0.1:0"}, streams{strings.NewReader(""), shown, os.Stderr})
	}()
	var text string
	select {
	case text = <-said:
	case err := <-ended:
		t.Fatalf("it ended: %v", err)
	}
	for _, part := range []string{"the chat     http://127.0.0.1:", "/counsellor/once?code=", "everything is forgotten"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in:\n%s", part, text)
		}
	}
	addr := strings.SplitN(strings.SplitN(text, "http://", 2)[1], "/", 2)[0]
	for path, want := range map[string]int{"/": 200, "/healthz": 200, "/readyz": 200, "/nowhere": 404} {
		answer, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	if got := praatpaal(t, "", "health", "--addr", addr); got.failed != nil {
		t.Errorf("health: %v", got.failed)
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// said waits for what a running command writes next, line by line.
type said struct {
	mu    sync.Mutex
	text  strings.Builder
	lines chan string
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	for {
		line, rest, found := strings.Cut(s.text.String(), "\n")
		if !found {
			return len(p), nil
		}
		s.text.Reset()
		s.text.WriteString(rest)
		s.lines <- line
	}
}

// until waits for a line with a text in it, and gives all that came before.
func (s *said) until(t *testing.T, part string) string {
	t.Helper()
	var all strings.Builder
	for {
		select {
		case line := <-s.lines:
			all.WriteString(line + "\n")
			if strings.Contains(line, part) {
				return all.String()
			}
		case <-time.After(time.Minute):
			t.Fatalf("nothing said %q, only:\n%s", part, all.String())
		}
	}
}

func TestServeTakesInWhatAnEditorSavesAndKeepsTheOldWhenItIsWrong(t *testing.T) {
	clear(t)
	folder := light(t)
	ctx, stop := context.WithCancel(t.Context())
	out := &said{lines: make(chan string, 1000)}
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--content", folder}, streams{strings.NewReader(""), out, out})
	}()
	at := strings.SplitN(strings.SplitN(out.until(t, "the chat"), "http://", 2)[1], "/", 2)[0]
	out.until(t, "stops.")

	start := filepath.Join(folder, "nl", "grooming", "photo.md")
	spoil(t, start, "for: child", "fur: child")
	if list := out.until(t, "from before stays"); !strings.Contains(list, filepath.ToSlash(start)+":2: unknown key \"fur\"") {
		t.Errorf("the mistake is not listed:\n%s", list)
	}
	if _, page := get(t, "http://"+at+"/nl/grooming/photo"); !strings.Contains(page, "</html>") {
		t.Error("the old content is gone")
	}
	spoil(t, start, "fur: child", "for: child")
	out.until(t, "in use from now on")
	spoil(t, filepath.Join(folder, "nl", "referrals.md"), "- for: ", "- for: echt ")
	out.until(t, "in use from now on")
	if _, page := get(t, "http://"+at+"/nl/referrals"); !strings.Contains(page, "<p>echt ") {
		t.Error("the new content is not in use")
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// get gives the status and the text at an address.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// light puts the built-in content into a folder without what was heard and
// talked, which takes long to learn.
func light(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, content.Files()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nl/heard", "en/heard", "nl/talks", "en/talks"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestCheckReportsTheContentAndEndsWellWhenNothingIsWrong(t *testing.T) {
	got := praatpaal(t, "", "check")
	if got.failed != nil || !strings.Contains(got.out, "0 errors") || !strings.Contains(got.out, "nl: ") {
		t.Errorf("%v: %s", got.failed, got.out)
	}
}

func TestCheckFindsAChangedSourceAndTranslatedNotesIt(t *testing.T) {
	folder := light(t)
	spoil(t, filepath.Join(folder, "nl", "grooming", "photo.md"), "\n# ", "\n# Hoi, ")
	got := praatpaal(t, "", "check", "--content", folder)
	if got.failed == nil || !strings.Contains(got.out, "/en/grooming/photo.md:") || !strings.Contains(got.out, "praatpaal check --translated en/grooming/photo.md") {
		t.Errorf("%v: %s", got.failed, got.out)
	}
	got = praatpaal(t, "", "check", "--content", folder, "--translated", "en/grooming/photo.md")
	if strings.Contains(got.out, "/en/grooming/photo.md:") || !strings.Contains(got.out, "1 translations noted") || !strings.Contains(got.out, " errors, ") {
		t.Errorf("%v: %s", got.failed, got.out)
	}
	got = praatpaal(t, "", "check", "--content", folder, "--translated")
	if got.failed == nil {
		t.Error("nothing was named, and nothing was said about it")
	}
}

func TestMapWritesAPictureOfEveryThemeInBothLanguages(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pictures")
	got := praatpaal(t, "", "map", "--to", folder, "--content", light(t))
	if got.failed != nil || !strings.Contains(got.out, folder) {
		t.Fatalf("%v: %s", got.failed, got.out)
	}
	for _, name := range []string{"index.md", "nl/grooming.svg", "en/grooming.svg", "nl/grooming.md", "en/grooming.md"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
