package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// errOtherState: the conversation is not in the state that an event is for.
var errOtherState = errors.New("conversation is in another state")

// ledger reads and writes a conversation for the counsellor's side. It is
// owned by one goroutine.
type ledger struct {
	server *Server
	id     string
	fence  int64
	conv   bot.Conversation
	record queue.Record
}

// load reads the record and the conversation in it.
func (l *ledger) load() error {
	err := l.server.call(func(ctx context.Context) (err error) {
		l.record, err = l.server.store.Load(ctx, l.id)
		return err
	})
	if err != nil {
		return err
	}
	conv, err := unpack(l.record.State)
	if err != nil {
		return err
	}
	l.conv = conv
	return nil
}

// after gives the entries with a number over seq.
func (l *ledger) after(seq int64) (entries []queue.Entry, err error) {
	err = l.server.call(func(ctx context.Context) (err error) {
		entries, err = l.server.store.After(ctx, l.id, seq)
		return err
	})
	return entries, err
}

// write puts an event into the conversation, as long as it is in the state
// that the event is for ("" for any). The bot's words about it are stored too.
func (l *ledger) write(e bot.Event, from bot.State) error {
	key := rand.Text() + rand.Text()
	for range turnTries {
		if from != "" && l.conv.State != from {
			return errOtherState
		}
		next, answer, err := l.server.bot.Next(l.conv, e)
		if err != nil {
			return fmt.Errorf("event %s: %w", e.Kind, err)
		}
		t := queue.Turn{ID: l.id, Message: key, Expect: l.record.Version, Fence: l.fence, State: appendState(nil, &next), Kept: true}
		if answer.Reply != nil {
			t.Entries = []queue.Entry{{From: "bot", Body: l.server.reply(answer, next, "").bytes()}}
		}
		stored, err := l.turn(t)
		if err == nil && stored.Again {
			return l.load() // the child may have written since
		}
		if err == nil {
			l.conv, l.record.Version = next, stored.Version
			return nil
		}
		if !errors.Is(err, queue.ErrStale) {
			return err
		}
		if err := l.load(); err != nil {
			return err
		}
	}
	return queue.ErrStale
}

// say stores a message that leaves the state alone; key makes it happen once,
// and seen is the highest number that the desk knows.
func (l *ledger) say(m message, key string, seen int64) (queue.Stored, error) {
	return l.turn(queue.Turn{
		ID: l.id, Message: key, Expect: queue.Any, Fence: l.fence, Kept: true,
		Entries: []queue.Entry{{From: m.From, ID: storeID(m.ID), Body: m.bytes()}}, Seen: seen,
	})
}

func (l *ledger) turn(t queue.Turn) (stored queue.Stored, err error) {
	err = l.server.call(func(ctx context.Context) (err error) {
		stored, err = l.server.store.Turn(ctx, t)
		return err
	})
	return stored, err
}
