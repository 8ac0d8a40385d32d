package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const sweepMost = 100 // of each kind in one sweep

// Sweep puts right what was left half done; call it on every node each
// second. Leases that ran out go back to the front of the line, the holder is
// taken off the conversation, and both ends are told; it gives those claims.
// Sockets that fell silent lose their turn, not their place, for an hour.
// Steps between two slots that somebody began and did not finish are
// finished, and so is erasing.
func (q *Queue) Sweep(ctx context.Context) ([]Claim, error) {
	reply, err := q.write(ctx, q.scripts.sweep, q.names.line,
		q.silent.Milliseconds(), q.away.Milliseconds(), q.day(), q.names.lines)
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	parts, _ := words(reply)
	var lost []Claim
	for i := 0; i+3 < len(parts); i += 4 {
		lost = append(lost, Claim{
			ID: parts[i], Fence: number(parts[i+1]), Holder: parts[i+2],
			Until: q.clock.now().Truncate(time.Millisecond), Waiting: q.parseStay(parts[i], parts[i+3]),
		})
	}
	var all error
	for _, c := range lost {
		all = errors.Join(all, q.free(ctx, c.ID, fmt.Sprint(c.Fence)))
	}
	all = errors.Join(all, q.finish(ctx), q.finishErasing(ctx))
	if all != nil {
		return lost, fmt.Errorf("sweep: %w", all)
	}
	return lost, nil
}

// finish does the steps in conversations' slots that are still to be done.
func (q *Queue) finish(ctx context.Context) error {
	reply, err := q.read(ctx, q.scripts.todo, q.names.line, sweepMost)
	if err != nil {
		return err
	}
	parts, _ := words(reply)
	var all error
	for i := 0; i+3 < len(parts); i += 4 {
		id, fence, holder, node := parts[i], parts[i+1], parts[i+2], parts[i+3]
		if holder == "" {
			all = errors.Join(all, q.free(ctx, id, fence))
			continue
		}
		err := q.hold(ctx, Claim{ID: id, Fence: number(fence), Holder: holder}, node)
		if errors.Is(err, ErrFenced) {
			err = q.done(ctx, id, fence) // a newer claim is there: nothing to do
		}
		if !errors.Is(err, ErrGone) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// finishErasing erases the conversations whose erasing was begun.
func (q *Queue) finishErasing(ctx context.Context) error {
	ids, err := q.client.SRandMemberN(ctx, q.names.shred, sweepMost).Result()
	if err != nil {
		return err
	}
	var all error
	for _, id := range ids {
		all = errors.Join(all, q.erase(ctx, id, ""))
	}
	return all
}
