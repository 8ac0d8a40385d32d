// Package bot is a conversation and one turn of it. Package web calls it for
// live conversations, and bot/talk in the terminal and in tests; a Bot never
// changes, so any number of goroutines may. It must never know the network,
// the store, the time of day, or who is asking.
package bot

import "github.com/praatpaal/praatpaal/bot/book"

// State says who answers in a conversation.
type State string

// The states of a conversation. The table in states.go says which event leads
// from which to which.
const (
	WithBot        State = "bot"        // the bot answers
	Waiting        State = "waiting"    // in the line; the bot goes on helping
	WithCounsellor State = "counsellor" // a counsellor answers; the bot is silent, except for danger
	Closed         State = "closed"     // asked for a person when none can come; the bot goes on helping
	Ended          State = "ended"      // over
)

// Conversation is all that the bot remembers of one visitor. It is a plain
// value that survives JSON, so that any node can go on with it.
type Conversation struct {
	Lang  string `json:"lang"` // nl or en
	As    string `json:"as"`   // entrance: child or parent
	State State  `json:"state"`
	Step  string `json:"step"` // where the dialogue stands: a step id

	// What was understood so far; danger never goes down.
	Topic  string      `json:"topic,omitempty"`
	Role   string      `json:"role,omitempty"`
	Danger book.Danger `json:"danger"`

	// Offered are the buttons of the last answer: the last Fresh of them, which
	// are all but in what an older version stored. Earlier are the steps that
	// buttons of the answers before lead to, so that a tap on one is understood.
	Offered []Choice `json:"offered,omitempty"`
	Fresh   int      `json:"fresh,omitempty"`
	Earlier Trail    `json:"earlier,omitempty"`
	// Said are the steps that the last answer was made of.
	Said []string `json:"said,omitempty"`
	// Misses counts messages in a row that were not understood.
	Misses int `json:"misses,omitempty"`
	// Counsellor is the first name of who has the conversation now.
	Counsellor string `json:"counsellor,omitempty"`
	// Told are the steps that were shown, each where it was shown last, for the
	// counsellor's summary and so that a door is not opened twice.
	Told Trail `json:"trail,omitempty"`
	// Why are the rules that set the danger, for the counsellor.
	Why []string `json:"why,omitempty"`
}

// Choices are the buttons of the last answer.
func (c Conversation) Choices() []Choice {
	return last(c.Offered, c.Fresh)
}

// EventKind names what happened.
type EventKind string

// What can happen to a conversation. The first group comes from the browser,
// the second from the line and its counsellors, the third from the store.
const (
	Start  EventKind = "start"
	Say    EventKind = "say"
	Choose EventKind = "choose"
	Speak  EventKind = "lang"  // go on in another language
	Human  EventKind = "human" // asks for a counsellor
	ToBot  EventKind = "bot"   // leaves the line

	Joined   EventKind = "joined"   // a counsellor claimed the conversation
	Lost     EventKind = "lost"     // the counsellor's line dropped: back to the front
	HandBack EventKind = "handback" // the counsellor gave it back to the bot
	Requeued EventKind = "requeued" // the counsellor put it back in the line
	Finished EventKind = "finished" // the counsellor ended it
	NoOne    EventKind = "closed"   // no counsellors are on duty
	Full     EventKind = "full"     // the line takes nobody more
	Alone    EventKind = "alone"    // in the line, and no counsellor is there now

	Away EventKind = "away" // Redis is away: no line, the numbers instead
)

// Event is one thing that happened to a conversation.
type Event struct {
	Kind   EventKind
	Text   string // Say: what was typed
	Choice string // Choose: the choice's id
	Lang   string // Start, Speak: nl or en
	As     string // Start: child or parent
	Page   string // Start: the step where the chat was opened, or ""
	Name   string // Joined: the counsellor's first name

	// Line says whether a wish for a person can be met now: "" when it can,
	// else NoOne, Full or Away. The caller knows; the bot then gives the
	// numbers instead, in the same answer.
	Line EventKind
}

// Reply is one answer of the bot: one frame on the wire.
type Reply struct {
	Node    string   `json:"node"`
	Lang    string   `json:"lang"`
	Parts   []Part   `json:"parts"`
	Choices []Choice `json:"choices,omitempty"`
}

// Part is one bubble.
type Part struct {
	HTML string `json:"html"`
	Text string `json:"text"`
}

// Choice is a button: the id is the step that it leads to.
type Choice struct {
	ID    string `json:"id"`
	Label string `json:"label,omitempty"`
}

// Do is what the caller must do after a turn, beside sending the reply.
type Do string

// What a turn can ask of its caller.
const (
	Nothing   Do = ""
	JoinLine  Do = "join"   // put the conversation in the line
	LeaveLine Do = "leave"  // take it out of the line
	Forget    Do = "forget" // erase it everywhere
)
