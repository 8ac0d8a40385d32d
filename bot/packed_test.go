package bot_test

import (
	"reflect"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
)

// What is kept of a conversation must be all of it, at every turn, in both
// languages, also after a change of language; and it must be less.
func TestAConversationIsKeptWhole(t *testing.T) {
	b, _ := built(t)
	labels, kept := 0, 0
	check := func(c bot.Conversation) {
		t.Helper()
		packed := b.Pack(c)
		for i := range c.Offered[:len(c.Offered)-c.Fresh] {
			labels += len(c.Offered[i].Label)
			kept += len(packed.Offered[i].Label)
		}
		for i, o := range packed.Choices() {
			if o != c.Choices()[i] {
				t.Errorf("a button of the last answer was packed: %v", o)
			}
		}
		if got := b.Unpack(packed); !reflect.DeepEqual(got, c) {
			t.Errorf("what was kept is\n%+v\nand not\n%+v", got, c)
		}
	}
	for _, s := range scripts(t) {
		c, _, err := b.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: s.Lang, As: "child"})
		if err != nil {
			t.Fatal(err)
		}
		events := []bot.Event{{Kind: bot.Speak, Lang: "en"}, {Kind: bot.Speak, Lang: "nl"}}
		for _, text := range s.Turns {
			events = append(events, bot.Event{Kind: bot.Say, Text: text})
		}
		for _, e := range events {
			if c, _, err = b.Next(c, e); err != nil {
				t.Fatal(err)
			}
			check(c)
		}
	}
	if kept*2 > labels {
		t.Errorf("of %d bytes of older labels %d are kept", labels, kept)
	}
}
