package web

import (
	"slices"
	"time"
)

// refill holds the messages that come just after the store lost state. Their
// sender then sends its last ones again, in their order; but one that it sent
// a moment before it knew would be stored before these. So all are held until
// no more come, and each is taken where it came last. While the store is away
// it keeps messages in the order in which they came first.
type refill[F any] struct {
	held   []F
	away   bool      // the store does not answer
	known  bool      // one that was stored before the loss has come again
	until  time.Time // zero: nothing is held
	latest time.Time
}

func (r *refill[F]) active() bool { return !r.until.IsZero() }

// begin starts to hold; knows tells that messages must come again.
func (r *refill[F]) begin(knows bool) {
	now := time.Now()
	r.away, r.known, r.latest = false, !knows, now.Add(refillMost)
	r.wait(now)
}

// stall starts to hold until the store may answer again.
func (r *refill[F]) stall() {
	if !r.active() {
		r.away = true
		r.until = time.Now().Add(storeEvery)
	}
}

func (r *refill[F]) wait(now time.Time) {
	r.until = now.Add(refillQuiet)
	if !r.known || r.until.After(r.latest) {
		r.until = r.latest
	}
}

// add holds a message, and lets the same one go that came before.
func (r *refill[F]) add(f F, known bool, same func(F) bool) {
	at := slices.IndexFunc(r.held, same)
	if at >= 0 && r.away {
		return
	}
	if at >= 0 {
		r.held = slices.Delete(r.held, at, at+1)
	}
	r.held, r.known = append(r.held, f), r.known || known
	if !r.away {
		r.wait(time.Now())
	}
}

// due gives what was held once it is time; ok tells that it is.
func (r *refill[F]) due(now time.Time) (held []F, ok bool) {
	if !r.active() || now.Before(r.until) {
		return nil, false
	}
	held = r.held
	*r = refill[F]{}
	return held, true
}
