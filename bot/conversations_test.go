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

func TestTheBotHelpsInEveryExampleConversation(t *testing.T) {
	b, volumes := built(t)
	for _, s := range scripts(t) {
		t.Run(s.ID, func(t *testing.T) {
			got := play(t, b, volumes.Volumes[s.Lang], s)
			s.checkDanger(t, got)
			s.checkWords(t, got)
		})
	}
}

func (s script) checkDanger(t *testing.T, got course) {
	var want book.Danger
	if err := want.UnmarshalText([]byte(s.Expect.Danger)); err != nil {
		t.Fatal(err)
	}
	highest := got.danger[len(got.danger)-1]
	if want < book.Urgent && highest >= book.Urgent {
		t.Errorf("raised to %s, expected %s", highest, want)
	}
	if by := s.Expect.DangerByTurn; by != nil && got.danger[*by-1] < want {
		t.Errorf("danger %s at turn %d, expected %s", got.danger[*by-1], *by, want)
	}
	if by := s.Expect.HumanOfferedByTurn; by != nil && !got.offered[*by-1] {
		t.Errorf("no person was offered by turn %d", *by)
	}
	for _, topic := range s.Expect.Topics {
		if !slices.Contains(got.topics, topic) {
			t.Errorf("topic %s was not recognised in %v", topic, got.topics)
		}
	}
}

func (s script) checkWords(t *testing.T, got course) {
	said := strings.ToLower(got.said)
	for _, any := range s.Expect.Mention {
		if !slices.ContainsFunc(any, func(w string) bool { return strings.Contains(said, strings.ToLower(w)) }) {
			t.Errorf("none of %q was mentioned", any)
		}
	}
	for _, word := range s.Expect.Not {
		if regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(strings.ToLower(word)) + `($|\W)`).MatchString(said) {
			t.Errorf("%q was said", word)
		}
	}
	if t.Failed() {
		t.Log(got.danger, got.topics, "\n"+got.said)
	}
}
