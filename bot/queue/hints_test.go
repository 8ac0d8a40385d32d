package queue

import (
	"context"
	"strings"
	"testing"
	"time"
)

// patience is when a test gives up on what never happens.
const patience = 30 * time.Second

func contains(s, part string) bool { return strings.Contains(s, part) }

// hear waits for one hint and passes over others.
func hear(t *testing.T, q *Queue, want Hint) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		select {
		case got, ok := <-q.Hints():
			if !ok {
				t.Fatalf("closed before %+v", want)
			}
			if got == want {
				return
			}
		case <-ctx.Done():
			t.Fatalf("never heard %+v", want)
		}
	}
}

// fence reads the hints up to one that is sent last, and gives those before.
func fence(t *testing.T, q *Queue) []Hint {
	t.Helper()
	mark := Hint{ID: "fence", Kind: "fence"}
	if err := q.client.Publish(t.Context(), q.names.node+q.node, mark.encode()).Err(); err != nil {
		t.Fatal(err)
	}
	var out []Hint
	for h := range q.Hints() {
		if h == mark {
			break
		}
		if h.Kind != "line" {
			out = append(out, h)
		}
	}
	return out
}

func wantHints(t *testing.T, q *Queue, want ...Hint) {
	t.Helper()
	got := fence(t, q)
	if len(got) != len(want) {
		t.Errorf("heard %+v, want %+v", got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("heard %+v, want %+v", got[i], want[i])
		}
	}
}

func TestTheFormerOwnerHearsThatItIsTakenOver(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		id := begun(t, a)
		attach := func(q *Queue, connection string) {
			t.Helper()
			if err := q.Attach(t.Context(), id, connection); err != nil {
				t.Fatal(err)
			}
		}
		attach(a, "c1")
		attach(a, "c1")
		wantHints(t, a)
		attach(b, "c2")
		wantHints(t, a, Hint{ID: id, Kind: "taken-over", Origin: "c1"})
		wantHints(t, b)
		attach(b, "c3")
		wantHints(t, b, Hint{ID: id, Kind: "taken-over", Origin: "c2"})
	})
}

func TestHintsGoToTheOtherEnd(t *testing.T) {
	onBothNodes(t, func(t *testing.T, child, desk *Queue) {
		ctx := t.Context()
		id := join(t, child, Waiting{})
		if err := child.Attach(ctx, id, "c1"); err != nil {
			t.Fatal(err)
		}
		// With nobody at the other end a turn tells nobody.
		turn := Turn{ID: id, Message: "m2", Expect: Any, Entries: []Entry{{From: "child", ID: "m2", Body: []byte("hoi")}}}
		if _, err := child.Turn(ctx, turn); err != nil {
			t.Fatal(err)
		}
		wantHints(t, child)
		wantHints(t, desk)

		c, err := desk.Claim(ctx, "Anna", "")
		if err != nil {
			t.Fatal(err)
		}
		wantHints(t, child, Hint{ID: id, Kind: "claim", From: "Anna"})
		wantHints(t, desk)

		turn.Message = "m3"
		if _, err := child.Turn(ctx, turn); err != nil {
			t.Fatal(err)
		}
		wantHints(t, child)
		wantHints(t, desk, Hint{ID: id, Kind: "log"})
		if err := say(desk, c, "d1"); err != nil {
			t.Fatal(err)
		}
		wantHints(t, child, Hint{ID: id, Kind: "log"})
		wantHints(t, desk)

		typing := Hint{ID: id, Kind: "typing", From: "child", Origin: "c1"}
		if err := child.Hint(ctx, typing); err != nil {
			t.Fatal(err)
		}
		wantHints(t, desk, typing)
		wantHints(t, child, typing)
		own := Hint{ID: id, Kind: "claim", From: "x"}
		if err := desk.Hint(ctx, own); err != nil {
			t.Fatal(err)
		}
		wantHints(t, child, own)
		wantHints(t, desk)

		if err := desk.End(ctx, c, Served); err != nil {
			t.Fatal(err)
		}
		wantHints(t, child, Hint{ID: id, Kind: "claim"})
		wantHints(t, desk, Hint{ID: id, Kind: "gone"})
		if err := child.Forget(ctx, id, QuickExit); err != nil {
			t.Fatal(err)
		}
		wantHints(t, child, Hint{ID: id, Kind: "forgotten"})
	})
}

func TestADeskThatComesBackElsewhereIsTold(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		c := claimed(t, a, "Anna")
		mine, err := b.Claims(t.Context(), "Anna")
		if err != nil || len(mine) != 1 {
			t.Fatalf("%v, %v", mine, err)
		}
		turn := Turn{ID: c.ID, Expect: Any, Entries: []Entry{{From: "child", Body: []byte("ben je er nog")}}}
		if _, err := a.Turn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		wantHints(t, b, Hint{ID: c.ID, Kind: "log"})
		if err := a.Forget(t.Context(), c.ID, QuickExit); err != nil {
			t.Fatal(err)
		}
		wantHints(t, b, Hint{ID: c.ID, Kind: "forgotten"})
	})
}

func TestEveryNodeHearsOfTheLine(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		join(t, a, Waiting{})
		hear(t, a, Hint{Kind: "line"})
		hear(t, b, Hint{Kind: "line"})
		if err := a.Hint(t.Context(), Hint{Kind: "line"}); err != nil {
			t.Fatal(err)
		}
		hear(t, b, Hint{Kind: "line"})
	})
}

func TestHintsThatNobodyReadsBlockNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		channel := q.names.node + q.node
		pipe := q.client.Pipeline()
		for range 3 * hintsMost {
			pipe.Publish(t.Context(), channel, Hint{Kind: "log", ID: "x"}.encode())
		}
		pipe.Publish(t.Context(), channel, "of a later version")
		if _, err := pipe.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range hintsMost { // there is room again: the loop still passes on
			<-q.Hints()
		}
		wait(t, func() bool {
			if err := q.client.Publish(t.Context(), channel, Hint{Kind: "danger", ID: "x"}.encode()).Err(); err != nil {
				t.Fatal(err)
			}
			h := <-q.Hints()
			return h.Kind == "danger"
		})
	})
}

func TestASubscriptionThatBreaksIsMadeAnew(t *testing.T) {
	server := ownRedis(t)
	q := open(t, store{urls: []string{server.url()}}.options(t))
	id := begun(t, q)
	if err := q.Attach(t.Context(), id, "c1"); err != nil {
		t.Fatal(err)
	}
	if err := q.client.ClientKillByFilter(t.Context(), "type", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	heard := Hint{ID: id, Kind: "log"}
	wait(t, func() bool {
		if err := q.Hint(t.Context(), heard); err != nil {
			t.Fatal(err)
		}
		select {
		case h := <-q.Hints():
			return h == heard
		default:
			return false
		}
	})
}

// wait asks again until something is so.
func wait(t *testing.T, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(patience); !so(); <-ticker.C {
		if time.Now().After(end) {
			t.Fatal("it never came to be so")
		}
	}
}
