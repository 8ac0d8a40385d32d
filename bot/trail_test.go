package bot

import (
	"fmt"
	"slices"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

func TestATrailHoldsTheNewestStepsEachWhereItCameLast(t *testing.T) {
	var trail Trail
	var want []string
	for n := range 40 {
		id := fmt.Sprint("theme/step-", n*7%11)
		trail = trail.with(8, id)
		want = append(slices.DeleteFunc(want, func(have string) bool { return have == id }), id)
		want = want[max(0, len(want)-8):]
		if trail.steps() != len(want) || !trail.endsAt(id) {
			t.Fatalf("after %s: %d steps, want %d and it at the end", id, trail.steps(), len(want))
		}
		for at, id := range want {
			if trail.when(id) != at || trail.last(3).has(id) != (at >= len(want)-3) {
				t.Errorf("%s is in place %d, want %d", id, trail.when(id), at)
			}
		}
	}
	if trail.has("theme/step-11") || Trail("").endsAt("") || trail.with(8) != trail {
		t.Error("a step that never came is in the trail")
	}
}

// Whatever the store gives back must not end a conversation.
func TestATrailThatIsCutShortIsReadAsFarAsItGoes(t *testing.T) {
	trail := Trail("").with(8, "a", "b")
	for n := range len(trail) {
		cut := trail[:n]
		if cut.has("b") || cut.has("a") != (n >= signLength) || !cut.with(8, "c").endsAt("c") {
			t.Errorf("%q", cut)
		}
	}
}

func TestEditorsAreToldOfStepsThatLookTheSameToAConversation(t *testing.T) {
	// Two names that were searched for because their signs are the same.
	one, two := twins(t)
	b := &book.Book{Volumes: map[string]*book.Volume{}}
	for _, lang := range book.Languages() {
		b.Volumes[lang] = &book.Volume{Lang: lang, Order: []*book.Step{
			{ID: one, File: lang + "/" + one + ".md"}, {ID: "other", File: lang + "/other.md"}, {ID: two, File: lang + "/" + two + ".md"},
		}}
	}
	found := alike(b)
	if len(found) != len(book.Languages()) || found[0].File != "nl/"+two+".md" {
		t.Errorf("found %v", found)
	}
}

// twins searches two names of one sign.
func twins(t *testing.T) (one, two string) {
	t.Helper()
	seen := map[[signLength]byte]string{}
	for n := range 1_000_000 {
		id := fmt.Sprint("step-", n)
		if other := seen[sign(id)]; other != "" {
			return other, id
		}
		seen[sign(id)] = id
	}
	t.Fatal("no two names of one sign")
	return "", ""
}
