package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Any, as Turn.Expect, adds entries whatever the version is. The state must
// then be left as it is.
const Any int64 = -1

const (
	wordMost = 64 // bytes of an id or a name
	turnMost = 64 // entries of one turn

	lifeMS, keptMS = int64(lifeTime / time.Millisecond), int64(keptTime / time.Millisecond)
)

// errRekeyed says that the key at hand is not that of the stored
// conversation: it was begun anew after the store had lost it.
var errRekeyed = errors.New("conversation has another key")

// Begin stores the first turn of a conversation, at version 1, and makes its
// key. The same message again gives Again. ErrStale when a conversation of
// this id is there already. Expect and Fence are not looked at.
func (q *Queue) Begin(ctx context.Context, t Turn) (Stored, error) {
	t.Expect, t.Fence = 0, 0
	if err := t.check(); err != nil {
		return Stored{}, fmt.Errorf("begin: %w", err)
	}
	s := newSeal(t.ID)
	s.kept = t.Kept
	wrapped, err := q.keys.wrap(&s, t.Kept)
	if err != nil {
		return Stored{}, fmt.Errorf("begin: %w", err)
	}
	on := newSheet()
	args := append(make([]any, 0, 6+len(t.Entries)), "m"+t.Message, life(t.Kept), flag(t.Kept), s.keyID, wrapped, s.state(on, t.State))
	for _, e := range t.Entries {
		args = append(args, s.entry(on, e))
	}
	reply, err := q.write(ctx, q.scripts.begin, []string{q.names.conversation(t.ID)}, args...)
	if err != nil {
		return Stored{}, fmt.Errorf("begin: %w", err)
	}
	if again, ok := words(reply); ok && len(again) >= 7 {
		if s, err = q.keys.unwrap(t.ID, again[4], again[5]); err != nil {
			return Stored{}, fmt.Errorf("begin: %w", err)
		}
		q.chest.put(s)
		return q.again(&s, append(again[:4], again[6:]...))
	}
	out, err := q.stored(&s, t, reply)
	if err == nil {
		s.prolonged = q.clock.now()
		q.chest.put(s)
	}
	return out, err
}

// Turn stores one turn, once: the same message id again changes nothing and
// gives what was stored then. A message id is remembered for as long as the
// turn's entries are kept; a turn without entries has none to remember, and
// only prolongs the conversation or changes its state. The version grows when
// the state is written. Who holds the other end is told by a hint.
//
// ErrGone, ErrStale, ErrLost, ErrFenced; after any other error the turn may be
// stored or not, and the same call again finds out.
func (q *Queue) Turn(ctx context.Context, t Turn) (Stored, error) {
	if err := t.check(); err != nil {
		return Stored{}, fmt.Errorf("turn: %w", err)
	}
	for range 2 {
		stored, err := q.turn(ctx, t)
		if err == nil {
			return stored, nil
		}
		if !errors.Is(err, errRekeyed) {
			return Stored{}, fmt.Errorf("turn: %w", err)
		}
		q.chest.drop(t.ID)
	}
	return Stored{}, fmt.Errorf("turn: %w", errRekeyed)
}

func (q *Queue) turn(ctx context.Context, t Turn) (Stored, error) {
	s, err := q.sealOf(ctx, t.ID)
	if err != nil {
		return Stored{}, err
	}
	was := s.kept
	t.Kept = t.Kept || s.kept
	wrapped, err := q.keys.wrap(&s, t.Kept)
	if err != nil {
		return Stored{}, err
	}
	on := q.sheets.Get().(*sheet)
	now := q.clock.now()
	prolong := len(t.Entries) == 0 || now.Sub(s.prolonged) >= prolongTime
	args := append(make([]any, 0, 16), // as many as most turns have
		t.ID, q.names.node, "m"+t.Message, t.Expect, t.Fence, s.keyID, flag(t.Kept),
		lifeMS, keptMS, entriesMax, wrapped, s.state(on, t.State), t.Seen, flag(prolong))
	for _, e := range t.Entries {
		args = append(args, s.entry(on, e))
	}
	reply, err := q.write(ctx, q.scripts.turn, []string{q.names.conversation(t.ID)}, args...)
	if err != nil {
		return Stored{}, err // it may still be on its way: the sheet is left to it
	}
	on.sealed = on.sealed[:0]
	q.sheets.Put(on)
	if again, ok := words(reply); ok {
		return q.again(&s, again)
	}
	if prolong {
		s.prolonged = now
	}
	out, err := q.stored(&s, t, reply)
	if err == nil && (prolong || wrapped != "" || s.kept != was) {
		q.chest.put(s)
	}
	return out, err
}

// stored reads "version seq at kept" of a turn that was stored, or the word
// for why it was not.
func (q *Queue) stored(s *seal, t Turn, reply any) (Stored, error) {
	text, _ := reply.(string)
	if err := refusal(text); err != nil {
		q.missed(t.ID, err)
		return Stored{}, err
	}
	var n [4]int64
	rest := text
	for i := range n {
		var word string
		word, rest, _ = strings.Cut(rest, " ")
		var err error
		if n[i], err = strconv.ParseInt(word, 10, 64); err != nil {
			return Stored{}, fmt.Errorf("unknown answer from the store: %w", err)
		}
	}
	s.kept = n[3] == 1
	out := Stored{Version: n[0], Seq: n[1], Entries: make([]Entry, len(t.Entries))}
	at := time.UnixMilli(n[2])
	for i, e := range t.Entries {
		e.Seq, e.At = n[1]-int64(len(t.Entries)-1-i), at
		out.Entries[i] = e
	}
	return out, nil
}

// again reads {"again", version, seq, kept, first, entry...}.
func (q *Queue) again(s *seal, reply []string) (Stored, error) {
	if len(reply) < 5 {
		return Stored{}, errors.New("unknown answer from the store")
	}
	out := Stored{Again: true, Version: number(reply[1]), Seq: number(reply[2])}
	first := number(reply[4])
	for i, raw := range reply[5:] {
		e, err := parseEntry(s, raw)
		if err != nil {
			return Stored{}, err
		}
		if raw != "" {
			e.Seq = first + int64(i)
			out.Entries = append(out.Entries, e)
		}
	}
	return out, nil
}

// Load reads a conversation without its entries; ErrGone.
func (q *Queue) Load(ctx context.Context, id string) (Record, error) {
	if err := checkWord("id", id); err != nil {
		return Record{}, ErrGone
	}
	had, err := q.fields(ctx, id, "v", "s", "f", "h", "b", "p", "i", "k", "z")
	if err != nil {
		return Record{}, fmt.Errorf("load: %w", err)
	}
	s, err := q.keys.unwrap(id, had[6], had[7])
	if err != nil {
		return Record{}, fmt.Errorf("load: %w", err)
	}
	s.kept = had[5] == "1"
	q.chest.put(s)
	state, err := s.openState(had[8])
	if err != nil {
		return Record{}, fmt.Errorf("load: %w", err)
	}
	return Record{
		ID: id, State: state, Version: number(had[0]), Seq: number(had[1]), Fence: number(had[2]), Holder: had[3],
		Began: time.UnixMilli(number(had[4])), Kept: s.kept,
	}, nil
}

// After reads the entries with a higher number, in order: at most the last
// 500, which are all that is kept. What a failover could still take back is
// not given. ErrGone.
func (q *Queue) After(ctx context.Context, id string, seq int64) ([]Entry, error) {
	if err := checkWord("id", id); err != nil {
		return nil, ErrGone
	}
	reply, err := q.settled(ctx, id, seq)
	if err != nil {
		return nil, fmt.Errorf("after: %w", err)
	}
	parts, ok := words(reply)
	if !ok || len(parts) < 3 {
		q.missed(id, ErrGone)
		return nil, fmt.Errorf("after: %w", ErrGone)
	}
	s, ok := q.chest.get(id)
	if !ok || s.keyID != parts[0] {
		if s, err = q.keys.unwrap(id, parts[0], parts[1]); err != nil {
			return nil, fmt.Errorf("after: %w", err)
		}
		q.chest.put(s)
	}
	first := number(parts[2])
	out := make([]Entry, 0, len(parts)-3)
	for i, raw := range parts[3:] {
		if raw == "" {
			continue
		}
		e, err := parseEntry(&s, raw)
		if err != nil {
			return nil, fmt.Errorf("after: %w", err)
		}
		e.Seq = first + int64(i)
		out = append(out, e)
	}
	return out, nil
}

// settled reads entries where they are safe: at once from a Redis without
// replicas, and else when these have them.
func (q *Queue) settled(ctx context.Context, id string, seq int64) (any, error) {
	keys := []string{q.names.conversation(id)}
	b, err := q.batchFor(ctx, keys[0])
	if err != nil {
		return nil, err
	}
	if b.needs.Load() == 0 {
		return q.read(ctx, q.scripts.after, keys, seq, entriesMax, "0")
	}
	return q.write(ctx, q.scripts.after, keys, seq, entriesMax, "1")
}

// Attach makes a connection of this node the owner of the child's end. When
// another one was, its node gets Hint{Kind: "taken-over"} with the old
// connection as Origin. ErrGone.
func (q *Queue) Attach(ctx context.Context, id, connection string) error {
	if err := checkWord("id", id); err != nil {
		return fmt.Errorf("attach: %w", ErrGone)
	}
	if err := checkWord("connection", connection); err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	reply, err := q.write(ctx, q.scripts.attach, []string{q.names.conversation(id)}, id, q.names.node, q.node, connection)
	if err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	if err := refusal(reply); err != nil {
		q.missed(id, err)
		return fmt.Errorf("attach: %w", err)
	}
	return nil
}

// life is how long a conversation lives after a turn, in milliseconds.
func life(kept bool) int64 {
	if kept {
		return keptMS
	}
	return lifeMS
}

// sealOf gives the key of a conversation, from memory or from Redis.
func (q *Queue) sealOf(ctx context.Context, id string) (seal, error) {
	if s, ok := q.chest.get(id); ok {
		return s, nil
	}
	had, err := q.fields(ctx, id, "p", "i", "k")
	if err != nil {
		return seal{}, err
	}
	s, err := q.keys.unwrap(id, had[1], had[2])
	if err != nil {
		return seal{}, err
	}
	s.kept = had[0] == "1"
	q.chest.put(s)
	return s, nil
}

// fields reads some of a conversation; the first must always be there.
func (q *Queue) fields(ctx context.Context, id string, fields ...string) ([]string, error) {
	values, err := q.client.HMGet(ctx, q.names.conversation(id), fields...).Result()
	if err != nil {
		return nil, err
	}
	if values[0] == nil {
		q.missed(id, ErrGone)
		return nil, ErrGone
	}
	out := make([]string, len(values))
	for i, value := range values {
		out[i], _ = value.(string)
	}
	return out, nil
}

// missed notes that a conversation is not there: expired or forgotten, or the
// store has lost state.
func (q *Queue) missed(id string, err error) {
	if errors.Is(err, ErrGone) {
		q.chest.drop(id)
		q.epoch.doubt()
	}
}
