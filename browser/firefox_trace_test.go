package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bench/canary"
)

const escape = "\ue00c" // as WebDriver names the key

// naiveOf is a page that does not think of this, so that the search is known
// to find something: in a store, in what a session is restored from, and in
// the history.
func (f *fox) naiveOf() (secrets []string) {
	secrets = []string{newSecret(), newSecret(), newSecret()}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<title>x</title><script>localStorage.setItem('a', '%s'); sessionStorage.setItem('a', '%s')</script>", secrets[0], secrets[1])
	}))
	f.t.Cleanup(site.Close)
	f.open(site.URL + "/?said=" + secrets[2])
	return secrets
}

// journeys are those of a child, a parent, and a child who leaves quickly and
// one who erases all.
func (f *fox) journeys(chat string) (secrets []string) {
	for range 5 {
		secrets = append(secrets, newSecret())
	}
	f.begins(chat, "#child", secrets[0])
	f.press("#language")
	f.until("it speaks English", "document.documentElement.lang === 'en'")
	f.tells(secrets[1])

	f.begins(chat, "#parent", secrets[2])

	f.begins(chat, "#child", secrets[3])
	f.press("#more")
	f.press("#forget")
	f.press("#forget")
	f.until("it is forgotten", "document.getElementById('again').hidden === false")

	f.begins(chat, "#child", secrets[4])
	f.press("#person")
	f.until("the child waits or is told", "document.getElementById('leave').hidden === false || document.querySelectorAll('#list li.bot').length > 2")
	f.keys(escape, escape, escape)
	f.until("the way out is there", "!!document.getElementById('neutral')")
	f.ask("browsingContext.traverseHistory", f.here(`"delta":-1`), nil)
	if at := f.gives("location.href"); strings.HasPrefix(at, chat) && f.gives("!!document.querySelector('#list li')") == "true" {
		f.t.Errorf("Back leads to the chat: %s", at)
	}
	return secrets
}

func TestFirefoxKeepsNothingEither(t *testing.T) {
	running := start(t)
	f := newFox(t)
	careless := f.naiveOf()
	secrets := f.journeys(running.chat)
	f.closes()
	f.unpacked()

	hits, read, err := canary.New(secrets).Under(f.profile)
	if err != nil || read < 1<<20 {
		t.Errorf("%d bytes of the profile were searched: %v", read, err)
	}
	for _, hit := range hits {
		t.Errorf("on the disk, in %s: %q as %s", hit.Where, hit.Secret, hit.As)
	}
	naive, _, _ := canary.New(careless).Under(f.profile)
	seen := map[string]bool{}
	for _, hit := range naive {
		seen[hit.Secret] = true
	}
	if len(seen) != len(careless) {
		t.Errorf("of a careless page %d of %d secrets are found: nothing is tried", len(seen), len(careless))
	}
	rows, err := exec.Command("sqlite3", "-readonly", filepath.Join(f.profile, "places.sqlite"), "select url from moz_places where url like '"+running.chat+"%'").Output()
	if got := strings.Fields(string(rows)); err != nil || len(got) != 1 || got[0] != running.chat {
		t.Errorf("in the history: %q, %v", got, err)
	}
	if asked := f.others(); len(asked) > 0 {
		t.Errorf("somebody else was asked: %q", asked)
	}
	t.Logf("%d secrets, %d bytes of profile, %d found; a careless page: %d of %d", len(secrets), read, len(hits), len(seen), len(careless))
}
