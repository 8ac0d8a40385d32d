package web

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// The error codes of the protocol. The text of each stands in locales under
// "error." and the code.
const (
	badFrame      = "bad-frame"
	tooLong       = "too-long"
	rateLimited   = "rate-limited"
	unknownToken  = "unknown-token"
	unknownChoice = "unknown-choice"
	busy          = "busy"
	unavailable   = "unavailable"
	unknownCode   = "unknown-code"
	notErased     = "not-erased" // a text of its own for the code unavailable
	codeOften     = "code-often" // a text of its own for the code rate-limited
)

// frame is one frame from the child's browser, with what its type needs.
type frame struct {
	kind   string
	id     string // say, choose
	text   string // say, return
	choice string // choose
	lang   string // start, lang; "" when absent
	as     string // start
	page   string // start
	token  string // resume
	after  int64  // resume
	about  string // feel
	answer string // feel
	wrong  string // the error code that answers it; "" when it is good
}

// decode reads a frame from the child's browser. Unknown fields are ignored;
// what is wrong stands in the frame itself, so that it is answered in turn.
func decode(data []byte) frame {
	o := open(data)
	f := frame{kind: o.must("type", maxID)}
	switch f.kind {
	case "start":
		f.lang = o.oneOf("lang", book.Languages()...)
		f.as = o.oneOf("as", "child", "parent")
		f.page = o.text("page", maxPage)
	case "resume":
		f.token, f.after = o.must("token", maxToken), o.number("after")
	case "say":
		f.id = o.must("id", maxID)
		f.text, f.wrong = o.said()
	case "choose":
		f.id, f.choice = o.must("id", maxID), o.must("choice", maxPage)
	case "lang":
		f.lang = o.oneOf("lang", book.Languages()...)
		o.bad = o.bad || f.lang == ""
	case "return":
		f.text = o.must("words", maxPage)
	case "feel":
		f.about, f.answer = o.must("about", maxID), o.must("answer", maxID)
		o.bad = o.bad || !slices.Contains(answers(f.about), f.answer)
	case "typing", "human", "bot", "forget", "exit", "ping", "code":
	default:
		o.bad = true
	}
	if o.bad {
		return frame{wrong: badFrame, id: f.id}
	}
	return f
}

// message is one turn of one speaker, as stored and as sent; seq and at are
// put in front of it when it is sent.
type message struct {
	Type       string       `json:"type"` // always "message"
	From       string       `json:"from"` // child, bot, counsellor; note: for colleagues only
	ID         string       `json:"id,omitempty"`
	Re         string       `json:"re,omitempty"`
	Name       string       `json:"name,omitempty"`
	Lang       string       `json:"lang,omitempty"`
	Node       string       `json:"node,omitempty"`
	Text       string       `json:"text,omitempty"`
	Choice     string       `json:"choice,omitempty"`
	Parts      []part       `json:"parts"`
	Choices    []bot.Choice `json:"choices,omitzero"`
	Understood *understood  `json:"understood,omitempty"`
	Danger     *book.Danger `json:"danger,omitempty"`
}

// part is one bubble; html is there only where the words are ours.
type part struct {
	HTML string `json:"html,omitempty"`
	Text string `json:"text"`
}

// understood are the four labels of the message that is answered.
type understood struct {
	Topic  string      `json:"topic"`
	Role   string      `json:"role"`
	Danger book.Danger `json:"danger"`
	Wants  string      `json:"wants"`
}

// botMessage is the frame of an answer to the message re, or to none.
func botMessage(r *bot.Reply, re string) message {
	m := message{Type: "message", From: "bot", Re: re, Lang: r.Lang, Node: r.Node}
	m.Parts, m.Choices = make([]part, 0, len(r.Parts)), r.Choices
	for _, p := range r.Parts {
		m.Parts = append(m.Parts, part(p))
	}
	if m.Choices == nil {
		m.Choices = []bot.Choice{}
	}
	return m
}

// plainMessage is the frame of what a child or a counsellor said.
func plainMessage(from, id, text string) message {
	return message{Type: "message", From: from, ID: id, Text: text, Parts: []part{{Text: text}}}
}

// numbered is a stored message as it goes over the wire.
func numbered(e queue.Entry) []byte { return appendNumbered(nil, e) }

func appendNumbered(b []byte, e queue.Entry) []byte {
	b = slices.Grow(b, sizeOf(len(e.Body)+64)) // with room for the padding
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, `,"at":"`...)
	b = e.At.UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `",`...)
	return append(b, e.Body[1:]...)
}

// unnumbered is an answer that the store does not have yet.
func unnumbered(body []byte, at time.Time) []byte {
	return append(append([]byte(`{"at":"`), at.UTC().Format(time.RFC3339)+`",`...), body[1:]...)
}

// encode writes a frame. The types here always can be written.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("web: a frame that cannot be written: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

type welcomeFrame struct {
	Type  string    `json:"type"`
	Token string    `json:"token"`
	Lang  string    `json:"lang"`
	Seq   int64     `json:"seq"`
	State bot.State `json:"state"`
	Epoch string    `json:"epoch"`
	As    string    `json:"as,omitempty"`
}

type errorFrame struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Text   string `json:"text"`
	Re     string `json:"re,omitempty"`
	RetryS int    `json:"retry_s,omitempty"`
}

// stateFrame tells who answers now. Position, wait and counsellors are there
// while waiting only, name with a counsellor, opens_at when closed.
type stateFrame struct {
	Type        string    `json:"type"`
	State       bot.State `json:"state"`
	Position    int       `json:"position,omitempty"`
	WaitS       *int      `json:"wait_s,omitempty"`
	WaitFromS   *int      `json:"wait_from_s,omitempty"`
	WaitToS     *int      `json:"wait_to_s,omitempty"`
	Counsellors *int      `json:"counsellors,omitempty"`
	Name        string    `json:"name,omitempty"`
	OpensAt     string    `json:"opens_at,omitempty"`
}
