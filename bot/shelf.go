package bot

import (
	"sync/atomic"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Shelf holds the bot that talks now, so that one made of newer content can
// take its place while conversations go on. Any number of goroutines may use
// it; a turn is answered by one bot from beginning to end.
type Shelf struct {
	now atomic.Pointer[Bot]
}

// NewShelf makes a shelf with a bot on it.
func NewShelf(b *Bot) *Shelf {
	s := &Shelf{}
	s.Put(b)
	return s
}

// Put replaces the bot. A conversation that stands at a step which the new one
// lacks goes on at the step that says "I am still here".
func (s *Shelf) Put(b *Bot) { s.now.Store(b) }

// Next is one turn with the bot that talks now.
func (s *Shelf) Next(c Conversation, e Event) (Conversation, Answer, error) {
	return s.now.Load().Next(c, e)
}

// Label is what a button of a conversation says.
func (s *Shelf) Label(c Conversation, id string) string { return s.now.Load().Label(c, id) }

// Summary sums a conversation up for the desk.
func (s *Shelf) Summary(c Conversation) Summary { return s.now.Load().Summary(c) }

// Volume is the content in a language as it is now, nil when there is none.
func (s *Shelf) Volume(lang string) *book.Volume { return s.now.Load().Volume(lang) }
