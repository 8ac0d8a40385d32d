// Package queue keeps conversations on Redis: the numbered log of each, the
// waiting line, the counsellors' claims, and the counters. Package web calls
// it; every method is safe for any number of goroutines and gives up when its
// context ends. It is the only place that knows go-redis, and it must never
// know pages, sockets or a rule of dialogue: bodies and states are bytes to
// it, and they are sealed before they leave the process.
package queue

import (
	"errors"
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Errors that callers branch on. Everything else means "Redis is away or
// refused", and never that the write was not done.
var (
	ErrGone   = errors.New("conversation is gone")          // unknown, forgotten or expired
	ErrStale  = errors.New("conversation has moved on")     // Turn.Expect is not the stored version
	ErrFenced = errors.New("claim is no longer held")       // a newer claim, or none, holds it
	ErrLost   = errors.New("store has lost state")          // it knows less than Turn.Expect or Turn.Seen says
	ErrNobody = errors.New("nobody is waiting")             // Claim of the next one
	ErrTaken  = errors.New("somebody else has claimed it")  // Claim of one by id
	ErrLogin  = errors.New("name or password is not right") // Counsellors
	ErrExists = errors.New("a counsellor of that name is there already")
)

// Entry is one numbered message of a conversation.
type Entry struct {
	Seq  int64     // 1, 2, 3 …; given by the store
	From string    // child, bot or counsellor
	ID   string    // the sender's own id for it; "" when it had none
	Body []byte    // what was said, in the caller's form; sealed in the store
	At   time.Time // when Redis stored it
}

// Turn is one write: what came in, what was answered, and the state after it,
// stored together or not at all.
type Turn struct {
	ID      string  // the conversation
	Message string  // the message id that makes the turn idempotent; "" for none
	Expect  int64   // the version that the turn was worked out from, or Any
	Fence   int64   // the claim of the counsellor who writes; 0 for child and bot
	Seen    int64   // the highest number that the writer knows to be stored
	Entries []Entry // Seq and At are filled in by the store
	State   []byte  // the new state; nil leaves it as it is
	Kept    bool    // handed over at least once: kept 24 h after the end, not 1 h
}

// Stored is what a turn led to.
type Stored struct {
	Again   bool    // the message id was known: Entries are those stored then
	Entries []Entry // with Seq and At
	Version int64   // of the conversation, after the turn
	Seq     int64   // the highest number in the log
}

// Record is a conversation as stored.
type Record struct {
	ID      string
	State   []byte
	Version int64
	Seq     int64
	Fence   int64  // of the claim that holds it, 0 when none does
	Holder  string // the counsellor's name, "" when none
	Began   time.Time
	Kept    bool // handed over at least once
}

// Waiting is a place in the line.
type Waiting struct {
	ID        string
	Danger    book.Danger
	Topic     string
	Role      string
	As        string // entrance: child or parent
	Lang      string
	Bucket    string    // keyed hash of the source's address prefix, an hour long
	Since     time.Time // of joining, by Redis time; kept when a lease is lost
	Connected bool      // the child's socket lives
}

// Claim is a counsellor's hold on one conversation.
type Claim struct {
	ID      string
	Holder  string
	Fence   int64 // grows with every claim; every later write must show it
	Until   time.Time
	Waiting Waiting // as it stood in the line
}

// Place is what a waiting child is told.
type Place struct {
	Position    int           // 1 is next
	Wait        time.Duration // expected; 0 with nobody on duty
	Least, Most time.Duration // the range of it: eight in ten wait so long
	Counsellors int           // who take visitors now
	Since       time.Time     // of joining
}

// Outcome is how a stay in the line or with a counsellor ended. Every entry
// ends as exactly one of these.
type Outcome string

// The outcomes of a place in the line.
const (
	Served    Outcome = "served"
	Left      Outcome = "left"
	QuickExit Outcome = "quick-exit"
	Expired   Outcome = "expired-and-told"
	Elsewhere Outcome = "sent-elsewhere"
)

// Hint says that something changed about a conversation that a node holds:
// look at the numbers. A hint may be lost; a poll finds the same.
type Hint struct {
	ID string
	// Kind: "log" (new entries), "claim" (another holder, or none), "gone" (to
	// the desk: the claim is over), "taken-over", "forgotten", "line", and what
	// callers send each other: "typing", "danger", "connected".
	Kind string
	From string // typing: who; claim: the holder
	// Origin is the connection that caused it, so that its own owner can ignore it.
	Origin string
}
