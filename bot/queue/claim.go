package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// claimTries bounds how often the next one is looked for: each try passes 64
// whose socket is gone.
const claimTries = 200

// Release says where a conversation goes when its counsellor lets go of it.
type Release string

// Where a released conversation can go.
const (
	ToBot  Release = "bot"  // back to the bot; the stay is counted as served
	ToLine Release = "line" // back to the line, at the front of its class
)

// Claim gives one waiting visitor to a counsellor, for 30 s and for as long
// as it is renewed: the next, or the one with the id. ErrNobody when nobody
// waits whose socket lives; with an id ErrTaken when a colleague has it, and
// ErrGone when it is not in the line or has no socket. Claiming again what
// one holds gives the same claim. After any other error one may hold a claim
// all the same: Claims tells.
func (q *Queue) Claim(ctx context.Context, holder, id string) (Claim, error) {
	if err := checkName(holder); err != nil {
		return Claim{}, fmt.Errorf("claim: %w", err)
	}
	if id != "" && checkWord("id", id) != nil {
		return Claim{}, fmt.Errorf("claim: %w", ErrGone)
	}
	for range claimTries {
		c, err := q.claim(ctx, holder, id)
		if errors.Is(err, errLook) || id == "" && errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return Claim{}, fmt.Errorf("claim: %w", err)
		}
		return c, nil
	}
	return Claim{}, fmt.Errorf("claim: %w", ErrNobody)
}

// errLook says that many in the line had no socket: look further.
var errLook = errors.New("look further")

func (q *Queue) claim(ctx context.Context, holder, id string) (Claim, error) {
	reply, err := q.write(ctx, q.scripts.claim, q.names.line,
		id, holder, q.node, q.lease.Milliseconds(), q.silent.Milliseconds(), q.names.lines)
	if err == nil {
		err = refusal(reply)
	}
	if err != nil {
		return Claim{}, err
	}
	if reply == "again" {
		return Claim{}, errLook
	}
	c, err := q.parseClaim(reply, holder)
	if err != nil {
		return Claim{}, err
	}
	return c, q.hold(ctx, c, q.node)
}

// hold writes a claim into its conversation. One whose conversation is gone
// leaves the line.
func (q *Queue) hold(ctx context.Context, c Claim, node string) error {
	reply, err := q.write(ctx, q.scripts.hold, []string{q.names.conversation(c.ID)}, c.ID, q.names.node, c.Fence, c.Holder, node)
	if err != nil {
		return err // Sweep does it later, or the lease runs out
	}
	if err := refusal(reply); err != nil {
		q.missed(c.ID, err)
		if errors.Is(err, ErrGone) {
			_, _, left := q.leave(ctx, c.ID, Expired, false)
			return errors.Join(err, left, q.done(ctx, c.ID, fmt.Sprint(c.Fence)))
		}
		return err
	}
	return q.done(ctx, c.ID, fmt.Sprint(c.Fence))
}

// free takes a claim off its conversation.
func (q *Queue) free(ctx context.Context, id, fence string) error {
	_, err := q.write(ctx, q.scripts.free, []string{q.names.conversation(id)}, id, q.names.node, fence)
	if err != nil {
		return err // Sweep does it later
	}
	return q.done(ctx, id, fence)
}

// done strikes a step in a conversation's slot off the list.
func (q *Queue) done(ctx context.Context, id, fence string) error {
	_, err := q.write(ctx, q.scripts.done, []string{q.names.todo}, id+":"+fence)
	return err
}

// parseClaim reads {id, fence, until, stay}.
func (q *Queue) parseClaim(reply any, holder string) (Claim, error) {
	parts, ok := words(reply)
	if !ok || len(parts) < 4 {
		return Claim{}, errors.New("unknown answer from the store")
	}
	return Claim{
		ID: parts[0], Holder: holder, Fence: number(parts[1]),
		Until: time.UnixMilli(number(parts[2])), Waiting: q.parseStay(parts[0], parts[3]),
	}, nil
}

// Renew holds on to a claim for another 30 s; do it every 10 s. ErrFenced when
// it is over. A lease that ran out is still renewed when nobody noticed.
func (q *Queue) Renew(ctx context.Context, c Claim) (Claim, error) {
	reply, err := q.write(ctx, q.scripts.renew, q.names.line, c.ID, c.Fence, q.lease.Milliseconds())
	if err == nil {
		err = refusal(reply)
	}
	if err != nil {
		return Claim{}, fmt.Errorf("renew: %w", err)
	}
	parts, ok := words(reply)
	if !ok || len(parts) != 2 {
		return Claim{}, errors.New("renew: unknown answer from the store")
	}
	c.Until, c.Waiting = time.UnixMilli(number(parts[0])), q.parseStay(c.ID, parts[1])
	return c, nil
}

// Release lets go of a claim; ErrFenced when it is over already.
func (q *Queue) Release(ctx context.Context, c Claim, to Release) error {
	switch to {
	case ToLine:
		return q.release(ctx, c, string(ToLine))
	case ToBot:
		return q.release(ctx, c, string(Served))
	}
	return fmt.Errorf("release: to %q: neither the bot nor the line", to)
}

// End ends a claim and the stay with its one outcome; ErrFenced when it is
// over already.
func (q *Queue) End(ctx context.Context, c Claim, how Outcome) error {
	if err := checkOutcome(how); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	return q.release(ctx, c, string(how))
}

func (q *Queue) release(ctx context.Context, c Claim, to string) error {
	reply, err := q.write(ctx, q.scripts.release, q.names.line, c.ID, c.Fence, to, q.day(), q.names.lines)
	if err == nil {
		err = refusal(reply)
	}
	if err == nil {
		err = q.free(ctx, c.ID, fmt.Sprint(c.Fence))
	}
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

// HandOver gives a claim to a colleague who is on duty, under a new fence: the
// old one may not write from then on. The colleague's node gets
// Hint{Kind: "claim", From: the colleague}. ErrFenced; ErrAway.
func (q *Queue) HandOver(ctx context.Context, c Claim, holder string) (Claim, error) {
	if err := checkName(holder); err != nil {
		return Claim{}, fmt.Errorf("hand over: %w", err)
	}
	node, err := q.desk(ctx, holder)
	if err != nil {
		return Claim{}, fmt.Errorf("hand over: %w", err)
	}
	reply, err := q.write(ctx, q.scripts.handover, q.names.line,
		c.ID, c.Fence, holder, node, q.lease.Milliseconds(), q.names.node)
	if err == nil {
		err = refusal(reply)
	}
	if err != nil {
		return Claim{}, fmt.Errorf("hand over: %w", err)
	}
	next, err := q.parseClaim(reply, holder)
	if err == nil {
		err = q.hold(ctx, next, node)
	}
	if err == nil {
		err = q.done(ctx, c.ID, fmt.Sprint(c.Fence))
	}
	if err != nil {
		return Claim{}, fmt.Errorf("hand over: %w", err)
	}
	return next, nil
}

// Claims gives what a counsellor holds, for a desk that comes back; hints
// about them come to this node from then on.
func (q *Queue) Claims(ctx context.Context, holder string) ([]Claim, error) {
	reply, err := q.write(ctx, q.scripts.claims, q.names.line, holder, q.node)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	parts, _ := words(reply)
	var out []Claim
	for i := 0; i+3 < len(parts); i += 4 {
		c := Claim{
			ID: parts[i], Holder: holder, Fence: number(parts[i+1]),
			Until: time.UnixMilli(number(parts[i+2])), Waiting: q.parseStay(parts[i], parts[i+3]),
		}
		switch err := q.hold(ctx, c, q.node); {
		case err == nil:
			out = append(out, c)
		case !errors.Is(err, ErrGone) && !errors.Is(err, ErrFenced):
			return nil, fmt.Errorf("claims: %w", err)
		}
	}
	return out, nil
}
