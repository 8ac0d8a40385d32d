package bot_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
)

// told plays events on a fresh Dutch conversation and gives it with the last
// answer.
func told(t *testing.T, b *bot.Bot, events ...bot.Event) (bot.Conversation, bot.Answer) {
	t.Helper()
	c, a, err := b.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: "nl", As: "child"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if c, a, err = b.Next(c, e); err != nil {
			t.Fatal(err)
		}
	}
	return c, a
}

func text(a bot.Answer) string {
	var out strings.Builder
	if a.Reply != nil {
		for _, p := range a.Reply.Parts {
			out.WriteString(p.Text + "\n")
		}
	}
	return out.String()
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const (
	threat = "hij zegt dat hij mijn naaktfoto doorstuurt als ik niet betaal"
	crisis = "ik heb pillen in mijn hand en ik ga ze nu slikken"
)

func TestWhoeverWaitsIsOfferedWhatHelpsWithTheirOwnProblem(t *testing.T) {
	b, book := built(t)
	_, a := told(t, b, bot.Event{Kind: bot.Say, Text: threat}, bot.Event{Kind: bot.Human})
	first := a.Reply.Choices[0]
	if step := book.Volumes["nl"].Steps[first.ID]; a.Reply.Node != "person" || step.Topic != "sextortion" || step.Heading != first.Label {
		t.Errorf("%s: first choice %v", a.Reply.Node, first)
	}
	if _, a = told(t, b, bot.Event{Kind: bot.Human}); a.Reply.Choices[0].ID != "waiting/breathe" {
		t.Errorf("nothing was told, and it offers %v", a.Reply.Choices[0])
	}
}

func TestATurnIsPure(t *testing.T) {
	b, _ := built(t)
	c, _ := told(t, b, bot.Event{Kind: bot.Say, Text: threat})
	before := marshal(t, c)
	one, first, err := b.Next(c, bot.Event{Kind: bot.Say, Text: "wat moet ik doen"})
	if err != nil {
		t.Fatal(err)
	}
	two, second, err := b.Next(c, bot.Event{Kind: bot.Say, Text: "wat moet ik doen"})
	if err != nil {
		t.Fatal(err)
	}
	if marshal(t, one) != marshal(t, two) || marshal(t, first) != marshal(t, second) {
		t.Error("the same conversation and event gave two answers")
	}
	if marshal(t, c) != before {
		t.Error("the conversation that was given in has changed")
	}
}

func TestAChoiceThatWasNeverOfferedChangesNothing(t *testing.T) {
	b, _ := built(t)
	c, _ := told(t, b)
	after, a, err := b.Next(c, bot.Event{Kind: bot.Choose, Choice: "self-harm/now"})
	if err != bot.ErrUnknownChoice || marshal(t, after) != marshal(t, c) || a.Reply != nil {
		t.Errorf("error %v, answer %+v", err, a.Reply)
	}
}

func TestAnEmergencyGivesTheNumberAndAPersonAtOnce(t *testing.T) {
	b, _ := built(t)
	c, a := told(t, b, bot.Event{Kind: bot.Say, Text: crisis})
	if c.Danger != book.Emergency || c.State != bot.Waiting || a.Do != bot.JoinLine || !strings.Contains(a.Reply.Parts[0].Text, "112") {
		t.Errorf("danger %s, state %s, do %q, first %q", c.Danger, c.State, a.Do, a.Reply.Parts[0].Text)
	}
}

func TestDangerNeverGoesDown(t *testing.T) {
	b, _ := built(t)
	c, _ := told(t, b, bot.Event{Kind: bot.Say, Text: crisis}, bot.Event{Kind: bot.Say, Text: "grapje hoor"}, bot.Event{Kind: bot.Say, Text: "hoi"})
	if c.Danger != book.Emergency {
		t.Errorf("danger %s", c.Danger)
	}
}

func TestDangerIsHeardInTheOtherLanguageToo(t *testing.T) {
	b, _ := built(t)
	c, a := told(t, b, bot.Event{Kind: bot.Speak, Lang: "en"}, bot.Event{Kind: bot.Say, Text: crisis})
	if c.Danger != book.Emergency || a.Reply.Lang != "en" {
		t.Errorf("danger %s, answered in %s", c.Danger, a.Reply.Lang)
	}
}

func TestNobodyIsPromisedWhenNobodyCanCome(t *testing.T) {
	b, books := built(t)
	promise := books.Volumes["nl"].Steps["person"].Bubbles[0].Text
	for _, why := range []bot.EventKind{bot.Away, bot.NoOne, bot.Full} {
		c, a := told(t, b, bot.Event{Kind: bot.Human, Line: why})
		if c.State != bot.Closed || a.Do != bot.Nothing || strings.Contains(text(a), promise) || !strings.Contains(text(a), "0800-0432") {
			t.Errorf("%s: state %s, do %q, said:\n%s", why, c.State, a.Do, text(a))
		}
	}
}

func TestBesideACounsellorTheBotIsSilentButForAnEmergency(t *testing.T) {
	b, _ := built(t)
	with := []bot.Event{{Kind: bot.Human}, {Kind: bot.Joined, Name: "Sanne"}}
	c, a := told(t, b, append(with, bot.Event{Kind: bot.Say, Text: "hij wil een foto van mij"})...)
	if a.Reply != nil || c.State != bot.WithCounsellor {
		t.Errorf("it said %q in state %s", text(a), c.State)
	}
	c, a = told(t, b, append(with, bot.Event{Kind: bot.Say, Text: crisis})...)
	if !strings.Contains(text(a), "112") || c.State != bot.WithCounsellor || a.Do != bot.Nothing {
		t.Errorf("it said %q in state %s, do %q", text(a), c.State, a.Do)
	}
}

func TestWhatIsNotUnderstoodGetsTwoGuessesAndAPerson(t *testing.T) {
	b, books := built(t)
	c, a := told(t, b, bot.Event{Kind: bot.Say, Text: "wrdlbrmpf knoert flapdrol zzik"})
	if !offersPerson(books.Volumes["nl"], a.Reply) {
		t.Errorf("no person in %+v", a.Reply.Choices)
	}
	_, a, err := b.Next(c, bot.Event{Kind: bot.Say, Text: "brabbel fnuik zwoerd knarsel"})
	if err != nil || !offersPerson(books.Volumes["nl"], a.Reply) {
		t.Errorf("%v: no person in %+v", err, a.Reply.Choices)
	}
}

func TestAnotherLanguageRepeatsTheLastThingSaid(t *testing.T) {
	b, _ := built(t)
	_, dutch := told(t, b, bot.Event{Kind: bot.Say, Text: threat})
	_, english := told(t, b, bot.Event{Kind: bot.Say, Text: threat}, bot.Event{Kind: bot.Speak, Lang: "en"})
	ids := func(r *bot.Reply) (out []string) {
		for _, c := range r.Choices {
			out = append(out, c.ID)
		}
		return out
	}
	if english.Reply.Node != dutch.Reply.Node || english.Reply.Lang != "en" || !slices.Equal(ids(english.Reply), ids(dutch.Reply)) {
		t.Errorf("Dutch %s %v, English %s %v", dutch.Reply.Node, ids(dutch.Reply), english.Reply.Node, ids(english.Reply))
	}
	if len(english.Reply.Parts) != len(dutch.Reply.Parts) {
		t.Errorf("%d bubbles, and %d in Dutch", len(english.Reply.Parts), len(dutch.Reply.Parts))
	}
}

func TestAButtonOfAnEarlierAnswerStillWorks(t *testing.T) {
	b, _ := built(t)
	c, first := told(t, b)
	c, _, err := b.Next(c, bot.Event{Kind: bot.Choose, Choice: first.Reply.Choices[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	_, a, err := b.Next(c, bot.Event{Kind: bot.Choose, Choice: first.Reply.Choices[1].ID})
	if err != nil || a.Reply.Node != first.Reply.Choices[1].ID {
		t.Errorf("%v: went to %v", err, a.Reply)
	}
}

func TestAConversationWhoseStepHasGoneGoesOn(t *testing.T) {
	b, _ := built(t)
	c, _ := told(t, b)
	c.Step, c.Said, c.Told = "gone/away", []string{"gone/away"}, "away!" // no step has that sign
	c.Offered, c.Fresh = []bot.Choice{{ID: "gone/further", Label: "Verder"}}, 1
	for _, e := range []bot.Event{{Kind: bot.Choose, Choice: "gone/further"}, {Kind: bot.Say, Text: "verder"}, {Kind: bot.Speak, Lang: "en"}, {Kind: bot.Human}} {
		_, a, err := b.Next(c, e)
		if err != nil || a.Reply == nil || len(a.Reply.Parts) == 0 {
			t.Errorf("%s: %v, %+v", e.Kind, err, a.Reply)
		}
	}
}
