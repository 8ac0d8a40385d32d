package history

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// plain is a run in which nothing went wrong: one child says three messages,
// the bot answers each, and a counsellor takes it and writes twice.
func plain() *run {
	r := &run{}
	for i := range 3 {
		id := fmt.Sprint("m", i)
		said := Event{Seq: int64(2*i + 1), From: "child", ID: id, Text: "says " + id}
		answer := Event{Seq: int64(2*i + 2), From: "bot", Re: id, Text: "answers " + id}
		r.add(Sent, Event{ID: id})
		r.add(Received, Event{ID: id, Seq: said.Seq})
		r.add(Shown, answer)
		r.final = append(r.final, said, answer)
	}
	for i := range 2 {
		text := fmt.Sprint("d", i)
		e := Event{Seq: int64(7 + i), From: "counsellor", Text: text}
		r.add(Shown, e)
		r.final = append(r.final, e)
		r.ops = append(r.ops, op(OpWrite, "Sanne", 10*i+12, 10*i+15, text))
	}
	r.ops = append([]Operation{op(OpClaim, "Sanne", 1, 10, "")}, r.ops...)
	r.ops = append(r.ops, op(OpEnd, "Sanne", 40, 45, ""))
	return r
}

func op(kind, who string, call, end int, text string) Operation {
	return Operation{Kind: kind, Counsellor: who, Conversation: "x", Text: text,
		Call: time.Duration(call) * time.Second, Return: time.Duration(end) * time.Second}
}

type run struct {
	events, final []Event
	ops           []Operation
}

func (r *run) add(kind string, e Event) {
	e.Kind = kind
	r.events = append(r.events, e)
}

func (r *run) check() Verdict {
	l := New()
	t := l.Talk("child")
	t.Is("x")
	for _, e := range r.events {
		t.Add(e)
	}
	for _, e := range r.final {
		e.Kind = Final
		t.Add(e)
	}
	for _, o := range r.ops {
		l.Did(o)
	}
	return Check(l)
}

func TestARunWithoutAFaultIsClean(t *testing.T) {
	v := plain().check()
	if !v.OK() || v.Acked != 5 || v.Claims != 1 {
		t.Errorf("found %+v", v)
	}
}

func TestPlantedViolationsAreFound(t *testing.T) {
	cases := []struct {
		name  string
		plant func(*run)
		want  string // part of the first finding
		count func(Verdict) int
	}{
		{"a received message is not in the log", func(r *run) { r.final = append(r.final[:4:4], renumbered(r.final[5:], -1)...) },
			"lost: message m2 was received", lost},
		{"the log has a gap", func(r *run) { r.final = append(r.final[:2:2], r.final[3:]...) },
			"lost: numbers 3 to 3", lost},
		{"an answer that was shown is not in the log", func(r *run) {
			r.add(Shown, Event{Seq: 9, From: "bot", Re: "m3", Text: "answers m3"})
		}, "lost: number 9", lost},
		{"an answer never reached the page", func(r *run) { r.events = r.events[:8:8] },
			"never reached the page", lost},
		{"a counsellor's message is not in the log", func(r *run) { r.events, r.final = r.events[:10:10], r.final[:7:7] },
			`lost: "d1" was received`, lost},
		{"a message stands in the log twice", func(r *run) { r.again(r.final[0]) },
			"doubled: message m0", doubled},
		{"an answer stands in the log twice", func(r *run) { r.again(r.final[1]) },
			"doubled: answer to m0", doubled},
		{"a counsellor's message stands in the log twice", func(r *run) { r.again(r.final[7]) },
			"doubled: counsellor's d1", doubled},
		{"one number was shown as two messages", func(r *run) {
			r.add(Shown, Event{Seq: 2, From: "bot", Re: "m0", Text: "answers otherwise"})
		}, "doubled: number 2", doubled},
		{"the log has another message under a number than the page", func(r *run) { r.final[1].Text = "another" },
			"doubled: number 2", doubled},
		{"two messages are stored in the wrong order", func(r *run) {
			r.final[0].ID, r.final[2].ID = r.final[2].ID, r.final[0].ID
		}, "out of order: message m0", disordered},
		{"answers came to the page in the wrong order", func(r *run) { r.events[2], r.events[5] = r.events[5], r.events[2] },
			"out of order: number 2 came after 4", disordered},
		{"a counsellor's messages are stored in the wrong order", func(r *run) {
			r.ops[1].Text, r.ops[2].Text = r.ops[2].Text, r.ops[1].Text
		}, "out of order: \"d0\"", disordered},
		{"two counsellors claim one child", func(r *run) { r.ops = append(r.ops, op(OpClaim, "Mark", 12, 14, "")) },
			"no one-at-a-time story", held},
		{"a counsellor writes after the claim went to another", func(r *run) {
			r.ops[2] = op(OpFree, "Sanne", 16, 0, "")
			r.ops[2].Return = Forever
			r.ops[3] = op(OpClaim, "Mark", 20, 21, "")
			r.ops = append(r.ops, op(OpWrite, "Sanne", 22, 23, "d1"))
		}, "no one-at-a-time story", held},
		{"an ended talk is claimed again", func(r *run) { r.ops = append(r.ops, op(OpClaim, "Mark", 50, 51, "")) },
			"no one-at-a-time story", held},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := plain()
			c.plant(r)
			v := r.check()
			if c.count(v) == 0 || !strings.Contains(strings.Join(v.Findings, "\n"), c.want) {
				t.Errorf("not found: %+v, want %q", v, c.want)
			}
		})
	}
}

// again puts an entry at the end of the log once more, and on the page.
func (r *run) again(e Event) {
	e.Seq = int64(len(r.final) + 1)
	r.final = append(r.final, e)
	r.add(Shown, e)
}

func renumbered(list []Event, by int64) []Event {
	out := append([]Event{}, list...)
	for i := range out {
		out[i].Seq += by
	}
	return out
}

func lost(v Verdict) int       { return v.Lost }
func doubled(v Verdict) int    { return v.Doubled }
func disordered(v Verdict) int { return v.Disordered }
func held(v Verdict) int       { return v.DoubleHeld }

func TestAClaimThatMayBeLostCanGoToAnother(t *testing.T) {
	r := plain()
	r.ops = []Operation{
		op(OpClaim, "Sanne", 1, 10, ""), {Kind: OpFree, Counsellor: "Sanne", Conversation: "x", Call: 20 * time.Second, Return: Forever},
		op(OpClaim, "Mark", 40, 41, ""), op(OpEnd, "Mark", 42, 43, ""),
	}
	if v := r.check(); v.DoubleHeld != 0 {
		t.Errorf("found %v", v.Findings)
	}
}

func TestMessagesSentAgainAfterAnEpochAreJudgedByTheNewNumbers(t *testing.T) {
	r := plain()
	r.ops = nil
	r.add(Epoch, Event{})
	r.final = nil
	for i := range 3 {
		id := fmt.Sprint("m", i)
		r.add(Received, Event{ID: id, Seq: int64(i + 1)})
		r.final = append(r.final, Event{Seq: int64(i + 1), From: "child", ID: id, Text: "says " + id})
	}
	if v := r.check(); !v.OK() {
		t.Errorf("found %v", v.Findings)
	}
}
