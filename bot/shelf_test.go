package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/content"
)

// fresh is a book of the built-in content that a test may change.
func fresh(t *testing.T) *book.Book {
	t.Helper()
	b, found := book.Load(content.Files())
	if b == nil {
		t.Fatalf("the content has mistakes: %v", found)
	}
	return b
}

// without is the built-in content with one step less, as after an editor took
// it out.
func without(t *testing.T, id string) *bot.Bot {
	t.Helper()
	b := fresh(t)
	for _, v := range b.Volumes {
		if v.Steps[id] == nil {
			t.Fatalf("there is no step %s", id)
		}
		delete(v.Steps, id)
		v.Order = slices.DeleteFunc(v.Order, func(s *book.Step) bool { return s.ID == id })
	}
	made, err := bot.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestAConversationGoesOnWhenItsStepDisappears(t *testing.T) {
	const gone = "grooming/photo"
	full, _ := built(t)
	shelf := bot.NewShelf(full)
	c, _, err := shelf.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: "nl", As: "child", Page: gone})
	if err != nil || c.Step != gone {
		t.Fatalf("at %q, %v: want to stand at %s", c.Step, err, gone)
	}
	shelf.Put(without(t, gone))
	for _, e := range []bot.Event{
		{Kind: bot.Choose, Choice: c.Offered[len(c.Offered)-1].ID},
		{Kind: bot.Say, Text: "ik weet het niet zo goed"},
		{Kind: bot.Say, Text: "xq zzv"},
		{Kind: bot.Speak, Lang: "en"},
		{Kind: bot.Human},
		{Kind: bot.Lost},
	} {
		next, answer, err := shelf.Next(c, e)
		if err != nil || answer.Reply == nil || len(answer.Reply.Parts) == 0 || len(answer.Reply.Choices) == 0 {
			t.Errorf("%s: error %v, answer %+v", e.Kind, err, answer.Reply)
		}
		for _, choice := range next.Offered[len(next.Offered)-next.Fresh:] {
			if choice.ID == gone {
				t.Errorf("%s: offers the step that is gone", e.Kind)
			}
		}
	}
	if s := shelf.Summary(c); s.Lang != "nl" || slices.ContainsFunc(s.Told, func(h string) bool { return h == "" }) {
		t.Errorf("summary %+v", s)
	}
}

func TestATapOnAStepThatDisappearedIsAnsweredAndNotRefused(t *testing.T) {
	full, _ := built(t)
	shelf := bot.NewShelf(full)
	c, answer, err := shelf.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: "en", As: "child", Page: "grooming/start"})
	if err != nil {
		t.Fatal(err)
	}
	tapped := answer.Reply.Choices[0].ID
	shelf.Put(without(t, tapped))
	_, answer, err = shelf.Next(c, bot.Event{Kind: bot.Choose, Choice: tapped})
	if err != nil || answer.Reply == nil || answer.Reply.Node != "frame/stay" {
		t.Errorf("error %v, answer %+v: want frame/stay", err, answer.Reply)
	}
}

func TestTheShelfGivesTheContentThatIsInUse(t *testing.T) {
	full, _ := built(t)
	shelf := bot.NewShelf(full)
	if shelf.Volume("nl").Steps["grooming/photo"] == nil || shelf.Volume("xx") != nil {
		t.Error("the volumes are not those of the bot")
	}
	shelf.Put(without(t, "grooming/photo"))
	if shelf.Volume("nl").Steps["grooming/photo"] != nil {
		t.Error("the volume is that of before")
	}
}

// day is some days after the review date of a step of the content.
func day(t *testing.T, b *book.Book, days int) time.Time {
	t.Helper()
	by, err := time.Parse(time.DateOnly, b.Volumes["nl"].Steps["start"].Review)
	if err != nil {
		t.Fatal(err)
	}
	return by.AddDate(0, 0, days)
}

func TestWhatNobodyHasLookedAtAgainIsAnErrorFromTheNextDay(t *testing.T) {
	made, b := built(t)
	for days, want := range map[int]string{0: "", 1: "should have been looked at", -400: "nobody looks at it again before"} {
		for _, lang := range book.Languages() {
			got := ""
			for _, f := range made.Check(day(t, b, days)) {
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
	made, b := built(t)
	r := b.Volumes["en"].Referrals[0]
	checked, err := time.Parse(time.DateOnly, r.Fields["checked"])
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]bool{100: false, 200: true} {
		got := slices.ContainsFunc(made.Check(checked.AddDate(0, 0, days)), func(f book.Finding) bool {
			return f.Warning && f.File == r.File && f.Line == r.Line
		})
		if got != want {
			t.Errorf("after %d days: warned %v, want %v", days, got, want)
		}
	}
}

func TestASampleThatLeadsElsewhereIsAnError(t *testing.T) {
	for _, lang := range book.Languages() {
		b := fresh(t)
		v := b.Volumes[lang]
		from, to := v.Steps["grooming/photo"], v.Steps["sextortion/start"]
		to.Samples = append(to.Samples, book.Sample{Text: from.Samples[0].Text, Line: 999})
		made, err := bot.New(b)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(made.Check(day(t, b, 0)), func(f book.Finding) bool {
			return f.File == to.File && f.Line == 999 && strings.Contains(f.What, "to grooming/photo") && !f.Warning
		}) {
			t.Errorf("%s: the sample was not found astray", lang)
		}
	}
}
