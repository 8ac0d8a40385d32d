package talk

import (
	"fmt"
	"strings"

	"github.com/praatpaal/praatpaal/bot"
)

// happening is an event in the words of a transcript.
type happening struct {
	words string
	event bot.Event
}

// happenings lists what can happen in a transcript beside typing and tapping.
func happenings() []happening {
	return []happening{
		{"Asks for a person", bot.Event{Kind: bot.Human}},
		{"Goes back to the bot", bot.Event{Kind: bot.ToBot}},
		{"Goes on in Dutch", bot.Event{Kind: bot.Speak, Lang: "nl"}},
		{"Goes on in English", bot.Event{Kind: bot.Speak, Lang: "en"}},
		{"The counsellor's line drops", bot.Event{Kind: bot.Lost}},
		{"The counsellor puts the chat back in the line", bot.Event{Kind: bot.Requeued}},
		{"The counsellor gives the chat back to the bot", bot.Event{Kind: bot.HandBack}},
		{"The counsellor ends the talk", bot.Event{Kind: bot.Finished}},
		{"No counsellor is there yet", bot.Event{Kind: bot.Alone}},
		{"No counsellor is on duty", bot.Event{Kind: bot.NoOne}},
		{"The line is full", bot.Event{Kind: bot.Full}},
		{"Redis is away", bot.Event{Kind: bot.Away}},
		{"Counsellors are on duty", bot.Event{}},
		{"Redis is back", bot.Event{}},
	}
}

const joins = "A counsellor joins: "

func eventOf(words string) (bot.Event, error) {
	if name, found := strings.CutPrefix(words, joins); found {
		return bot.Event{Kind: bot.Joined, Name: name}, nil
	}
	known := []string{joins + "Sanne"}
	for _, h := range happenings() {
		if h.words == words {
			return h.event, nil
		}
		known = append(known, h.words)
	}
	return bot.Event{}, fmt.Errorf("nothing is called %q: use one of: %s", words, strings.Join(known, "; "))
}
