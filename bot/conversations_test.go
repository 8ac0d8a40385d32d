package bot_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/content"
)

// script is a conversation of testdata/conversations.jsonl with what a good
// helper must reach in it.
type script struct {
	ID, Lang, Who string
	Turns         []string
	Expect        struct {
		Topics             []string
		Danger             string
		DangerByTurn       *int       `json:"danger_by_turn"`
		HumanOfferedByTurn *int       `json:"human_offered_by_turn"`
		Mention            [][]string `json:"must_mention"`
		Not                []string   `json:"must_not"`
	}
}

func scripts(t *testing.T) []script {
	t.Helper()
	file, err := os.Open("testdata/conversations.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []script
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var s script
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		t.Fatal("no conversations")
	}
	return out
}

// whole is the bot of the content that is built in, made once for all tests.
var whole = sync.OnceValues(func() (*bot.Bot, *book.Book) {
	b, found := book.Load(content.Files())
	if b == nil {
		panic(fmt.Sprintf("the content has mistakes: %v", found))
	}
	made, err := bot.New(b)
	if err != nil {
		panic(err)
	}
	return made, b
})

func built(t *testing.T) (*bot.Bot, *book.Book) {
	t.Helper()
	return whole()
}

// course is what happened in a script: per turn the danger and whether a
// person had been offered, and all that was said.
type course struct {
	danger  []book.Danger
	offered []bool
	topics  []string
	said    string
}

func play(t *testing.T, b *bot.Bot, v *book.Volume, s script) course {
	t.Helper()
	as := "child"
	if s.Who == "parent" || s.Who == "professional" {
		as = "parent"
	}
	c, _, err := b.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: s.Lang, As: as})
	if err != nil {
		t.Fatal(err)
	}
	var out course
	offered := false
	for _, text := range s.Turns {
		var a bot.Answer
		if c, a, err = b.Next(c, bot.Event{Kind: bot.Say, Text: text}); err != nil {
			t.Fatal(err)
		}
		offered = offered || c.State == bot.Waiting || offersPerson(v, a.Reply)
		out.danger = append(out.danger, c.Danger)
		out.offered = append(out.offered, offered)
		out.topics = append(out.topics, a.Heard.Topic, c.Topic)
		for _, p := range a.Reply.Parts {
			out.said += p.Text + "\n"
		}
		for _, choice := range a.Reply.Choices {
			out.said += choice.Label + "\n"
		}
	}
	return out
}

func offersPerson(v *book.Volume, r *bot.Reply) bool {
	return r != nil && slices.ContainsFunc(r.Choices, func(c bot.Choice) bool {
		return v.Steps[c.ID] != nil && v.Steps[c.ID].Does == "hand-over"
	})
}

// The examples hold hints that are only understood from what went before. So
// many of them must go well from the first word to the last; and in none may
// anything be said that must not be.
const wellHeld = 20

func TestTheBotHelpsInTheExampleConversations(t *testing.T) {
	b, volumes := built(t)
	well := 0
	for _, s := range scripts(t) {
		got := play(t, b, volumes.Volumes[s.Lang], s)
		for _, word := range s.said(got) {
			t.Errorf("%s: %q was said", s.ID, word)
		}
		missed := append(s.danger(t, got), s.unsaid(got)...)
		if len(missed) == 0 {
			well++
			continue
		}
		t.Logf("%s: %s", s.ID, strings.Join(missed, "; "))
	}
	if well < wellHeld {
		t.Errorf("%d conversations went well, want %d", well, wellHeld)
	}
}

// danger gives what was missed of a script's danger, topics and offers.
func (s script) danger(t *testing.T, got course) (missed []string) {
	var want book.Danger
	if err := want.UnmarshalText([]byte(s.Expect.Danger)); err != nil {
		t.Fatal(err)
	}
	highest := got.danger[len(got.danger)-1]
	if want < book.Urgent && highest >= book.Urgent {
		missed = append(missed, fmt.Sprintf("raised to %s, expected %s", highest, want))
	}
	if by := s.Expect.DangerByTurn; by != nil && got.danger[*by-1] < want {
		missed = append(missed, fmt.Sprintf("danger %s at turn %d, expected %s", got.danger[*by-1], *by, want))
	}
	if by := s.Expect.HumanOfferedByTurn; by != nil && !got.offered[*by-1] {
		missed = append(missed, fmt.Sprintf("no person was offered by turn %d", *by))
	}
	for _, topic := range s.Expect.Topics {
		if !slices.Contains(got.topics, topic) {
			missed = append(missed, fmt.Sprintf("topic %s was not recognised", topic))
		}
	}
	return missed
}

// unsaid gives what should have been mentioned and was not.
func (s script) unsaid(got course) (missed []string) {
	said := strings.ToLower(got.said)
	for _, any := range s.Expect.Mention {
		if !slices.ContainsFunc(any, func(w string) bool { return strings.Contains(said, strings.ToLower(w)) }) {
			missed = append(missed, fmt.Sprintf("none of %q was mentioned", any))
		}
	}
	return missed
}

// said gives what was said and must not be.
func (s script) said(got course) (wrong []string) {
	said := strings.ToLower(got.said)
	for _, word := range s.Expect.Not {
		if regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(strings.ToLower(word)) + `($|\W)`).MatchString(said) {
			wrong = append(wrong, word)
		}
	}
	return wrong
}
