package web

import (
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Error codes of the desk, beside those of the child's chat.
const (
	nobodyWaits = "nobody"   // claim of the next: nobody waits
	takenCase   = "taken"    // claim by id: a colleague was first
	tooManyOpen = "too-many" // five are open already
	notYours    = "not-yours"

	colleagueAway = "colleague-away"
)

// deskFrame is one frame from a counsellor's desk.
type deskFrame struct {
	kind         string
	conversation string
	id           string // say, note
	text         string // say, note
	to           string // release: bot or line; hand-over: a colleague's name
	outcome      string // end
	away         bool   // away
	wrong        string // the error code that answers it
}

// parts tells whether a frame gives the child away, after all that was written.
func (f deskFrame) parts() bool {
	return f.kind == "release" || f.kind == "hand-over" || f.kind == "end"
}

// decodeDesk reads a frame from the desk; what is wrong stands in the frame.
func decodeDesk(data []byte) deskFrame {
	o := open(data)
	f := deskFrame{kind: o.must("type", maxID), conversation: o.text("conversation", maxToken)}
	switch f.kind {
	case "claim", "ping":
		return f.checked(o, false)
	case "away":
		f.away = o.truth("away")
		return f.checked(o, false)
	case "say":
		f.id = o.must("id", maxID)
		f.text, f.wrong = o.said()
	case "note":
		f.id = o.text("id", maxID)
		f.text, f.wrong = o.said()
	case "release":
		f.to = o.oneOf("to", "bot", "line")
		o.bad = o.bad || f.to == ""
	case "hand-over":
		f.to = o.must("to", maxPage)
	case "end":
		f.outcome = o.oneOf("outcome", "helped", "referred", "not-genuine", "other")
		o.bad = o.bad || f.outcome == ""
	case "typing":
	default:
		o.bad = true
	}
	return f.checked(o, true)
}

// checked gives the frame, or what is left of a bad one.
func (f deskFrame) checked(o *object, about bool) deskFrame {
	if o.bad || about && f.conversation == "" {
		return deskFrame{wrong: badFrame, id: f.id, conversation: f.conversation}
	}
	return f
}

// truth gives a field that is true or false; false when it is absent.
func (o *object) truth(name string) bool {
	r, ok := o.raw(name)
	switch {
	case !ok, string(r) == "false":
		return false
	case string(r) == "true":
		return true
	}
	o.bad = true
	return false
}

type helloFrame struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Epoch string `json:"epoch"`
	Lang  string `json:"lang"`
}

type lineFrame struct {
	Type        string         `json:"type"`
	Waiting     []waitingChild `json:"waiting"`
	Counsellors []colleague    `json:"counsellors"`
	Now         time.Time      `json:"now"`
}

type waitingChild struct {
	Conversation string      `json:"conversation"`
	Danger       book.Danger `json:"danger"`
	Topic        string      `json:"topic"`
	Role         string      `json:"role"`
	As           string      `json:"as"`
	Lang         string      `json:"lang"`
	Since        time.Time   `json:"since"`
	Connected    bool        `json:"connected"`
}

type colleague struct {
	Name string `json:"name"`
	Away bool   `json:"away"`
}

type claimedFrame struct {
	Type         string      `json:"type"`
	Conversation string      `json:"conversation"`
	Lang         string      `json:"lang"`
	Danger       book.Danger `json:"danger"`
	Topic        string      `json:"topic"`
	Role         string      `json:"role"`
	As           string      `json:"as"`
	Since        time.Time   `json:"since"`
	Why          []string    `json:"why"`
	Told         []string    `json:"told"`
	Notes        []rawFrame  `json:"notes"`
	Messages     []rawFrame  `json:"messages"`
	Connected    bool        `json:"connected"`
}

// rawFrame is JSON that is ready.
type rawFrame []byte

// MarshalJSON gives the frame itself.
func (r rawFrame) MarshalJSON() ([]byte, error) { return r, nil }

type dangerFrame struct {
	Type         string      `json:"type"`
	Conversation string      `json:"conversation"`
	Danger       book.Danger `json:"danger"`
	Topic        string      `json:"topic"`
	Why          []string    `json:"why"`
}

// caseFrame is every small frame about one conversation.
type caseFrame struct {
	Type         string `json:"type"`
	Conversation string `json:"conversation,omitempty"`
	ID           string `json:"id,omitempty"`
	Seq          int64  `json:"seq,omitempty"`
	How          string `json:"how,omitempty"`
	Code         string `json:"code,omitempty"`
	Text         string `json:"text,omitempty"`
	Re           string `json:"re,omitempty"`
	Connected    *bool  `json:"connected,omitempty"`
}
