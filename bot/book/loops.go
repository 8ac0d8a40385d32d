package book

import (
	"fmt"
	"slices"
	"strings"
)

// loops refuses circles that no choice leads out of: steps from which one can
// only come to each other, and none of which brings a person or an end. A
// step that only leads to itself is the smallest of them.
func (c *checker) loops() {
	out := c.waysOut()
	told := map[string]bool{}
	for _, step := range c.v.Order {
		if out[step.ID] || told[step.ID] || len(step.Choices) == 0 {
			continue
		}
		var headings []string
		for _, id := range c.circle(step) {
			told[id] = true
			headings = append(headings, fmt.Sprintf("%q", c.v.Steps[id].Heading))
		}
		c.wrong(step, step.Line, "no choice leads out of the circle of "+strings.Join(headings, ", "), "add a choice to person.md, or to a step outside it")
	}
}

// waysOut are the steps from which a person or an end can be reached.
func (c *checker) waysOut() map[string]bool {
	from := map[string][]string{}
	var todo []string
	for _, step := range c.v.Order {
		if step.Does != "" {
			todo = append(todo, step.ID)
		}
		for _, choice := range step.Choices {
			from[choice.To] = append(from[choice.To], step.ID)
		}
	}
	out := map[string]bool{}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !out[id] {
			out[id] = true
			todo = append(todo, from[id]...)
		}
	}
	return out
}

// circle lists the steps that can be reached from one, in the order in which
// they are met.
func (c *checker) circle(step *Step) []string {
	met := []string{step.ID}
	for i := 0; i < len(met); i++ {
		for _, choice := range c.v.Steps[met[i]].Choices {
			if c.v.Steps[choice.To] != nil && !slices.Contains(met, choice.To) {
				met = append(met, choice.To)
			}
		}
	}
	return met
}
