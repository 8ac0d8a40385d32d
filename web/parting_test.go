package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// How a talk ends while the store loses state, on a clock of our own.

// isEnded checks that a talk is stored as over.
func (s *site) isEnded(t *testing.T, id, when string) {
	t.Helper()
	rec, err := s.store.Load(t.Context(), id)
	if err != nil || !strings.Contains(string(rec.State), `"state":"ended"`) {
		t.Errorf("%s: stored is %s, %v", when, rec.State, err)
	}
}

// The store comes back empty, and the counsellor gives the child away before
// anybody knows: what was written is stored again first.
func TestATalkThatEndsAfterALossKeepsWhatWasWritten(t *testing.T) {
	for part, how := range map[string]string{`"type":"end","outcome":"helped"`: "ended", `"type":"hand-over","to":"Mark"`: "handed-over"} {
		for _, known := range []time.Duration{0, 100 * time.Millisecond, 400 * time.Millisecond} {
			inTime(t, nil, func(t *testing.T, s *site) { s.endsAfterALoss(t, part, how, known) })
		}
	}
}

// endsAfterALoss lets a talk end so, and the nodes know of the loss some time
// after it.
func (s *site) endsAfterALoss(t *testing.T, part, how string, known time.Duration) {
	t.Helper()
	s.store.OnDuty(t.Context(), "Mark")
	c, d, token, write := s.talking(t)
	id := queue.IDOf(token)
	write(1, 2)
	d.until("received")
	d.until("received")
	s.store.lose("one")
	d.send(fmt.Sprintf(`{%s,"conversation":"%s"}`, part, id))
	time.Sleep(known)
	s.store.mu.Lock()
	s.store.epoch = "two"
	s.store.mu.Unlock()
	for f := d.until("hello"); f["epoch"] != "two"; {
		f = d.until("hello")
	}
	write(1, 2)
	if f := d.until("gone"); f["how"] != how {
		t.Errorf("%s, known after %v: gone as %v", how, known, f)
	}
	if diff := cmp.Diff(written(2), said(t, s, token)); diff != "" {
		t.Errorf("%s, known after %v: %s", how, known, diff)
	}
	time.Sleep(time.Minute)
	if how == "ended" {
		s.isEnded(t, id, fmt.Sprint("known after ", known))
	}
	for _, f := range d.before() {
		if f["type"] == "error" {
			t.Errorf("%s, known after %v: came %v", how, known, f)
		}
	}
	c.before()
}

func TestATalkWhoseChildErasedItEndsWithoutAnError(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		_, d, token, _ := s.talking(t)
		id := queue.IDOf(token)
		s.store.mu.Lock()
		delete(s.store.talks, id) // elsewhere, and the hint was lost
		delete(s.store.claims, id)
		s.store.mu.Unlock()
		d.send(fmt.Sprintf(`{"type":"end","conversation":"%s","outcome":"helped"}`, id))
		if f := d.until("gone"); f["how"] != "forgotten" {
			t.Errorf("gone as %v", f)
		}
		time.Sleep(time.Minute)
		for _, f := range d.before() {
			if f["type"] == "error" {
				t.Errorf("came %v", f)
			}
		}
	})
}

// What was written a moment before is not left behind by the end of the talk.
func TestTheEndOfATalkWaitsForWhatIsHeld(t *testing.T) {
	for end, how := range map[string]string{
		`"type":"end","outcome":"helped"`: "ended", `"type":"release","to":"bot"`: "released",
	} {
		inTime(t, nil, func(t *testing.T, s *site) {
			_, d, token, write := s.talking(t)
			s.store.setDown(true)
			write(1, 1)
			d.until("error")
			s.store.setDown(false)
			for range 2 { // pressed twice
				d.send(fmt.Sprintf(`{%s,"conversation":"%s"}`, end, queue.IDOf(token)))
			}
			if f := d.until("gone"); f["how"] != how {
				t.Errorf("gone as %v", f)
			}
			if diff := cmp.Diff(written(1), said(t, s, token)); diff != "" {
				t.Error(diff)
			}
			for _, f := range d.before() {
				if f["type"] == "error" {
					t.Errorf("came %v", f)
				}
			}
		})
	}
}
