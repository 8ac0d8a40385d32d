package bot

import (
	"slices"

	"github.com/praatpaal/praatpaal/bot/book"
)

// goTo leads the conversation to a step, does what the step does, and makes
// the answer of it.
func (t *turn) goTo(id string, before ...string) {
	step := t.voice().volume.Steps[id]
	if step == nil {
		id = t.voiced(stepStay)
		step = t.voice().volume.Steps[id]
	}
	t.arrive(step)
	ids := append(slices.Clone(before), id)
	switch step.Does {
	case "hand-over":
		ids = t.handOver(ids)
	case "forget":
		t.answer.Do = Forget
	case "language":
		t.switchLanguage()
		return
	}
	t.answer.Reply = t.compose(ids)
	t.withPerson(t.answer.Reply)
	t.withMeanwhile(t.answer.Reply)
	if t.now.State == WithCounsellor {
		// Who has a counsellor answers in words, not with buttons.
		t.answer.Reply.Choices = nil
	}
	t.now.Said = ids
	t.offer(t.answer.Reply.Choices)
}

// arrive notes what being at a step says about the conversation.
func (t *turn) arrive(step *book.Step) {
	if folder(step.ID) != "frame" && step.Does == "" {
		t.now.Step = step.ID
	}
	if themed(step.Topic) {
		t.now.Topic = step.Topic
	}
	if t.event.Kind == Choose && len(step.For) == 1 && t.now.Role == "" && step.For[0] != "anyone" {
		t.now.Role = step.For[0]
	}
	if step.Danger > t.now.Danger && t.event.Kind == Choose {
		t.now.Danger = step.Danger
		t.because(step.File + ": " + step.Heading)
	}
	t.now.Told = t.now.Told.with(mostTold, step.ID)
}

func (t *turn) because(why string) { t.now.Why = last(append(t.now.Why, why), mostWhy) }

// handOver asks for a counsellor. When none can come it says so instead of
// the words that promise one; what an emergency says comes first all the same.
func (t *turn) handOver(ids []string) []string {
	if t.now.State == Waiting || t.now.State == WithCounsellor {
		return ids
	}
	if t.event.Line != "" {
		t.now.State = WithBot.next(t.event.Line)
		if ids[len(ids)-1] == t.voiced(stepPerson) || ids[len(ids)-1] == stepPerson {
			ids = ids[:len(ids)-1]
		}
		return append(ids, t.voiced(noLine(t.event.Line)))
	}
	t.now.State = t.now.State.next(Human)
	t.answer.Do = JoinLine
	return ids
}

func (t *turn) switchLanguage() {
	for _, lang := range book.Languages() {
		if lang != t.was.Lang {
			if len(t.now.Said) == 0 || folder(t.now.Said[0]) == "frame" {
				t.now.Said = []string{t.now.Step}
				t.offer(t.compose(t.now.Said).Choices)
			}
			t.speak(lang)
			return
		}
	}
}

// compose makes one answer of some steps: all their bubbles, and the choices
// of the last one.
func (t *turn) compose(ids []string) *Reply {
	reply := &Reply{Lang: t.now.Lang}
	for _, id := range ids {
		step := t.voice().volume.Steps[id]
		if step == nil {
			continue
		}
		if reply.Node == "" {
			reply.Node = id
		}
		reply.Parts = slices.Grow(reply.Parts, len(step.Bubbles))
		for _, b := range step.Bubbles {
			reply.Parts = append(reply.Parts, Part{HTML: b.HTML, Text: b.Text})
		}
		reply.Choices = choicesOf(step)
	}
	return reply
}

// choicesOf gives a step's choices as buttons.
func choicesOf(step *book.Step) []Choice {
	if len(step.Choices) == 0 {
		return nil
	}
	out := make([]Choice, 0, len(step.Choices)+2) // what else is offered has room
	for _, c := range step.Choices {
		out = append(out, Choice{ID: c.To, Label: c.Label})
	}
	return out
}

// withPerson sees to it that from concern on every answer offers a person,
// until one has been asked for.
func (t *turn) withPerson(reply *Reply) {
	if t.now.Danger < book.Concern || t.now.State == Waiting || t.now.State == WithCounsellor {
		return
	}
	steps := t.voice().volume.Steps
	for _, c := range reply.Choices {
		if to := steps[c.ID]; to != nil && to.Does == "hand-over" {
			return
		}
	}
	person := steps[t.voiced(stepPerson)]
	reply.Choices = append(reply.Choices, Choice{ID: person.ID, Label: person.Heading})
}

// withMeanwhile offers whoever has just asked for a person what helps with the
// very problem that was told, also when it was read before.
func (t *turn) withMeanwhile(reply *Reply) {
	if t.answer.Do != JoinLine || reply.Node != t.voiced(stepPerson) || !themed(t.now.Topic) {
		return
	}
	volume := t.voice().volume
	id := t.voice().doors.open(t.now.Topic, t.role(), t.now.Danger)
	step := volume.Steps[id]
	offered := func(c Choice) bool { return c.ID == id }
	if step == nil || !themed(step.Topic) || step.Does != "" || slices.ContainsFunc(reply.Choices, offered) {
		return
	}
	reply.Choices = append([]Choice{{ID: id, Label: step.Heading}}, reply.Choices...)
}

// offer remembers the choices of the last answer, and where those of the answer
// before it lead.
func (t *turn) offer(choices []Choice) {
	before := make([]string, 0, 8)
	for _, c := range t.now.Offered {
		before = append(before, c.ID)
	}
	t.now.Earlier = t.now.Earlier.with(mostOffered, before...)
	t.now.Offered, t.now.Fresh = choices, len(choices)
}

// last keeps the newest n of a list.
func last[T any](list []T, n int) []T {
	return list[max(0, len(list)-n):]
}
