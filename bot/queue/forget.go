package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Forget erases a conversation everywhere, with its place in the line, and
// counts it once. Both ends are told by Hint{Kind: "forgotten"}. One that is
// not there is no error. When it is interrupted, Sweep finishes it.
func (q *Queue) Forget(ctx context.Context, id string, how Outcome) error {
	if err := checkOutcome(how); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if checkWord("id", id) != nil {
		return nil
	}
	q.chest.drop(id)
	fence, stayed, err := q.leave(ctx, id, how, true)
	if err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if stayed {
		how = "" // counted with the stay
	}
	if err := q.erase(ctx, id, how); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if fence != "0" {
		if err := q.done(ctx, id, fence); err != nil {
			return fmt.Errorf("forget: %w", err)
		}
	}
	return nil
}

// erase does the second half: the conversation itself, and the note that it
// was to be erased. The outcome is counted when there was a conversation.
func (q *Queue) erase(ctx context.Context, id string, how Outcome) error {
	if err := q.dropCode(ctx, id); err != nil {
		return err
	}
	there, err := q.write(ctx, q.scripts.erase, []string{q.names.conversation(id)}, id, q.names.node)
	if err != nil {
		return err
	}
	if there != int64(1) {
		how = ""
	}
	q.chest.drop(id)
	_, err = q.write(ctx, q.scripts.erased, q.names.line, id, string(how), q.day())
	return err
}

// Evidence is all that is held about a conversation, in at most three fields
// for a person to read: when it began, to the hour; when it is erased at the
// latest, to the hour; and what is there. ErrGone when there is nothing.
func (q *Queue) Evidence(ctx context.Context, id string) (map[string]string, error) {
	if checkWord("id", id) != nil {
		return nil, fmt.Errorf("evidence: %w", ErrGone)
	}
	had, err := q.fields(ctx, id, "b", "s", "c")
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	key := q.names.conversation(id)
	left, err := q.client.PTTL(ctx, key).Result()
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	held := had[1] + " messages, sealed"
	if had[2] != "" {
		held += "; words to come back with, hashed"
	}
	w, err := q.waiting(ctx, id)
	if err == nil {
		held += fmt.Sprintf("; in the line as %s, %s, %s, %s, %s", w.Danger, w.Topic, w.Role, w.As, w.Lang)
	} else if !errors.Is(err, ErrGone) {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	hour := func(t time.Time) string { return t.UTC().Truncate(time.Hour).Format(time.RFC3339) }
	return map[string]string{
		"began":     hour(time.UnixMilli(number(had[0]))),
		"erased by": hour(q.clock.now().Add(left + time.Hour)),
		"held":      held,
	}, nil
}
