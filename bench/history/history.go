// Package history holds what the clients of a fault run saw, and checks it
// afterwards against what must always hold. The clients in bench/client
// write it down; bench/faults reads the verdict. It must never ask a server
// anything: it judges only by what was on the wire.
package history

import (
	"encoding/json"
	"os"
	"sync"
	"time"
)

// Kinds of events of a child.
const (
	Sent     = "sent"     // ID: a message went out for the first time
	Received = "received" // ID, Seq: the server says that it is stored
	Shown    = "shown"    // Seq and what it was: a numbered message came
	Epoch    = "epoch"    // numbers begin anew: the store lost state
	State    = "state"    // Text: who answers now
	Cut      = "cut"      // the socket is gone
	Back     = "back"     // and another goes on
	Final    = "final"    // Seq and what it was: in the log at the end
	Gone     = "gone"     // the conversation was said to be unknown
	Told     = "told"     // an answer without a number: the store is away
)

// Event is one thing that a child's client saw.
type Event struct {
	At   time.Duration // since the log began
	Kind string
	Seq  int64
	From string // child, bot, counsellor
	ID   string // of a child's message
	Re   string // the message that a bot's answer is about
	Text string
}

// same tells whether two events are about the same entry of the log.
func (e Event) same(o Event) bool {
	return e.From == o.From && e.ID == o.ID && e.Re == o.Re && e.Text == o.Text
}

// words name an entry whatever its number is: after a loss it has another.
func (e Event) words() string { return e.From + "\x00" + e.ID + "\x00" + e.Re + "\x00" + e.Text }

// Talk is what the client of one child saw.
type Talk struct {
	Name string

	mu     sync.Mutex
	id     string  // of the conversation; guarded by mu
	events []Event // guarded by mu
}

// Add writes an event down.
func (t *Talk) Add(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, e)
}

// Events gives all events so far.
func (t *Talk) Events() []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.events[:len(t.events):len(t.events)]
}

// Name the conversation; counsellors know it by this id.
func (t *Talk) Is(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.id = id
}

// ID of the conversation, "" before it began.
func (t *Talk) ID() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.id
}

// Kinds of operations of a counsellor.
const (
	OpClaim = "claim" // asked for a child and got Conversation
	OpHold  = "hold"  // the server said that it is still ours
	OpWrite = "write" // a message into it was received
	OpEnd   = "end"   // ended the talk
	OpFree  = "free"  // from Call on the claim may be lost
)

// Operation is one act of a counsellor, with when it began and ended.
type Operation struct {
	Kind         string
	Counsellor   string
	Conversation string
	Text         string        // OpWrite
	Call, Return time.Duration // Return of OpFree: Forever
}

// Forever is later than any event.
const Forever = time.Duration(1<<62 - 1)

// Log is what all clients of one run saw.
type Log struct {
	began time.Time

	mu         sync.Mutex
	talks      []*Talk       // guarded by mu
	emptied    time.Duration // when the store lost all; guarded by mu; 0: never
	operations []Operation   // guarded by mu
}

// New begins a log.
func New() *Log { return &Log{began: time.Now()} }

// Now is the time since the log began.
func (l *Log) Now() time.Duration { return time.Since(l.began) }

// Talk begins the history of one child.
func (l *Log) Talk(name string) *Talk {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &Talk{Name: name}
	l.talks = append(l.talks, t)
	return t
}

// Emptied notes that the store has lost all that it had. What a counsellor
// wrote in a talk that was over by then is gone: nobody holds it any more.
func (l *Log) Emptied() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.emptied = time.Since(l.began)
}

func (l *Log) emptiedAt() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.emptied
}

// Talks gives all children's histories.
func (l *Log) Talks() []*Talk {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.talks[:len(l.talks):len(l.talks)]
}

// Did writes down an operation of a counsellor.
func (l *Log) Did(o Operation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.operations = append(l.operations, o)
}

// Operations gives all that counsellors did.
func (l *Log) Operations() []Operation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.operations[:len(l.operations):len(l.operations)]
}

// Save writes all of it to a file, for a person who looks into a finding.
func (l *Log) Save(file string) error {
	type talk struct {
		Name, ID string
		Events   []Event
	}
	var all struct {
		Talks      []talk
		Operations []Operation
	}
	for _, t := range l.Talks() {
		all.Talks = append(all.Talks, talk{t.Name, t.ID(), t.Events()})
	}
	all.Operations = l.Operations()
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}
