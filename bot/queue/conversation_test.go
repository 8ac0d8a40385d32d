package queue

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// talk is a first turn, as a child and the bot make it.
func talk(id string) Turn {
	return Turn{
		ID: id, Message: "m1", State: []byte("state one"),
		Entries: []Entry{
			{From: "child", ID: "m1", Body: []byte("hij dreigt met mijn foto")},
			{From: "bot", Body: []byte("dat is niet jouw schuld")},
		},
	}
}

// begun makes a conversation and gives its id.
func begun(t *testing.T, q *Queue) string {
	t.Helper()
	_, id := NewToken()
	safely(t, func() error {
		_, err := q.Begin(t.Context(), talk(id))
		return err
	})
	return id
}

// safely does what may be done twice until the replicas have it, as all do who
// call the queue: a busy machine may be slow to copy.
func safely(t *testing.T, do func() error) {
	t.Helper()
	wait(t, func() bool {
		err := do()
		if err != nil && !errors.Is(err, errUnsafe) {
			t.Fatal(err)
		}
		return err == nil
	})
}

// bodies are the texts of entries with their numbers.
func bodies(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%d %s %s: %s", e.Seq, e.From, e.ID, e.Body))
	}
	return out
}

func isError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("error is %v, want %v", got, want)
	}
}

func TestAConversationIsReadBackAsItWasWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		before := time.Now().Add(-time.Minute)
		id := begun(t, q)
		stored, err := q.Turn(t.Context(), Turn{
			ID: id, Message: "m2", Expect: 1, State: []byte("state two"),
			Entries: []Entry{{From: "child", ID: "m2", Body: []byte("wat nu")}, {From: "bot", Body: []byte{}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if stored.Again || stored.Version != 2 || stored.Seq != 4 {
			t.Errorf("stored %+v, want version 2 and seq 4", stored)
		}
		q.chest.empty() // as another node would read it
		r, err := q.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if r.Began.Before(before) || r.Began.After(time.Now().Add(time.Minute)) {
			t.Errorf("began %v", r.Began)
		}
		r.Began = time.Time{}
		if diff := cmp.Diff(Record{ID: id, State: []byte("state two"), Version: 2, Seq: 4}, r); diff != "" {
			t.Error(diff)
		}
		q.chest.empty()
		entries, err := q.After(t.Context(), id, 1)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"2 bot : dat is niet jouw schuld", "3 child m2: wat nu", "4 bot : "}
		if diff := cmp.Diff(want, bodies(entries)); diff != "" {
			t.Error(diff)
		}
		if !entries[1].At.Equal(stored.Entries[0].At) || entries[1].At.IsZero() {
			t.Errorf("stored at %v, read as %v", stored.Entries[0].At, entries[1].At)
		}
	})
}

func TestTheSameMessageAgainChangesNothing(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		id := begun(t, a)
		turn := Turn{
			ID: id, Message: "m2", Expect: 1, State: []byte("two"),
			Entries: []Entry{{From: "child", ID: "m2", Body: []byte("wat nu")}, {From: "bot", Body: []byte("ik help je")}},
		}
		first, err := a.Turn(t.Context(), turn)
		if err != nil {
			t.Fatal(err)
		}
		turn.State, turn.Entries[1].Body = []byte("other"), []byte("other answer")
		for _, q := range []*Queue{a, b, a} {
			again, err := q.Turn(t.Context(), turn)
			if err != nil {
				t.Fatal(err)
			}
			want := Stored{Again: true, Version: 2, Seq: 4, Entries: first.Entries}
			if diff := cmp.Diff(want.Entries[0], again.Entries[0]); diff != "" {
				t.Error(diff)
			}
			if got := bodies(again.Entries); !cmp.Equal(got, []string{"3 child m2: wat nu", "4 bot : ik help je"}) {
				t.Errorf("again %q", got)
			}
			if !again.Again || again.Version != 2 || again.Seq != 4 {
				t.Errorf("again %+v", again)
			}
		}
		begin, err := b.Begin(t.Context(), talk(id))
		if err != nil || !begin.Again || begin.Version != 2 || len(begin.Entries) != 2 || string(begin.Entries[1].Body) != "dat is niet jouw schuld" {
			t.Errorf("begin again: %+v, %v", begin, err)
		}
		all, err := b.After(t.Context(), id, 0)
		if err != nil || len(all) != 4 {
			t.Errorf("%d entries, %v", len(all), err)
		}
		r, err := a.Load(t.Context(), id)
		if err != nil || string(r.State) != "two" {
			t.Errorf("state %q, %v", r.State, err)
		}
	})
}

func TestATurnFromAnOldVersionIsStale(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := begun(t, q)
		say := func(message string, expect int64) error {
			_, err := q.Turn(t.Context(), Turn{
				ID: id, Message: message, Expect: expect, State: []byte("s"),
				Entries: []Entry{{From: "child", ID: message, Body: []byte("x")}},
			})
			return err
		}
		if err := say("m2", 1); err != nil {
			t.Fatal(err)
		}
		isError(t, say("m3", 1), ErrStale)
		isError(t, say("m3", 3), ErrLost)
		if err := say("m3", 2); err != nil {
			t.Fatal(err)
		}
		other := talk(id)
		other.Message = "another start"
		_, err := q.Begin(t.Context(), other)
		isError(t, err, ErrStale)
		entries, err := q.After(t.Context(), id, 0)
		if err != nil || len(entries) != 4 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	})
}

func TestEntriesAloneLeaveTheVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := begun(t, q)
		say := Turn{ID: id, Message: "d1", Expect: Any, Entries: []Entry{{From: "counsellor", ID: "d1", Body: []byte("hoi")}}}
		stored, err := q.Turn(t.Context(), say)
		if err != nil || stored.Version != 1 || stored.Seq != 3 {
			t.Fatalf("%+v, %v", stored, err)
		}
		r, err := q.Load(t.Context(), id)
		if err != nil || string(r.State) != "state one" {
			t.Errorf("state %q, %v", r.State, err)
		}
		if _, err := q.Turn(t.Context(), Turn{ID: id, Expect: Any, State: []byte("x")}); err == nil {
			t.Error("a state without a version was stored")
		}
	})
}

func TestAnUnknownConversationIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		for _, id := range []string{IDOf("nobody's token"), "", "{x}", "a b"} {
			_, err := q.Load(t.Context(), id)
			isError(t, err, ErrGone)
			_, err = q.After(t.Context(), id, 0)
			isError(t, err, ErrGone)
			isError(t, q.Attach(t.Context(), id, "c1"), ErrGone)
			_, err = q.Evidence(t.Context(), id)
			isError(t, err, ErrGone)
		}
		_, err := q.Turn(t.Context(), talk(IDOf("nobody's token")))
		isError(t, err, ErrGone)
	})
}

func TestOnlyTheNewestEntriesAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := begun(t, q)
		for i := range 20 {
			var entries []Entry
			for j := range 30 {
				entries = append(entries, Entry{From: "child", ID: fmt.Sprintf("m-%d-%d", i, j), Body: []byte("x")})
			}
			if _, err := q.Turn(t.Context(), Turn{ID: id, Message: fmt.Sprintf("t%d", i), Expect: Any, Entries: entries}); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := q.After(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != entriesMax || entries[0].Seq != 602-entriesMax+1 {
			t.Errorf("%d entries from %d", len(entries), entries[0].Seq)
		}
		fields, err := q.client.HKeys(t.Context(), q.names.conversation(id)).Result()
		if err != nil {
			t.Fatal(err)
		}
		ids := 0
		for _, field := range fields {
			if field[0] == 'm' {
				ids++
			}
		}
		// 500 entries are those of 17 turns, the first of them in part.
		if ids > 17 {
			t.Errorf("%d message ids kept", ids)
		}
		// A message whose entries are partly gone is known all the same.
		again, err := q.Turn(t.Context(), Turn{ID: id, Message: "t19", Expect: Any, Entries: []Entry{{From: "child", Body: []byte("y")}}})
		if err != nil || !again.Again || len(again.Entries) != 30 {
			t.Errorf("again %v %d, %v", again.Again, len(again.Entries), err)
		}
	})
}

func TestAConversationLivesAnHourOrADay(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := begun(t, q)
		left := func() time.Duration {
			d, err := q.client.PTTL(t.Context(), q.names.conversation(id)).Result()
			if err != nil {
				t.Fatal(err)
			}
			return d.Round(time.Minute)
		}
		if got := left(); got != time.Hour {
			t.Errorf("%v after the first turn", got)
		}
		if err := q.client.PExpire(t.Context(), q.names.conversation(id), 5*time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		said := Turn{ID: id, Expect: Any, Entries: []Entry{{From: "child", Body: []byte("x")}}}
		if _, err := q.Turn(t.Context(), said); err != nil || left() != 5*time.Minute {
			t.Errorf("%v, %v: prolonged twice within a minute", left(), err)
		}
		old, _ := q.chest.get(id)
		old.prolonged = old.prolonged.Add(-prolongTime)
		q.chest.put(old)
		if _, err := q.Turn(t.Context(), said); err != nil || left() != time.Hour {
			t.Errorf("%v, %v: not prolonged a minute later", left(), err)
		}
		turn := Turn{ID: id, Expect: Any}
		for _, step := range []struct {
			kept bool
			want time.Duration
		}{{false, time.Hour}, {true, 24 * time.Hour}, {false, 24 * time.Hour}} {
			turn.Kept = step.kept
			if _, err := q.Turn(t.Context(), turn); err != nil {
				t.Fatal(err)
			}
			if got := left(); got != step.want {
				t.Errorf("%v after a turn with kept %v", got, step.kept)
			}
		}
		r, err := q.Load(t.Context(), id)
		if err != nil || !r.Kept {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestWhatCannotBeStoredIsRefused(t *testing.T) {
	q := open(t, Options{})
	id := begun(t, q)
	for name, turn := range map[string]Turn{
		"id with a brace":         {ID: "a}b"},
		"long id":                 {ID: fmt.Sprintf("%065d", 1)},
		"message with a control":  {ID: id, Message: "a\x1fb"},
		"sender with a control":   {ID: id, Entries: []Entry{{From: "child\x1f"}}},
		"entry id with a control": {ID: id, Entries: []Entry{{From: "child", ID: "\n"}}},
		"no sender":               {ID: id, Entries: []Entry{{}}},
		"too many entries":        {ID: id, Entries: make([]Entry, turnMost+1)},
		"fence below zero":        {ID: id, Fence: -1},
	} {
		if _, err := q.Turn(t.Context(), turn); err == nil {
			t.Errorf("%s: stored", name)
		}
	}
}

func TestAConversationBegunAnewGetsItsNewKey(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		id := begun(t, a)
		// The store loses it, and another node begins it anew.
		if err := a.client.Del(t.Context(), a.names.conversation(id)).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Begin(t.Context(), talk(id)); err != nil {
			t.Fatal(err)
		}
		turn := Turn{ID: id, Message: "m2", Expect: 1, State: []byte("s"), Entries: []Entry{{From: "child", ID: "m2", Body: []byte("hoi")}}}
		if _, err := a.Turn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		entries, err := b.After(t.Context(), id, 0)
		if err != nil || len(entries) != 3 {
			t.Errorf("%v, %v", bodies(entries), err)
		}
	})
}
