package web

import (
	"context"
	"slices"
)

// answers are what may be said about how it feels and what helped.
func answers(about string) []string {
	switch about {
	case "before", "after":
		return []string{"1", "2", "3", "4", "5", "skip"}
	case "helped":
		return []string{"yes", "some", "no", "skip"}
	case "referral":
		return []string{"yes", "not-yet", "not-reached", "skip"}
	}
	return nil
}

// feel counts an answer, once for each question of this socket: by day,
// entrance and language, and never with the conversation. Nobody waits for it,
// and nobody is told when it could not be counted.
func (c *chat) feel(f frame) {
	if slices.Contains(c.felt, f.about) || c.server.away.is() {
		return
	}
	c.felt = append(c.felt, f.about)
	ctx, cancel := context.WithTimeout(c.server.base, storeWait)
	defer cancel()
	if err := c.server.store.Count(ctx, c.conv.As+"-"+f.about, f.answer, c.language()); err != nil {
		c.server.log.Warn("an answer was not counted", "err", err)
	}
}
