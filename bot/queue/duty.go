package queue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
)

const (
	dutyTime     = 30 * time.Second // a desk that says nothing for so long is gone
	dutyForget   = time.Minute
	estimateTime = 2 * time.Second // an estimate serves so long
	estimateMost = 200             // waits that it looks at
	usualGap     = 4 * time.Minute // between claims, when there were hardly any: then who is there is mostly free
	fewest       = 5               // claims that an hour must have to tell something
)

// ErrAway says that a counsellor is not on duty now.
var ErrAway = errors.New("counsellor is not on duty")

// Presence is a counsellor whose desk is open.
type Presence struct {
	Name string
	Away bool // for a moment: takes nobody now
}

// OnDuty notes that a counsellor's desk on this node is there and takes
// visitors; call it every 10 s. OnBreak is the same for one who is away for a
// moment, OffDuty for one who leaves.
func (q *Queue) OnDuty(ctx context.Context, holder string) error { return q.duty(ctx, holder, "0") }

// OnBreak notes that a counsellor's desk is there and takes nobody now.
func (q *Queue) OnBreak(ctx context.Context, holder string) error { return q.duty(ctx, holder, "1") }

// OffDuty notes that a counsellor has left.
func (q *Queue) OffDuty(ctx context.Context, holder string) error { return q.duty(ctx, holder, "-") }

func (q *Queue) duty(ctx context.Context, holder, how string) error {
	if err := checkName(holder); err != nil {
		return fmt.Errorf("duty: %w", err)
	}
	_, err := q.read(ctx, q.scripts.duty, q.names.duty, holder, q.node, how, dutyForget.Milliseconds())
	if err != nil {
		return fmt.Errorf("duty: %w", err)
	}
	return nil
}

// Present lists the counsellors whose desks are open, by name.
func (q *Queue) Present(ctx context.Context) ([]Presence, error) {
	e, err := q.estimateNow(ctx)
	if err != nil {
		return nil, fmt.Errorf("present: %w", err)
	}
	out := make([]Presence, 0, len(e.there))
	for _, d := range e.there {
		out = append(out, d.Presence)
	}
	slices.SortFunc(out, func(a, b Presence) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// desk gives the node of a colleague's desk, or ErrAway.
func (q *Queue) desk(ctx context.Context, holder string) (string, error) {
	e, err := q.estimateNow(ctx)
	if err != nil {
		return "", err
	}
	for _, d := range e.there {
		if d.Name == holder {
			return d.node, nil
		}
	}
	return "", ErrAway
}

type desk struct {
	Presence
	node string
}

// estimate is what is known about how fast the line moves.
type estimate struct {
	at    time.Time
	there []desk
	many  int                     // claims in the last hour
	since time.Duration           // ago, of the first of them
	above [dangerMost + 1]float64 // which part of the claims had more danger than this
}

// estimated gives an estimate that is at most 2 s old.
func (q *Queue) estimated(ctx context.Context) (estimate, error) {
	q.mu.Lock()
	e := q.estimate
	q.mu.Unlock()
	if time.Since(e.at) < estimateTime {
		return e, nil
	}
	return q.estimateNow(ctx)
}

func (q *Queue) estimateNow(ctx context.Context) (estimate, error) {
	keys := append(slices.Clone(q.names.duty), q.names.waits)
	reply, err := q.read(ctx, q.scripts.present, keys, dutyTime.Milliseconds(), estimateMost)
	if err != nil {
		return estimate{}, err
	}
	parts, ok := words(reply)
	if !ok || len(parts) == 0 || len(parts) < 3+2*int(number(parts[0])) {
		return estimate{}, errors.New("unknown answer from the store")
	}
	e := estimate{at: time.Now()}
	n := int(number(parts[0]))
	for i := range n {
		node, away, _ := strings.Cut(parts[2+2*i], us)
		e.there = append(e.there, desk{Presence{Name: parts[1+2*i], Away: away == "1"}, node})
	}
	rest := parts[1+2*n:]
	e.many, e.since = int(number(rest[0])), time.Duration(number(rest[1]))*time.Millisecond
	waits := rest[2:]
	for i := 0; i+1 < len(waits); i += 2 {
		for danger := range min(int(number(waits[i])), int(dangerMost)) {
			e.above[danger] += 2 / float64(len(waits))
		}
	}
	q.mu.Lock()
	q.estimate = e
	q.mu.Unlock()
	return e, nil
}

// place says what a position means. With nobody on duty there is no estimate.
func (e estimate) place(position int, danger book.Danger) Place {
	p := Place{Position: position}
	for _, d := range e.there {
		if !d.Away {
			p.Counsellors++
		}
	}
	if p.Counsellors == 0 || position == 0 {
		return p
	}
	// How far apart the claims of the last hour came, or would come.
	apart := usualGap / time.Duration(p.Counsellors)
	if e.many >= fewest && e.since > 0 {
		apart = max(e.since/time.Duration(e.many), time.Second)
	}
	n := float64(position)
	// Claims come at random. Others with more danger still come, and pass: as
	// many of those who are claimed as did in the last hour.
	passed := n / (1 - min(e.above[danger], 0.7))
	p.Least = time.Duration(max(0, n-1.3*math.Sqrt(n)) * float64(apart))
	p.Wait = time.Duration((n + passed) / 2 * float64(apart))
	p.Most = time.Duration((passed + 1.3*math.Sqrt(passed) + 1) * float64(apart))
	return p
}
