package book

import (
	"fmt"
	"slices"
	"strings"
)

// PersonWithin is how many choices a person may be away, from any step.
const PersonWithin = 2

// check looks at each volume as a whole: what opens twice, what cannot be
// reached, where no person is near.
func check(b *Book, found *[]Finding) {
	for _, lang := range Languages() {
		c := &checker{v: b.Volumes[lang], found: found}
		c.opens()
		c.wants()
		c.samples()
		c.person()
		c.loops()
		c.reach()
		c.handsOver()
		c.reading()
		c.voice()
		c.phones()
		c.screen()
	}
}

type checker struct {
	v     *Volume
	found *[]Finding
}

func (c *checker) wrong(step *Step, line int, what, do string) {
	*c.found = append(*c.found, Finding{File: step.File, Line: line, What: what, Do: do})
}

// warn notes what is worth a look, but no reason to refuse the book.
func (c *checker) warn(step *Step, line int, what, do string) {
	*c.found = append(*c.found, Finding{File: step.File, Line: line, What: what, Do: do, Warning: true})
}

// opens refuses two doors to the same room.
func (c *checker) opens() {
	first := map[string]*Step{}
	for _, step := range c.v.Order {
		for _, role := range step.For {
			for _, d := range step.Opens {
				key := fmt.Sprintf("%s for %s at %s", folderOf(step.ID), role, d)
				if other := first[key]; other != nil {
					c.wrong(step, 1, fmt.Sprintf("it opens %s, and so does %s", key, other.File), "let one of them open it")
				}
				first[key] = step
			}
		}
	}
}

func (c *checker) wants() {
	first := map[string]*Step{}
	for _, step := range c.v.Order {
		for _, role := range step.For {
			for _, want := range step.Wants {
				key := fmt.Sprintf("%s for %s in %s", want, role, step.Topic)
				if other := first[key]; other != nil {
					c.wrong(step, 1, fmt.Sprintf("it answers the wish %s, and so does %s", key, other.File), "let one of them answer it")
				}
				first[key] = step
			}
		}
	}
}

func (c *checker) samples() {
	first := map[string]string{}
	for _, step := range c.v.Order {
		for _, sample := range step.Samples {
			key := strings.ToLower(sample.Text)
			place := fmt.Sprintf("%s:%d", step.File, sample.Line)
			if other := first[key]; other != "" {
				c.wrong(step, sample.Line, fmt.Sprintf("the sample %q stands at %s already", sample.Text, other), "keep it where it belongs")
			}
			first[key] = place
		}
	}
}

// person refuses steps from which a person is more than two choices away. What
// ends or forgets a conversation needs none.
func (c *checker) person() {
	near := map[string]bool{}
	for _, step := range c.v.Order {
		near[step.ID] = step.Does == "hand-over"
	}
	for range PersonWithin {
		next := map[string]bool{}
		for _, step := range c.v.Order {
			next[step.ID] = near[step.ID] || slices.ContainsFunc(step.Choices, func(ch Choice) bool { return near[ch.To] })
		}
		near = next
	}
	for _, step := range c.v.Order {
		if !near[step.ID] && step.Does == "" {
			c.wrong(step, step.Line, fmt.Sprintf("from %q a person is more than %d choices away", step.Heading, PersonWithin), "add a choice to person.md")
		}
	}
}

// reach refuses steps that nobody can come to.
func (c *checker) reach() {
	reached := map[string]bool{}
	var todo []string
	for _, step := range c.v.Order {
		folder := folderOf(step.ID)
		if len(step.Opens) > 0 || len(step.Wants) > 0 || len(step.Samples) > 0 || folder == "" || folder == "frame" {
			todo = append(todo, step.ID)
		}
	}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[id] || c.v.Steps[id] == nil {
			continue
		}
		reached[id] = true
		for _, choice := range c.v.Steps[id].Choices {
			todo = append(todo, choice.To)
		}
	}
	for _, step := range c.v.Order {
		if !reached[step.ID] {
			c.wrong(step, step.Line, fmt.Sprintf("nobody can come to %q", step.Heading), "add samples, or a choice that leads to it")
		}
	}
}

// handsOver: an emergency is never left to the bot alone.
func (c *checker) handsOver() {
	for _, step := range c.v.Order {
		if slices.Contains(step.Opens, Emergency) && step.Does != "hand-over" {
			c.wrong(step, step.Line, "it opens emergency and does not hand over", "add `does: hand-over`")
		}
		if slices.Contains(step.Opens, Urgent) && step.Does != "hand-over" && !c.offersPerson(step) {
			c.wrong(step, step.Line, "it opens urgent and offers no person", "add a choice to person.md")
		}
	}
}

func (c *checker) offersPerson(step *Step) bool {
	return slices.ContainsFunc(step.Choices, func(ch Choice) bool {
		to := c.v.Steps[ch.To]
		return to != nil && to.Does == "hand-over"
	})
}

// folderOf gives the folder of a step id, "" for the root.
func folderOf(id string) string {
	folder, _, found := strings.Cut(id, "/")
	if !found {
		return ""
	}
	return folder
}
