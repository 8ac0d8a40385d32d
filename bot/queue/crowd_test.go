package queue

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/praatpaal/praatpaal/bot/book"
)

func TestACrowdFromOneSourceTakesTurnsWithTheOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		const fakes, others = 60, 12
		for i := range fakes {
			join(t, q, Waiting{Danger: book.Emergency, Bucket: "crowd", Since: ago(time.Hour - time.Duration(i)*time.Second)})
		}
		real := map[string]bool{}
		for i := range others {
			id := join(t, q, Waiting{Danger: book.Concern, Bucket: fmt.Sprintf("b%d", i)})
			real[id] = true
		}
		served := serve(t, q)
		if len(served) != fakes+others {
			t.Fatalf("%d served", len(served))
		}
		last := 0
		for i, id := range served {
			if real[id] {
				last = i + 1
			}
		}
		if last > others+4 {
			t.Errorf("the last of the %d others was number %d", others, last)
		}
	})
}

func TestAClassBehindOneAddressIsServedLikeAnybody(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		var want []string
		for i := range 30 {
			since := ago(time.Hour - time.Duration(i)*time.Minute)
			want = append(want,
				join(t, q, Waiting{Bucket: "school", Since: since}),
				join(t, q, Waiting{Bucket: fmt.Sprintf("b%d", i), Since: since.Add(time.Second)}))
		}
		if diff := cmp.Diff(want, serve(t, q)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestACrowdThatHasCalmedDownStandsInTheOrderAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		var crowd []string
		for i := range 40 {
			crowd = append(crowd, join(t, q, Waiting{Bucket: "b", Since: ago(time.Hour - time.Duration(i)*time.Minute)}))
		}
		line, err := q.Line(t.Context())
		if err != nil || len(line) != 40 {
			t.Errorf("line of %d, %v", len(line), err)
		}
		if p, err := q.Place(t.Context(), crowd[39]); err != nil || p.Position != 40 {
			t.Errorf("place of the last: %+v, %v", p, err)
		}
		for _, id := range crowd[:25] {
			if err := q.Leave(t.Context(), id, Left); err != nil {
				t.Fatal(err)
			}
		}
		if n := q.client.ZCard(t.Context(), q.names.line[1]).Val(); n != 15 {
			t.Errorf("%d in the order", n)
		}
		if diff := cmp.Diff(crowd[25:], serve(t, q)); diff != "" {
			t.Error(diff)
		}
		left, err := q.client.Exists(t.Context(), q.names.line[1], q.names.line[2], q.names.line[5]).Result()
		if err != nil || left != 0 {
			t.Errorf("%d keys of the order left, %v", left, err)
		}
	})
}
