package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Verdict is what the check of a run found.
type Verdict struct {
	Acked      int      // messages that a sender saw as stored
	Lost       int      // of them, or of those shown: not in the log at the end
	Doubled    int      // in the log more than once, or shown as two
	Disordered int      // in another order than they were sent or numbered
	Claims     int      // claims that were answered
	DoubleHeld int      // conversations whose claims no one-at-a-time story explains
	Findings   []string // the first of each kind, in words
}

// OK tells whether nothing was found.
func (v Verdict) OK() bool { return v.Lost+v.Doubled+v.Disordered+v.DoubleHeld == 0 }

// Add puts another verdict to this one.
func (v *Verdict) Add(o Verdict) {
	v.Acked, v.Lost, v.Doubled = v.Acked+o.Acked, v.Lost+o.Lost, v.Doubled+o.Doubled
	v.Disordered, v.Claims, v.DoubleHeld = v.Disordered+o.Disordered, v.Claims+o.Claims, v.DoubleHeld+o.DoubleHeld
	for _, f := range o.Findings {
		v.note(f)
	}
}

const findingsMost = 8

func (v *Verdict) note(f string) {
	if len(v.Findings) < findingsMost {
		v.Findings = append(v.Findings, f)
	}
}

// Check judges a whole run.
func Check(l *Log) Verdict {
	var v Verdict
	finals := map[string][]Event{}
	for _, t := range l.Talks() {
		c := newCheck(t)
		c.run()
		v.Add(c.v)
		if id := t.ID(); id != "" && c.erased == "" {
			finals[id] = c.final
		}
	}
	v.Add(checkCounsellors(l.Operations(), finals, l.emptiedAt()))
	v.Add(checkClaims(l.Operations()))
	return v
}

// check judges one child's history.
type check struct {
	name     string
	sent     []string         // ids in the order of sending
	acked    map[string]int64 // by id: the number it was given, in the last epoch
	shown    []Event          // numbered messages of the last epoch, as they came
	ever     map[string]bool  // what was shown in any epoch, whatever its number
	final    []Event
	epochs   int
	erased   string // why there is no log at the end
	received int
	v        Verdict
}

func newCheck(t *Talk) *check {
	c := &check{name: t.Name, acked: map[string]int64{}, ever: map[string]bool{}}
	for _, e := range t.Events() {
		switch e.Kind {
		case Sent:
			c.sent = append(c.sent, e.ID)
		case Received:
			c.received++
			c.acked[e.ID] = e.Seq
		case Shown:
			c.shown = append(c.shown, e)
			c.ever[e.words()] = true
		case Epoch:
			c.epochs++
			c.shown = nil
		case Final:
			c.final = append(c.final, e)
		case Gone:
			c.erased = e.Text
		}
	}
	c.v.Acked = len(c.acked)
	return c
}

func (c *check) run() {
	if c.erased != "" {
		return // asked to be forgotten
	}
	c.numbers()
	c.once()
	c.kept()
	c.order()
	c.page()
}

func (c *check) lost(format string, args ...any) {
	c.v.Lost++
	c.v.note(c.name + ": lost: " + fmt.Sprintf(format, args...))
}

func (c *check) doubled(format string, args ...any) {
	c.v.Doubled++
	c.v.note(c.name + ": doubled: " + fmt.Sprintf(format, args...))
}

func (c *check) disordered(format string, args ...any) {
	c.v.Disordered++
	c.v.note(c.name + ": out of order: " + fmt.Sprintf(format, args...))
}

// numbers: the log at the end is 1, 2, 3 … without a gap.
func (c *check) numbers() {
	next := int64(1)
	for _, e := range c.final {
		switch {
		case e.Seq > next:
			c.lost("numbers %d to %d are not in the log", next, e.Seq-1)
		case e.Seq < next:
			c.disordered("number %d comes after %d", e.Seq, next-1)
		}
		next = e.Seq + 1
	}
}

// once: nothing is in the log twice.
func (c *check) once() {
	seen := map[string]int64{}
	for _, e := range c.final {
		key := ""
		switch {
		case e.From == "child" && e.ID != "":
			key = "message " + e.ID
		case e.From == "bot" && e.Re != "":
			key = "answer to " + e.Re
		case e.From == "counsellor":
			key = "counsellor's " + e.Text
		}
		if first, again := seen[key]; again && key != "" {
			c.doubled("%s is number %d and number %d", key, first, e.Seq)
		}
		seen[key] = e.Seq
	}
}

// kept: what was received is there.
func (c *check) kept() {
	there := map[string]bool{}
	for _, e := range c.final {
		if e.From == "child" {
			there[e.ID] = true
		}
	}
	for _, id := range c.sent {
		if _, acked := c.acked[id]; acked && !there[id] {
			c.lost("message %s was received and is not in the log", id)
		}
	}
}

// order: what the child said stands in the order in which it said it.
func (c *check) order() {
	place := map[string]int{}
	for i, id := range c.sent {
		place[id] = i
	}
	last := -1
	for _, e := range c.final {
		if e.From != "child" || e.ID == "" {
			continue
		}
		at, known := place[e.ID]
		switch {
		case !known:
			c.doubled("message %s was never sent", e.ID)
		case at < last:
			c.disordered("message %s (number %d) was sent before %s", e.ID, e.Seq, c.sent[last])
		default:
			last = at
		}
	}
}

// page: what the child was shown is what the log holds, and it came in order.
func (c *check) page() {
	log, seen := map[int64]Event{}, map[int64]Event{}
	for _, e := range c.final {
		log[e.Seq] = e
	}
	var most int64
	for _, e := range c.shown {
		first, again := seen[e.Seq]
		entry, there := log[e.Seq]
		switch {
		case again && !first.same(e):
			c.doubled("number %d was shown as two messages", e.Seq)
		case !there:
			c.lost("number %d (%s %s) was shown and is not in the log", e.Seq, e.From, e.Re+e.ID)
		case !entry.same(e):
			c.doubled("number %d was shown as %s and the log has %s", e.Seq, brief(e), brief(entry))
		case !again && e.Seq < most:
			c.disordered("number %d came after %d", e.Seq, most)
		}
		seen[e.Seq], most = e, max(most, e.Seq)
	}
	for _, e := range c.final {
		_, acked := c.acked[e.ID]
		if !c.ever[e.words()] && !(e.From == "child" && acked) {
			c.lost("number %d (%s) never reached the page", e.Seq, brief(e))
		}
	}
}

func brief(e Event) string {
	text := e.Text
	if len(text) > 24 {
		text = text[:24]
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s%s %q", e.From, e.ID, e.Re, text))
}

// checkCounsellors: what a counsellor saw as stored is in the log, in the order
// of sending; but for talks that were over when the store lost all.
func checkCounsellors(ops []Operation, finals map[string][]Event, emptied time.Duration) Verdict {
	var v Verdict
	over := map[string]bool{}
	for _, o := range ops {
		if o.Kind == OpEnd && o.Return < emptied {
			over[o.Conversation] = true
		}
	}
	last := map[string]int64{}
	sent := slices.SortedStableFunc(slices.Values(ops), func(a, b Operation) int { return cmp.Compare(a.Call, b.Call) })
	for _, o := range sent {
		if o.Kind != OpWrite {
			continue
		}
		v.Acked++
		final, known := finals[o.Conversation]
		if !known || over[o.Conversation] {
			continue // the child has erased it, or nobody has it
		}
		var at int64
		for _, e := range final {
			if e.From == "counsellor" && e.Text == o.Text {
				at = e.Seq
			}
		}
		who := o.Counsellor + " in " + o.Conversation
		switch {
		case at == 0:
			v.Lost++
			v.note(fmt.Sprintf("%s: lost: %q was received and is not in the log", who, o.Text))
		case at < last[who]:
			v.Disordered++
			v.note(fmt.Sprintf("%s: out of order: %q is number %d, after %d", who, o.Text, at, last[who]))
		}
		last[who] = max(last[who], at)
	}
	return v
}
