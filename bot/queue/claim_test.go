package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
)

// claimed joins somebody and claims them.
func claimed(t *testing.T, q *Queue, holder string) Claim {
	t.Helper()
	id := join(t, q, Waiting{Danger: book.Urgent, Lang: "nl", Topic: "sextortion"})
	c, err := q.Claim(t.Context(), holder, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// say is a counsellor's turn.
func say(q *Queue, c Claim, message string) error {
	_, err := q.Turn(context.Background(), Turn{
		ID: c.ID, Message: message, Expect: Any, Fence: c.Fence, Kept: true,
		Entries: []Entry{{From: "counsellor", ID: message, Body: []byte("ik ben er")}},
	})
	return err
}

// lose lets a claim's lease run out and gives what Sweep found.
func lose(t *testing.T, q *Queue, c Claim) []Claim {
	t.Helper()
	was := q.lease
	q.lease = time.Millisecond
	if _, err := q.Renew(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	q.lease = was
	var lost []Claim
	wait(t, func() bool {
		var err error
		if lost, err = q.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(lost) > 0
	})
	return lost
}

func TestAClaimIsWrittenIntoItsConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		c := claimed(t, q, "Anna de Vries-Smit")
		r, err := q.Load(t.Context(), c.ID)
		if err != nil || r.Fence != c.Fence || r.Holder != c.Holder {
			t.Errorf("record %+v, claim %+v, %v", r, c, err)
		}
		if left := time.Until(c.Until); left < 20*time.Second || left > 40*time.Second {
			t.Errorf("until %v", c.Until)
		}
		if c.Waiting.Danger != book.Urgent || c.Waiting.Topic != "sextortion" || !c.Waiting.Connected {
			t.Errorf("waiting %+v", c.Waiting)
		}
		if err := say(q, c, "d1"); err != nil {
			t.Fatal(err)
		}
		again, err := q.Claim(t.Context(), c.Holder, c.ID)
		if err != nil || again.Fence != c.Fence {
			t.Errorf("the same claim again: %+v, %v", again, err)
		}
		_, err = q.Claim(t.Context(), "Bo", c.ID)
		isError(t, err, ErrTaken)
		_, err = q.Claim(t.Context(), "Bo", "")
		isError(t, err, ErrNobody)
		_, err = q.Claim(t.Context(), "Bo", IDOf("nobody"))
		isError(t, err, ErrGone)
		_, err = q.Join(t.Context(), Waiting{ID: c.ID, Danger: book.Emergency})
		isError(t, err, ErrTaken)
		mine, err := q.Claims(t.Context(), c.Holder)
		if err != nil || len(mine) != 1 || mine[0].Fence != c.Fence || mine[0].Waiting.Danger != book.Emergency {
			t.Errorf("claims %+v, %v", mine, err)
		}
		if none, err := q.Claims(t.Context(), "Anna"); err != nil || len(none) != 0 {
			t.Errorf("claims of another: %v, %v", none, err)
		}
		if n := q.client.ZCard(t.Context(), q.names.todo).Val(); n != 0 {
			t.Errorf("%d steps left to do", n)
		}
	})
}

func TestEveryWaitingVisitorIsClaimedExactlyOnce(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		const waiting, racers = 100, 200
		want := map[string]bool{}
		for range waiting {
			want[join(t, a, Waiting{Danger: book.Concern})] = true
		}
		claims := make(chan Claim, racers)
		var race sync.WaitGroup
		start := make(chan struct{})
		for i := range racers {
			race.Go(func() {
				<-start
				q := a
				if i%2 == 0 {
					q = b
				}
				c, err := q.Claim(t.Context(), fmt.Sprintf("Counsellor %d", i), "")
				if err == nil {
					claims <- c
				} else if !errors.Is(err, ErrNobody) {
					t.Error(err)
				}
			})
		}
		close(start)
		race.Wait()
		close(claims)
		fences := map[int64]bool{}
		for c := range claims {
			if !want[c.ID] {
				t.Errorf("%s was claimed twice, or never waited", c.ID)
			}
			delete(want, c.ID)
			if fences[c.Fence] {
				t.Errorf("fence %d was given twice", c.Fence)
			}
			fences[c.Fence] = true
			if r, err := a.Load(t.Context(), c.ID); err != nil || r.Holder != c.Holder || r.Fence != c.Fence {
				t.Errorf("record %+v of claim %+v, %v", r, c, err)
			}
		}
		if len(want) != 0 {
			t.Errorf("%d were not claimed", len(want))
		}
	})
}

func TestALostLeaseGoesToTheFrontAndItsFenceIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		c := claimed(t, q, "Anna")
		emergency := join(t, q, Waiting{Danger: book.Emergency, Since: ago(time.Hour)})
		lost := lose(t, q, c)
		if len(lost) != 1 || lost[0].ID != c.ID || lost[0].Fence != c.Fence || lost[0].Holder != "Anna" {
			t.Errorf("lost %+v", lost)
		}
		isError(t, say(q, c, "d1"), ErrFenced)
		_, err := q.Renew(t.Context(), c)
		isError(t, err, ErrFenced)
		isError(t, q.End(t.Context(), c, Served), ErrFenced)
		isError(t, q.Release(t.Context(), c, ToLine), ErrFenced)
		_, err = q.HandOver(t.Context(), c, "Anna")
		isError(t, err, ErrAway)
		line, err := q.Line(t.Context())
		if err != nil || len(line) != 2 || line[0].ID != c.ID || line[1].ID != emergency {
			t.Fatalf("line %+v, %v", line, err)
		}
		if !line[0].Since.Equal(c.Waiting.Since) {
			t.Errorf("waits since %v, not %v", line[0].Since, c.Waiting.Since)
		}
		next, err := q.Claim(t.Context(), "Bo", "")
		if err != nil || next.ID != c.ID || next.Fence <= c.Fence {
			t.Fatalf("next %+v, %v", next, err)
		}
		isError(t, say(q, c, "d2"), ErrFenced)
		if err := say(q, next, "d3"); err != nil {
			t.Error(err)
		}
	})
}

func TestALeaseThatRanOutIsServedAgainWithoutASweep(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		q.lease = time.Millisecond
		c := claimed(t, q, "Anna")
		q.lease = leaseTime
		var next Claim
		wait(t, func() bool {
			var err error
			next, err = q.Claim(t.Context(), "Bo", "")
			return !errors.Is(err, ErrNobody) // not run out yet
		})
		if next.ID != c.ID {
			t.Fatalf("next %+v", next)
		}
		isError(t, say(q, c, "d1"), ErrFenced)
	})
}

func TestAReleasedVisitorComesFirstOfTheirClass(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		older := join(t, q, Waiting{Danger: book.Urgent, Since: ago(10 * time.Minute)})
		c := claimed(t, q, "Anna")
		emergency := join(t, q, Waiting{Danger: book.Emergency})
		if err := q.Release(t.Context(), c, ToLine); err != nil {
			t.Fatal(err)
		}
		isError(t, say(q, c, "d1"), ErrFenced)
		if got := serve(t, q); !slices.Equal(got, []string{emergency, c.ID, older}) {
			t.Errorf("served %v", got)
		}
		// Being claimed again is no second wait.
		if n := q.client.ZCard(t.Context(), q.names.waits).Val(); n != 3 {
			t.Errorf("%d waits noted", n)
		}
	})
}

func TestHandingOverMovesTheFence(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		c := claimed(t, a, "Anna")
		_, err := a.HandOver(t.Context(), c, "Bo")
		isError(t, err, ErrAway)
		if err := b.OnDuty(t.Context(), "Bo"); err != nil {
			t.Fatal(err)
		}
		next, err := a.HandOver(t.Context(), c, "Bo")
		if err != nil || next.Holder != "Bo" || next.Fence <= c.Fence || next.ID != c.ID {
			t.Fatalf("next %+v, %v", next, err)
		}
		hear(t, b, Hint{ID: c.ID, Kind: "claim", From: "Bo"})
		isError(t, say(a, c, "d1"), ErrFenced)
		if err := say(b, next, "d1"); err != nil {
			t.Error(err)
		}
		if mine, err := a.Claims(t.Context(), "Anna"); err != nil || len(mine) != 0 {
			t.Errorf("still with Anna: %v, %v", mine, err)
		}
		if mine, err := b.Claims(t.Context(), "Bo"); err != nil || len(mine) != 1 {
			t.Errorf("with Bo: %v, %v", mine, err)
		}
		if n := a.client.ZCard(t.Context(), a.names.todo).Val(); n != 0 {
			t.Errorf("%d steps left to do", n)
		}
	})
}

func TestSweepFinishesAClaimThatWasHalfDone(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := join(t, q, Waiting{})
		// The node dies between the line's slot and the conversation's.
		reply, err := q.write(t.Context(), q.scripts.claim, q.names.line,
			id, "Anna", q.node, leaseTime.Milliseconds(), silentTime.Milliseconds(), q.names.lines)
		if err != nil {
			t.Fatal(err)
		}
		c, err := q.parseClaim(reply, "Anna")
		if err != nil {
			t.Fatal(err)
		}
		isError(t, say(q, c, "d1"), ErrFenced)
		due(t, q)
		if _, err := q.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := say(q, c, "d1"); err != nil {
			t.Error(err)
		}
		if n := q.client.ZCard(t.Context(), q.names.todo).Val(); n != 0 {
			t.Errorf("%d steps left to do", n)
		}
	})
}

// due makes all steps due at once.
func due(t *testing.T, q *Queue) {
	t.Helper()
	for _, member := range q.client.ZRange(t.Context(), q.names.todo, 0, -1).Val() {
		if err := q.client.Do(t.Context(), "zadd", q.names.todo, 0, member).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSweepFinishesALettingGoThatWasHalfDone(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		first := claimed(t, q, "Anna")
		if _, err := q.write(t.Context(), q.scripts.release, q.names.line,
			first.ID, first.Fence, "line", q.day(), q.names.lines); err != nil {
			t.Fatal(err)
		}
		// A colleague is quicker than the sweep: their claim must stay.
		second, err := q.Claim(t.Context(), "Bo", first.ID)
		if err != nil {
			t.Fatal(err)
		}
		due(t, q)
		if _, err := q.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		isError(t, q.hold(t.Context(), first, q.node), ErrFenced)
		isError(t, say(q, first, "d1"), ErrFenced)
		if err := say(q, second, "d2"); err != nil {
			t.Error(err)
		}
		if _, err := q.write(t.Context(), q.scripts.release, q.names.line,
			second.ID, second.Fence, string(Served), q.day(), q.names.lines); err != nil {
			t.Fatal(err)
		}
		due(t, q)
		if _, err := q.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		isError(t, say(q, second, "d3"), ErrFenced)
		r, err := q.Load(t.Context(), first.ID)
		if err != nil || r.Fence != 0 || r.Holder != "" {
			t.Errorf("record %+v, %v", r, err)
		}
		// A first half that was delayed for ever comes too late.
		isError(t, q.hold(t.Context(), second, q.node), ErrFenced)
	})
}

func TestAVisitorWithoutAConversationIsPassedOver(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		ghost := join(t, q, Waiting{Danger: book.Emergency, Lang: "nl"})
		q.client.Del(t.Context(), q.names.conversation(ghost))
		id := join(t, q, Waiting{})
		c, err := q.Claim(t.Context(), "Anna", "")
		if err != nil || c.ID != id {
			t.Fatalf("claim %+v, %v", c, err)
		}
		_, err = q.Place(t.Context(), ghost)
		isError(t, err, ErrGone)
		wantCounts(t, q, map[string]int64{q.day() + " expired-and-told emergency nl": 1})
	})
}
