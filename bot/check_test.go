package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
)

// after is some days after the review date of a step of a book.
func after(t *testing.T, b *book.Book, days int) time.Time {
	t.Helper()
	by, err := time.Parse(time.DateOnly, b.Volumes["nl"].Steps["start"].Review)
	if err != nil {
		t.Fatal(err)
	}
	return by.AddDate(0, 0, days)
}

func TestWhatNobodyHasLookedAtAgainIsAnErrorFromTheNextDay(t *testing.T) {
	b := fresh(t)
	for days, want := range map[int]string{0: "", 1: "should have been looked at", -400: "nobody looks at it again before"} {
		for _, lang := range book.Languages() {
			got := ""
			for _, f := range bot.Check(b, after(t, b, days)) {
				if f.File == lang+"/start.md" && !f.Warning && f.Line == 1 {
					got = f.What
				}
			}
			if (want == "") != (got == "") || !strings.Contains(got, want) {
				t.Errorf("%s, %d days after: %q, want %q", lang, days, got, want)
			}
		}
	}
}

func TestAServiceThatWasNotCheckedForHalfAYearIsAWarning(t *testing.T) {
	b := fresh(t)
	r := b.Volumes["en"].Referrals[0]
	checked, err := time.Parse(time.DateOnly, r.Fields["checked"])
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]bool{100: false, 200: true} {
		got := slices.ContainsFunc(bot.Check(b, checked.AddDate(0, 0, days)), func(f book.Finding) bool {
			return f.Warning && f.File == r.File && f.Line == r.Line
		})
		if got != want {
			t.Errorf("after %d days: warned %v, want %v", days, got, want)
		}
	}
}

func TestAStepThatTheBotNeedsMustBeThere(t *testing.T) {
	b := fresh(t)
	delete(b.Volumes["en"].Steps, "frame/closed")
	if !slices.ContainsFunc(bot.Check(b, after(t, b, 0)), func(f book.Finding) bool {
		return f.File == "en/frame/closed.md" && !f.Warning && strings.Contains(f.What, "the bot needs this step")
	}) {
		t.Error("the check does not miss it")
	}
	if _, err := bot.New(b); err == nil || !strings.Contains(err.Error(), "en/frame/closed.md:1: the bot needs this step") {
		t.Errorf("a bot is made: %v", err)
	}
}
