package bot_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
)

// fresh is a book of the built-in content from which a test may take steps. It
// lacks what was heard, which takes long to learn and is tested elsewhere.
func fresh(t *testing.T) *book.Book {
	t.Helper()
	_, whole := built(t)
	b := &book.Book{Volumes: map[string]*book.Volume{}}
	for lang, v := range whole.Volumes {
		mine := *v
		mine.Steps, mine.Order, mine.Heard = maps.Clone(v.Steps), slices.Clone(v.Order), nil
		b.Volumes[lang] = &mine
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
