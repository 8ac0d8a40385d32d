// Package browser holds the journeys of a child and a counsellor in a real
// browser against the real program. It has tests only.
package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long anything on a page may take before the test gives up.
// It is no measure of speed.
const patience = 60 * time.Second

// artefacts is where screenshots are left, outside git.
const artefacts = "../artefacts"

// program is Praatpaal running as its users run it.
type program struct {
	chat, desk string // addresses from its banner
}

// binary is the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "praatpaal")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		binary = filepath.Join(folder, "praatpaal")
		if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
			panic(fmt.Sprintf("build: %v\n%s", err, out))
		}
		return m.Run()
	}())
}

// start runs the program with the embedded store on a free port, until the
// test ends.
func start(t *testing.T, settings ...string) program {
	t.Helper()
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "PRAATPAAL_ADDR=127.0.0.1:0", "PRAATPAAL_REDIS=", "PRAATPAAL_KEYS=", "PRAATPAAL_CONTENT=")
	cmd.Env = append(cmd.Env, settings...)
	cmd.Stderr = os.Stderr
	banner, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program did not end well: %v", err)
		}
	})
	return program{chat: address(t, banner, "the chat"), desk: address(t, banner, "the desk")}.read(t, banner)
}

// read takes the rest of the banner, so that the program never waits for it.
func (p program) read(t *testing.T, banner interface{ Read([]byte) (int, error) }) program {
	if p.chat == "" || p.desk == "" {
		t.Fatal("the banner names no chat or no desk")
	}
	go func() {
		rest := bufio.NewReader(banner)
		for {
			if _, err := rest.ReadString('\n'); err != nil {
				return
			}
		}
	}()
	return p
}

// address reads the banner up to the line that names a place.
func address(t *testing.T, banner interface{ Read([]byte) (int, error) }, place string) string {
	t.Helper()
	line := ""
	one := make([]byte, 1)
	for {
		if _, err := banner.Read(one); err != nil {
			t.Fatalf("the banner ended before %q: %v", place, err)
		}
		if one[0] != '\n' {
			line += string(one)
			continue
		}
		if strings.Contains(line, place) {
			return regexp.MustCompile(`http://\S+`).FindString(line)
		}
		line = ""
	}
}

// tab is one person's window.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// browser starts a Chromium with an own empty profile.
func browser(t *testing.T, lang string) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: run .ci/test, which installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang), chromedp.Flag("disable-quic", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return ctx
}

// window opens a window of a given width in a browser of its own, as a child
// and a counsellor sit at two machines.
func window(t *testing.T, lang string, width, height int64) *tab {
	t.Helper()
	one := &tab{t: t, ctx: browser(t, lang)}
	one.do("size of the window", chromedp.EmulateViewport(width, height))
	return one
}

func (w *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.photograph("failed")
		w.t.Fatalf("%s: %v", what, err)
	}
}

// until waits for a condition on the page, woken by each change of the page.
func (w *tab) until(what, condition string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	script := fmt.Sprintf(`new Promise(function (done) {
		function look() { if (%s) { watch.disconnect(); done(true); } }
		var watch = new MutationObserver(look);
		watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
		look();
	})`, condition)
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
	for err != nil && strings.Contains(err.Error(), "navigated") { // another page came meanwhile: look at that one
		_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
	}
	if err != nil {
		w.photograph("failed")
		w.t.Fatalf("waiting until %s: %v", what, err)
	}
}

func (w *tab) open(address string) { w.t.Helper(); w.do("open the page", chromedp.Navigate(address)) }

func (w *tab) press(selector string) {
	w.t.Helper()
	w.do("press "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// sees waits until something is in view, also over a change of page.
func (w *tab) sees(selector string) {
	w.t.Helper()
	w.do("see "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// writes types into the box of the page and sends it.
func (w *tab) writes(words string) {
	w.t.Helper()
	w.do("write", chromedp.SendKeys(chromedp.CSS("#text"), words, chromedp.NodeVisible))
	w.press("#send")
}

// reads waits until the talk on the page holds some words.
func (w *tab) reads(words string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%q is to be read", words), fmt.Sprintf("document.getElementById('log').textContent.indexOf(%q) >= 0", words))
}

// photograph leaves a screenshot in the artefacts.
func (w *tab) photograph(name string) {
	w.t.Helper()
	shot, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		w.t.Errorf("screenshot %s: %v", name, err)
		return
	}
	if err := os.MkdirAll(artefacts, 0o755); err != nil {
		w.t.Fatal(err)
	}
	file := strings.ReplaceAll(w.t.Name(), "/", "-") + "-" + name + ".png"
	if err := os.WriteFile(filepath.Join(artefacts, file), shot, 0o644); err != nil {
		w.t.Fatal(err)
	}
}
