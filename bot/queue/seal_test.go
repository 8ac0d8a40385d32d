package queue

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

// canaries fills a store with texts that must never be readable in it.
func canaries(t *testing.T, q *Queue) []string {
	t.Helper()
	var out []string
	for i := range 100 {
		token, id := NewToken()
		said, state := "canary-said-"+secret(8), "canary-state-"+secret(8)
		turn := Turn{
			ID: id, Message: fmt.Sprintf("m%d", i), State: []byte(state),
			Entries: []Entry{{From: "child", ID: "m", Body: []byte(said)}},
		}
		if _, err := q.Begin(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		answer := "canary-answer-" + secret(8)
		turn = Turn{ID: id, Message: "n", Expect: 1, State: []byte(state + "2"), Entries: []Entry{{From: "bot", Body: []byte(answer)}}}
		if _, err := q.Turn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		out = append(out, said, state, answer, token)
	}
	return out
}

func TestNothingThatWasSaidIsReadableInTheStore(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		texts := canaries(t, q)
		for key, value := range dump(t, q) {
			for _, text := range texts {
				if strings.Contains(value, text) || strings.Contains(key, text) {
					t.Fatalf("%s holds %q", key, text)
				}
			}
		}
	})
}

func TestWhatWasMovedAboutInTheStoreIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		a, b := begun(t, q), begun(t, q)
		ctx := t.Context()
		keyA, keyB := q.names.conversation(a), q.names.conversation(b)
		get := func(key, field string) string { return q.client.HGet(ctx, key, field).Val() }
		for name, swap := range map[string]func(){
			"state of another": func() { q.client.HSet(ctx, keyA, "z", get(keyB, "z")) },
			"entry as state":   func() { q.client.HSet(ctx, keyA, "z", strings.SplitN(get(keyA, "e1"), us, 5)[4]) },
			"key of another":   func() { q.client.HSet(ctx, keyA, "k", get(keyB, "k"), "i", get(keyB, "i")) },
		} {
			was := q.client.HGetAll(ctx, keyA).Val()
			swap()
			q.chest.empty()
			if r, err := q.Load(ctx, a); err == nil {
				t.Errorf("%s: read %q", name, r.State)
			}
			q.client.HSet(ctx, keyA, was)
		}
		q.client.HSet(ctx, keyA, "e1", strings.Replace(get(keyA, "e1"), "child", "counsellor", 1))
		if entries, err := q.After(ctx, a, 0); err == nil {
			t.Errorf("the sender was changed: %q", bodies(entries))
		}
	})
}

func TestSealedTwiceIsNotTheSame(t *testing.T) {
	s := newSeal("x")
	if bytes.Equal(s.state(newSheet(), []byte("same")), s.state(newSheet(), []byte("same"))) {
		t.Error("a nonce was used twice")
	}
	if s.state(newSheet(), nil) != nil {
		t.Error("no state is no state")
	}
}

func TestTheLineHoldsNoTextOfAnybody(t *testing.T) {
	q := open(t, Options{})
	for name, w := range map[string]Waiting{
		"a sentence as topic": {ID: "a", Topic: "hij dreigt"},
		"a control in a role": {ID: "a", Role: "a\x1fb"},
		"an address":          {ID: "a", Bucket: "192.0.2.1"},
		"unknown danger":      {ID: "a", Danger: book.Danger(7)},
		"no id":               {},
	} {
		if _, err := q.Join(t.Context(), w); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
