package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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
	got := praatpaal(t, `{"id":"x-1","lang":"nl","text":"hoi","mine":[1,2]}`+"\n", "understand")
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
	got := praatpaal(t, "{\"lang\":\"nl\",\"text\":\"hoi\"}\nnonsense\n{\"lang\":\"xx\",\"text\":\"hoi\"}\n", "understand")
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
	got := praatpaal(t, "hij wil een foto van me\n1\n", "talk", "nl", "--explain")
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
	got := praatpaal(t, "", "--redis", "redis://127.0.0.1:1/0")
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
