package browser

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const escape = "\ue00c" // as WebDriver names the key

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
	page, naive := careless(t)
	f.open(page)
	secrets := f.journeys(running.chat)
	f.closes()
	f.unpacked()

	nothingOn(t, f.profile, secrets, naive)
	rows, err := exec.Command("sqlite3", "-readonly", filepath.Join(f.profile, "places.sqlite"), "select url from moz_places where url like '"+running.chat+"%'").Output()
	if got := strings.Fields(string(rows)); err != nil || len(got) != 1 || got[0] != running.chat {
		t.Errorf("in the history: %q, %v", got, err)
	}
	if asked := f.others(); len(asked) > 0 {
		t.Errorf("somebody else was asked: %q", asked)
	}
}
