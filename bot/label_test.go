package bot_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
)

// A counsellor reads of a tap on a button further up what stood on a button
// that leads there, also after the conversation was stored.
func TestAButtonOfAnEarlierAnswerMayBeTappedAndIsKnownByWhatStoodOnOne(t *testing.T) {
	b, _ := built(t)
	for _, s := range scripts(t) {
		c, a, err := b.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: s.Lang, As: "child"})
		if err != nil {
			t.Fatal(err)
		}
		var shown [][]bot.Choice
		for _, text := range s.Turns {
			if a.Reply != nil {
				shown = append(shown, a.Reply.Choices)
			}
			for _, buttons := range shown[max(0, len(shown)-3):] {
				for _, button := range buttons {
					if label := b.Label(c, button.ID); !stood(shown, button.ID, label) {
						t.Errorf("%s: %s says %q, which stood on no button", s.ID, button.ID, label)
					}
					if _, _, err := b.Next(c, bot.Event{Kind: bot.Choose, Choice: button.ID}); err != nil {
						t.Errorf("%s: %s: %v", s.ID, button.ID, err)
					}
				}
			}
			if c, a, err = b.Next(again(t, c), bot.Event{Kind: bot.Say, Text: text}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// stood tells whether there was such a button.
func stood(shown [][]bot.Choice, id, label string) bool {
	return slices.ContainsFunc(shown, func(buttons []bot.Choice) bool { return slices.Contains(buttons, bot.Choice{ID: id, Label: label}) })
}

// again is a conversation as it comes back from the store.
func again(t *testing.T, c bot.Conversation) (back bot.Conversation) {
	t.Helper()
	if err := json.Unmarshal([]byte(marshal(t, c)), &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestAButtonWhoseStepHasGoneIsNamedAsItCame(t *testing.T) {
	b, _ := built(t)
	c, _ := told(t, b)
	if label := b.Label(c, "gone/away"); label != "gone/away" {
		t.Errorf("%q", label)
	}
}
