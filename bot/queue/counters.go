package queue

import (
	"context"
	"fmt"
	"strconv"
)

// Outcomes lists how a stay can end.
func Outcomes() []Outcome { return []Outcome{Served, Left, QuickExit, Expired, Elsewhere} }

func checkOutcome(how Outcome) error {
	for _, known := range Outcomes() {
		if how == known {
			return nil
		}
	}
	return fmt.Errorf("outcome %q is none of %v", how, Outcomes())
}

// Count adds one to a counter that belongs to no conversation, under the day:
// "2026-11-23 child-before 4 nl". It is not repeated: a lost one is no harm.
func (q *Queue) Count(ctx context.Context, what, value, lang string) error {
	for _, word := range []string{what, value, lang} {
		if err := checkWord("counter", word); err != nil {
			return fmt.Errorf("count: %w", err)
		}
	}
	if err := q.client.HIncrBy(ctx, q.names.counts, q.day()+" "+what+" "+value+" "+lang, 1).Err(); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	return nil
}

// day is the day that is counted under: in UTC, by Redis' clock.
func (q *Queue) day() string { return q.clock.now().UTC().Format("2006-01-02") }

// Counters gives how many there were of each "day outcome danger language", as
// in "2026-11-23 served urgent nl", the day in UTC. Conversations that were
// forgotten and never stood in the line have "-" for danger and language. What
// Count adds is among them.
func (q *Queue) Counters(ctx context.Context) (map[string]int64, error) {
	counts, err := q.client.HGetAll(ctx, q.names.counts).Result()
	if err != nil {
		return nil, fmt.Errorf("counters: %w", err)
	}
	out := make(map[string]int64, len(counts))
	for name, text := range counts {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("counters: %q: %w", name, err)
		}
		out[name] = n
	}
	return out, nil
}
