package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/praatpaal/praatpaal/bot/book"
)

func TestForgettingLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		holds := claimed(t, q, "Anna")
		waits := join(t, q, Waiting{Danger: book.Urgent, Bucket: "b1"})
		alone := begun(t, q)
		for _, id := range []string{holds.ID, waits, alone} {
			if err := q.Attach(t.Context(), id, "c1"); err != nil {
				t.Fatal(err)
			}
			if err := q.Forget(t.Context(), id, QuickExit); err != nil {
				t.Fatal(err)
			}
			_, err := q.Load(t.Context(), id)
			isError(t, err, ErrGone)
		}
		isError(t, say(q, holds, "d1"), ErrGone)
		for key, value := range dump(t, q) {
			for _, id := range []string{holds.ID, waits, alone} {
				if contains(key, id) || contains(value, id) {
					t.Errorf("%s still knows a conversation: %q", key, value)
				}
			}
		}
	})
}

func TestErasingThatWasCutOffIsFinishedBySweep(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := join(t, q, Waiting{})
		if _, _, err := q.leave(t.Context(), id, Left, true); err != nil {
			t.Fatal(err)
		}
		if _, err := q.Load(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if _, err := q.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := q.Load(t.Context(), id)
		isError(t, err, ErrGone)
		if n := q.client.SCard(t.Context(), q.names.shred).Val(); n != 0 {
			t.Errorf("%d still to be erased", n)
		}
	})
}

func TestEvidenceIsThreeFieldsAndThenNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := join(t, q, Waiting{Danger: book.Urgent, Topic: "grooming", Role: "child", As: "child", Lang: "nl"})
		got, err := q.Evidence(t.Context(), id)
		if err != nil || len(got) != 3 {
			t.Fatalf("%v, %v", got, err)
		}
		if want := "2 messages, sealed; in the line as urgent, grooming, child, child, nl"; got["held"] != want {
			t.Errorf("held %q, want %q", got["held"], want)
		}
		if diff := cmp.Diff(time.Now().UTC().Truncate(time.Hour).Format(time.RFC3339), got["began"]); diff != "" && time.Now().Minute() != 0 {
			t.Error(diff)
		}
		if err := q.Forget(t.Context(), id, Left); err != nil {
			t.Fatal(err)
		}
		none, err := q.Evidence(t.Context(), id)
		if !errors.Is(err, ErrGone) || len(none) != 0 {
			t.Errorf("%v, %v", none, err)
		}
	})
}
