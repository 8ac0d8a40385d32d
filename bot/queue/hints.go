package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	hintsMost = 1024   // hints that nobody has read yet; more are dropped
	echo      = "echo" // what a node says to itself, to know that it hears
	deaf      = 2*watchTime + 2*time.Second
)

// toDesk are the kinds that the counsellor's end hears too.
func toDesk() []string { return []string{"log", "typing", "danger", "gone", "connected", "forgotten"} }

// Hints gives what other nodes, and this one, say has changed. A hint may be
// lost: the channel never blocks anybody, so read it without delay. It is
// closed by Close.
func (q *Queue) Hints() <-chan Hint { return q.hints }

// Hint tells the node that owns the child's end of the conversation and, for
// what concerns the counsellor as well, the node of the desk that holds it.
// Kind "line" goes to every node. Nobody there is no error.
func (q *Queue) Hint(ctx context.Context, h Hint) error {
	for _, text := range []string{h.ID, h.Kind, h.From, h.Origin} {
		if err := checkText("hint", text); err != nil {
			return err
		}
	}
	if h.Kind == "line" {
		if err := q.client.Publish(ctx, q.names.lines, h.encode()).Err(); err != nil {
			return fmt.Errorf("hint: %w", err)
		}
		return nil
	}
	if err := checkWord("id", h.ID); err != nil {
		return fmt.Errorf("hint: %w", err)
	}
	_, err := q.read(ctx, q.scripts.hint, []string{q.names.conversation(h.ID)},
		q.names.node, h.encode(), flag(slices.Contains(toDesk(), h.Kind)))
	if err != nil {
		return fmt.Errorf("hint: %w", err)
	}
	return nil
}

// encode gives "kind US id US from US origin", as the scripts write it too.
func (h Hint) encode() string { return strings.Join([]string{h.Kind, h.ID, h.From, h.Origin}, us) }

func parseHint(text string) (Hint, bool) {
	parts := strings.Split(text, us)
	if len(parts) != 4 {
		return Hint{}, false
	}
	return Hint{Kind: parts[0], ID: parts[1], From: parts[2], Origin: parts[3]}, true
}

// subscribe opens the node's one subscription and returns once it stands.
func (q *Queue) subscribe(ctx context.Context) (*redis.PubSub, error) {
	channels := []string{q.names.node + q.node, q.names.lines}
	subscription := q.client.Subscribe(ctx, channels...)
	for range channels {
		if _, err := subscription.ReceiveTimeout(ctx, readTimeout); err != nil {
			_ = subscription.Close()
			return nil, err
		}
	}
	return subscription, nil
}

// hear is the loop that reads the subscription, and makes another one when it
// breaks or falls silent: after a failover a connection may look healthy and
// never say anything again, but then our own echo does not come back either.
func (q *Queue) hear(subscription *redis.PubSub) {
	defer close(q.hints)
	for {
		if subscription != nil {
			q.listen(subscription)
		}
		if !q.pause(200 * time.Millisecond) {
			return
		}
		q.epoch.doubt()
		subscription, _ = q.subscribe(q.life) // nil when it fails: tried again
	}
}

// listen passes hints on until the subscription ends.
func (q *Queue) listen(subscription *redis.PubSub) {
	stop := context.AfterFunc(q.life, func() { _ = subscription.Close() }) // breaks the wait
	defer func() {
		stop()
		_ = subscription.Close()
	}()
	for {
		message, err := subscription.ReceiveTimeout(q.life, deaf)
		if err != nil {
			return
		}
		if m, ok := message.(*redis.Message); ok && m.Payload != echo {
			q.pass(m.Payload)
		}
	}
}

func (q *Queue) pass(payload string) {
	h, ok := parseHint(payload)
	if !ok {
		return // of another version of ours
	}
	if h.Kind == "line" && len(q.hints) > hintsMost/2 {
		return // many of these say no more than one
	}
	select {
	case q.hints <- h:
	default:
	}
}
