package queue

import (
	"fmt"
	"strings"
	"sync"
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

// places gives the mean place in the order of serving of 100 children from as
// many sources, half of them from before the fakes came.
func places(t *testing.T, fakes int) float64 {
	t.Helper()
	q := open(t, stores()[1].options(t))
	q.silent = time.Hour
	enter := func(name string, w Waiting) {
		w.ID, w.Lang = name, "nl"
		if _, err := q.Join(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		if i == 50 {
			var gone sync.WaitGroup
			for g := range 50 {
				gone.Go(func() {
					for n := g; n < fakes; n += 50 {
						if _, err := q.Join(t.Context(), Waiting{ID: fmt.Sprint("fake", n), Danger: book.Emergency, Bucket: "one"}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			gone.Wait()
		}
		enter(fmt.Sprint("real", i), Waiting{Danger: book.Danger(i % 4), Bucket: fmt.Sprint("home", i)})
	}
	sum, found := 0, 0
	for place := 1; found < 100; place++ {
		reply, err := q.write(t.Context(), q.scripts.claim, q.names.line, "", "Anna", "n", time.Hour.Milliseconds(), q.silent.Milliseconds(), q.names.lines)
		parts, ok := words(reply)
		if err != nil || !ok {
			t.Fatalf("claim %d: %v, %v", place, reply, err)
		}
		if strings.HasPrefix(parts[0], "real") {
			sum, found = sum+place, found+1
		}
	}
	return float64(sum) / 100
}

func TestTenThousandFakesFromOneAddressTakeNobodysPlace(t *testing.T) {
	calm, crowded := places(t, 0), places(t, 10000)
	t.Logf("mean place %.1f, with fakes %.1f", calm, crowded)
	if crowded > 1.1*calm {
		t.Errorf("mean place %.1f, with fakes %.1f", calm, crowded)
	}
}
