package web

import (
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// parrot is a bot of few lines with the states of the real one.
type parrot struct{}

func (parrot) Next(c bot.Conversation, e bot.Event) (bot.Conversation, bot.Answer, error) {
	a := bot.Answer{}
	reply := func(node string) {
		a.Reply = &bot.Reply{Node: node, Lang: c.Lang, Parts: []bot.Part{{HTML: "<p>" + node + "</p>", Text: node}}}
	}
	switch e.Kind {
	case bot.Start:
		c = bot.Conversation{Lang: e.Lang, As: e.As, State: bot.WithBot, Offered: []bot.Choice{{ID: "more", Label: "More"}}}
		reply("start")
		a.Reply.Choices = c.Offered
	case bot.Say:
		a.Heard = &understand.Meaning{Topic: "grooming", Role: "child", Danger: book.Concern, Wants: "advice"}
		c.Danger, c.Topic = max(c.Danger, book.Concern), "grooming"
		if strings.Contains(e.Text, "panic") {
			panic("a secret that was typed")
		}
		if strings.Contains(e.Text, "knife") {
			c.Danger, c.Why = book.Emergency, []string{"knife"}
		}
		if c.State != bot.WithCounsellor {
			reply("echo " + e.Text)
		}
		if e.Text == "forget me" {
			a.Do = bot.Forget
		}
	case bot.Choose:
		if !slices.ContainsFunc(c.Offered, func(o bot.Choice) bool { return o.ID == e.Choice }) {
			return c, a, bot.ErrUnknownChoice
		}
		c.Offered = nil
		reply("more")
	case bot.Speak:
		c.Lang = e.Lang
		reply("again")
	case bot.Human:
		if c.State == bot.Waiting || c.State == bot.WithCounsellor {
			break
		}
		if e.Line != "" {
			c.State = bot.Closed
			reply(string(e.Line) + " 112")
			break
		}
		c.State = bot.Waiting
		a.Do = bot.JoinLine
		reply("person")
	case bot.ToBot:
		if c.State == bot.Waiting {
			c.State = bot.WithBot
			a.Do = bot.LeaveLine
			reply("left")
		}
	case bot.Joined:
		c.State, c.Counsellor = bot.WithCounsellor, e.Name
		reply("joined")
	case bot.Lost, bot.Requeued:
		c.State, c.Counsellor = bot.Waiting, ""
		reply(string(e.Kind))
	case bot.HandBack:
		c.State, c.Counsellor = bot.WithBot, ""
		reply("back")
	case bot.Finished:
		c.State, c.Counsellor = bot.Ended, ""
		reply("ended")
	case bot.Alone: // silent, so that the scripts stay short
	case bot.NoOne, bot.Full, bot.Away:
		if c.State == bot.Waiting || c.State == bot.WithBot {
			c.State = bot.Closed
		}
		reply(string(e.Kind) + " 112")
	}
	return c, a, nil
}

func (parrot) Label(c bot.Conversation, id string) string {
	for _, o := range c.Offered {
		if o.ID == id {
			return o.Label
		}
	}
	return id
}

func (parrot) Summary(c bot.Conversation) bot.Summary {
	return bot.Summary{Topic: c.Topic, Role: c.Role, Danger: c.Danger, As: c.As, Lang: c.Lang, Why: c.Why}
}
