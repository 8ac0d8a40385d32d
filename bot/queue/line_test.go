package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/praatpaal/praatpaal/bot/book"
)

// ago is a moment of joining so long ago.
func ago(d time.Duration) time.Time { return time.Now().Add(-d) }

// join puts a new conversation in the line and gives its id.
func join(t *testing.T, q *Queue, w Waiting) string {
	t.Helper()
	if w.ID == "" {
		w.ID = begun(t, q)
	}
	safely(t, func() error {
		_, err := q.Join(t.Context(), w)
		return err
	})
	return w.ID
}

// serve claims until nobody waits, and gives the ids in order.
func serve(t *testing.T, q *Queue) []string {
	t.Helper()
	var out []string
	for {
		c, err := q.Claim(t.Context(), "Anna", "")
		if errors.Is(err, ErrNobody) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c.ID)
	}
}

// named gives short names to ids, to read an order by.
func named(names map[string]string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = names[id]
	}
	return out
}

func TestTheMostUrgentIsServedFirstAndTheOldestOfThem(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		names := map[string]string{}
		for _, w := range []struct {
			name   string
			danger book.Danger
			since  time.Duration
		}{
			{"none", book.None, 2 * time.Minute},
			{"concern", book.Concern, 0},
			{"urgent, new", book.Urgent, 0},
			{"emergency, new", book.Emergency, 0},
			{"urgent, old", book.Urgent, 30 * time.Minute},
			{"emergency, old", book.Emergency, time.Minute},
		} {
			names[join(t, q, Waiting{Danger: w.danger, Since: ago(w.since), Lang: "nl"})] = w.name
		}
		line, err := q.Line(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		for _, w := range line {
			shown = append(shown, w.ID)
		}
		want := []string{"emergency, old", "emergency, new", "urgent, old", "urgent, new", "concern", "none"}
		if diff := cmp.Diff(want, named(names, shown)); diff != "" {
			t.Error("line:", diff)
		}
		if diff := cmp.Diff(want, named(names, serve(t, q))); diff != "" {
			t.Error("served:", diff)
		}
	})
}

func TestNobodyWaitsForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		names := map[string]string{}
		for _, w := range []struct {
			name   string
			danger book.Danger
			since  time.Duration
		}{
			{"urgent, now", book.Urgent, 0},
			{"none, 50 minutes", book.None, 50 * time.Minute},
			{"none, 70 minutes", book.None, 70 * time.Minute},
			{"concern, 50 minutes", book.Concern, 50 * time.Minute},
			{"emergency, now", book.Emergency, 0},
			{"urgent, 2 hours and more", book.Urgent, 121 * time.Minute},
			{"none, 3 hours and more", book.None, 181 * time.Minute},
		} {
			names[join(t, q, Waiting{Danger: w.danger, Since: ago(w.since)})] = w.name
		}
		want := []string{
			"urgent, 2 hours and more", "none, 3 hours and more", "emergency, now", "none, 70 minutes",
			"concern, 50 minutes", "urgent, now", "none, 50 minutes",
		}
		if diff := cmp.Diff(want, named(names, serve(t, q))); diff != "" {
			t.Error(diff)
		}
	})
}

// A parent who asks for a person must not see by a number that a child waits,
// and the other way round; who is served next hangs on the danger alone.
func TestNeitherEntranceCountsWhoCameInByTheOther(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		at := map[string]string{}
		add := func(name string, d book.Danger) string {
			id := join(t, q, Waiting{Danger: d, As: name[:len(name)-2], Lang: "nl"})
			at[id] = name
			return id
		}
		ids := []string{add("child 1", book.Concern), add("child 2", book.Urgent), add("parent 1", book.Concern), add("child 3", book.None), add("parent 2", book.Urgent)}
		positions := func(want ...int) {
			t.Helper()
			for i, id := range ids {
				p, err := q.Place(t.Context(), id)
				if err != nil || p.Position != want[i] {
					t.Errorf("%s stands at %d, want %d, %v", at[id], p.Position, want[i], err)
				}
			}
		}
		positions(2, 1, 2, 3, 1)
		if _, err := q.Claim(t.Context(), "Anna", ids[4]); err != nil {
			t.Fatal(err)
		}
		positions(2, 1, 1, 3, 0)
		c, err := q.Claim(t.Context(), "Anna", "")
		if err != nil || c.ID != ids[1] {
			t.Fatalf("claimed %s, %v", at[c.ID], err)
		}
		positions(1, 0, 1, 2, 0)
		if err := q.Release(t.Context(), c, ToLine); err != nil {
			t.Fatal(err)
		}
		positions(2, 1, 1, 3, 0)
		if err := q.Leave(t.Context(), ids[2], Left); err != nil {
			t.Fatal(err)
		}
		ids[2] = add("parent 3", book.Emergency)
		positions(2, 1, 1, 3, 0)
		if diff := cmp.Diff([]string{"parent 3", "child 2", "child 1", "child 3"}, named(at, serve(t, q))); diff != "" {
			t.Error("served:", diff)
		}
	})
}

func TestJoiningAgainKeepsThePlaceAndMoreDangerMovesUp(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		a := join(t, q, Waiting{Danger: book.Concern, Lang: "nl", Topic: "grooming", Role: "child", As: "child", Bucket: "b1"})
		b := join(t, q, Waiting{Danger: book.Concern})
		c := join(t, q, Waiting{Danger: book.Concern})
		position := func(w Waiting, want int) {
			t.Helper()
			p, err := q.Join(t.Context(), w)
			if err != nil || p.Position != want {
				t.Errorf("position %d, want %d, %v", p.Position, want, err)
			}
		}
		position(Waiting{ID: a, Danger: book.None, Lang: "en", Topic: "sextortion", Role: "child", As: "child"}, 1)
		position(Waiting{ID: c, Danger: book.Concern}, 3)
		position(Waiting{ID: c, Danger: book.Urgent}, 1)
		position(Waiting{ID: b, Danger: book.Concern}, 3)
		line, err := q.Line(t.Context())
		if err != nil || len(line) != 3 {
			t.Fatalf("%v, %v", line, err)
		}
		if time.Since(line[1].Since) > time.Minute {
			t.Errorf("since %v", line[1].Since)
		}
		line[1].Since = time.Time{}
		want := Waiting{ID: a, Danger: book.Concern, Topic: "sextortion", Role: "child", As: "child", Lang: "en", Bucket: "b1", Connected: true}
		if diff := cmp.Diff(want, line[1]); diff != "" {
			t.Error(diff)
		}
		p, err := q.Place(t.Context(), b)
		if err != nil || p.Position != 3 {
			t.Errorf("place %+v, %v", p, err)
		}
	})
}

func TestOnlyWhoseSocketLivesIsServed(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		a := join(t, q, Waiting{Danger: book.Emergency})
		b := join(t, q, Waiting{Danger: book.None})
		silence(t, q)
		if _, err := q.Claim(t.Context(), "Anna", ""); !errors.Is(err, ErrNobody) {
			t.Fatalf("claim: %v", err)
		}
		_, err := q.Claim(t.Context(), "Anna", a)
		isError(t, err, ErrGone)
		line, err := q.Line(t.Context())
		if err != nil || len(line) != 2 || line[0].Connected || line[1].Connected {
			t.Errorf("line %+v, %v", line, err)
		}
		if err := q.Alive(t.Context(), a, b, IDOf("somebody with the bot")); err != nil {
			t.Fatal(err)
		}
		if p, err := q.Place(t.Context(), a); err != nil || p.Position != 1 {
			t.Errorf("place %+v, %v", p, err)
		}
		if got := serve(t, q); !slices.Equal(got, []string{a, b}) {
			t.Errorf("served %v", got)
		}
	})
}

// silence lets all sockets fall silent.
func silence(t *testing.T, q *Queue) {
	t.Helper()
	was := q.silent
	q.silent = -time.Hour
	if _, err := q.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.silent = was
}

func TestWhoIsAwayTooLongIsCountedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		a := join(t, q, Waiting{Danger: book.Urgent, Lang: "en"})
		silence(t, q)
		q.away = -time.Hour
		for range 2 {
			if _, err := q.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		_, err := q.Place(t.Context(), a)
		isError(t, err, ErrGone)
		wantCounts(t, q, map[string]int64{q.day() + " expired-and-told urgent en": 1})
	})
}

func wantCounts(t *testing.T, q *Queue, want map[string]int64) {
	t.Helper()
	got, err := q.Counters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("counters:", diff)
	}
}

func TestEveryStayEndsWithOneOutcome(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		ctx := t.Context()
		claim := func() Claim {
			c, err := q.Claim(ctx, "Anna", "")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for how, end := range map[string]func(id string){
			"left":            func(id string) { must(q.Leave(ctx, id, Left)); must(q.Leave(ctx, id, QuickExit)) },
			"quick-exit":      func(id string) { must(q.Forget(ctx, id, QuickExit)); must(q.Forget(ctx, id, QuickExit)) },
			"sent-elsewhere":  func(id string) { must(q.End(ctx, claim(), Elsewhere)) },
			"served":          func(id string) { must(q.Release(ctx, claim(), ToBot)) },
			"served again":    func(id string) { must(q.End(ctx, claim(), Served)) },
			"left while held": func(id string) { claim(); must(q.Leave(ctx, id, Left)) },
			"forgotten held":  func(id string) { claim(); must(q.Forget(ctx, id, Left)) },
			"after the line":  func(id string) { must(q.Release(ctx, claim(), ToLine)); must(q.End(ctx, claim(), Served)) },
		} {
			id := join(t, q, Waiting{Danger: book.Urgent, Lang: "nl"})
			end(id)
			if _, err := q.Place(ctx, id); !errors.Is(err, ErrGone) {
				t.Errorf("%s: still in the line: %v", how, err)
			}
		}
		must(q.Forget(ctx, begun(t, q), QuickExit))
		must(q.Forget(ctx, IDOf("nobody"), QuickExit))
		wantCounts(t, q, map[string]int64{
			q.day() + " left urgent nl":           3,
			q.day() + " quick-exit urgent nl":     1,
			q.day() + " sent-elsewhere urgent nl": 1,
			q.day() + " served urgent nl":         3,
			q.day() + " quick-exit - -":           1,
		})
		if err := q.Leave(ctx, IDOf("x"), "helped"); err == nil {
			t.Error("an unknown outcome was taken")
		}
	})
}

func TestALostLineIsJoinedAgainWithTheOldWaitingTime(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		old := ago(20 * time.Minute).Truncate(time.Microsecond)
		join(t, q, Waiting{})
		a := join(t, q, Waiting{Since: old})
		future := join(t, q, Waiting{Since: time.Now().Add(time.Hour)})
		tooOld := join(t, q, Waiting{Since: ago(48 * time.Hour)})
		line, err := q.Line(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if line[0].ID != a || !line[0].Since.Equal(old) {
			t.Errorf("first is %+v", line[0])
		}
		if line[2].ID != future || line[3].ID != tooOld {
			t.Errorf("last are %+v, %+v", line[2], line[3])
		}
	})
}

func TestThePlaceSaysHowLongItMayLast(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		ctx := t.Context()
		place := func(id string) Place {
			t.Helper()
			q.mu.Lock()
			q.estimate = estimate{}
			q.mu.Unlock()
			p, err := q.Place(ctx, id)
			if err != nil || time.Since(p.Since).Abs() > time.Minute {
				t.Fatalf("since %v, %v", p.Since, err)
			}
			p.Since = time.Time{}
			return p
		}
		a, b := join(t, q, Waiting{}), join(t, q, Waiting{})
		if diff := cmp.Diff(Place{Position: 2}, place(b)); diff != "" {
			t.Error("nobody on duty:", diff)
		}
		for _, name := range []string{"Anna", "Bo", "Chris"} {
			if err := q.OnDuty(ctx, name); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.OnBreak(ctx, "Chris"); err != nil {
			t.Fatal(err)
		}
		p := place(b)
		if p.Counsellors != 2 || p.Wait != usualGap || p.Most <= p.Wait || p.Most > 3*usualGap {
			t.Errorf("two on duty: %+v", p)
		}
		there, err := q.Present(ctx)
		if err != nil || !slices.Equal(there, []Presence{{"Anna", false}, {"Bo", false}, {"Chris", true}}) {
			t.Errorf("present: %v, %v", there, err)
		}
		if err := q.OffDuty(ctx, "Anna"); err != nil {
			t.Fatal(err)
		}
		if got := place(a).Counsellors; got != 1 {
			t.Errorf("%d on duty", got)
		}
		now, err := q.client.Time(ctx).Result()
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 { // ten claims, three minutes apart
			at := now.Add(-time.Duration(i+1) * 3 * time.Minute)
			addWait(t, q, at, 4*time.Minute)
		}
		p = place(b)
		if p.Wait.Round(time.Minute) != 6*time.Minute || p.Most < p.Wait {
			t.Errorf("after a calm hour: %+v", p)
		}
		if _, err := q.Claim(ctx, "Anna", a); err != nil {
			t.Fatal(err)
		}
		if p := place(a); p.Position != 0 {
			t.Errorf("claimed: %+v", p)
		}
	})
}

func addWait(t *testing.T, q *Queue, at time.Time, waited time.Duration) {
	t.Helper()
	_, err := q.client.Do(context.Background(), "zadd", q.names.waits, at.UnixMilli(),
		fmt.Sprintf("%d:%d", at.UnixMicro(), waited.Milliseconds())).Result()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWaitingInSilenceKeepsTheConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		waiting, alone := begun(t, q), begun(t, q)
		join(t, q, Waiting{ID: waiting})
		for _, id := range []string{waiting, alone} {
			if err := q.client.PExpire(t.Context(), q.names.conversation(id), time.Minute).Err(); err != nil {
				t.Fatal(err)
			}
		}
		q.chest.empty() // another node: it does not know when the last word was
		if err := q.Alive(t.Context(), waiting, alone); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]time.Duration{waiting: time.Hour, alone: time.Minute} {
			if left := q.client.PTTL(t.Context(), q.names.conversation(id)).Val().Round(time.Minute); left != want {
				t.Errorf("%v left, want %v", left, want)
			}
		}
		// One whose conversation is gone all the same leaves the line.
		q.client.Del(t.Context(), q.names.conversation(waiting))
		q.chest.empty()
		if err := q.Alive(t.Context(), waiting); err != nil {
			t.Fatal(err)
		}
		_, err := q.Place(t.Context(), waiting)
		isError(t, err, ErrGone)
	})
}
