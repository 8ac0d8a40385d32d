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

// day is the day that is counted under: in UTC, by Redis' clock.
func (q *Queue) day() string { return q.clock.now().UTC().Format("2006-01-02") }

// Counters gives how many there were of each "day outcome danger language", as
// in "2026-11-23 served urgent nl", the day in UTC. Conversations that were
// forgotten and never stood in the line have "-" for danger and language.
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
