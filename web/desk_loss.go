package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// loss makes a new epoch when the store knows less than it did.
func (d *desk) loss() {
	if d.server.store.Epoch() == d.epoch {
		d.server.call(func(ctx context.Context) error { return d.server.store.Lost(ctx, d.epoch) })
	}
	d.noticed()
}

// noticed tells whether the store has lost state since this desk looked last,
// and goes on from there. The end of a child may have brought its conversation
// back before: without a claim, which is no reason to give it up.
func (d *desk) noticed() bool {
	if d.server.store.Epoch() == d.epoch {
		return false
	}
	d.newEpoch()
	return true
}

// notWritten goes on when a message could not be stored. It is held where it
// can be stored later, so that what is written after it stays after it.
func (d *desk) notWritten(f deskFrame, h *held, err error) {
	switch {
	case errors.Is(err, queue.ErrLost):
		d.loss()
		d.putBack(f)
	case d.waits(f, h, err):
	case decided(err):
		d.lost(f, h, err)
	default:
		if !d.stalled {
			d.fail(f, unavailable)
		}
		d.refill.stall()
		d.putBack(f)
	}
}

// waits holds a frame when the store may have lost state. It reports whether it
// did.
func (d *desk) waits(f deskFrame, h *held, err error) bool {
	switch {
	case errors.Is(err, queue.ErrGone) && (h.missed.IsZero() || time.Since(h.missed) < hintWait):
		d.refill.stall() // forgotten, or lost with more: the next look tells
		d.putBack(f)
		d.look(h)
	case errors.Is(err, queue.ErrFenced) && d.noticed():
		d.putBack(f)
	default:
		return false
	}
	return true
}

// newEpoch tells the desk that the store lost state, so that it sends its last
// messages again, and looks for the children that it had.
func (d *desk) newEpoch() {
	d.hello()
	d.refill.begin(false)
	for _, h := range d.cases {
		h.returns = time.Now().Add(returnMost)
	}
	d.bringBack()
}

// bringBack looks for the children of this desk after a loss. Whose claim is
// lost too is claimed again as soon as the child's end has brought the
// conversation back.
func (d *desk) bringBack() {
	for _, h := range d.cases {
		if h.returns.IsZero() {
			continue
		}
		err := h.load()
		switch {
		case err == nil && h.record.Holder == "":
			err = d.claimAgain(h)
		case err == nil && (h.record.Holder != d.name || h.record.Fence != h.claim.Fence):
			h.returns = time.Time{}
			d.gone(h, "lost")
			continue
		}
		switch {
		case err == nil:
			d.back(h)
		case time.Now().After(h.returns):
			h.returns = time.Time{}
			d.gone(h, "lost")
		}
	}
}

// back goes on with a child that was found, from what is stored.
func (d *desk) back(h *held) {
	entries, err := h.after(0)
	if err != nil {
		return // the next look tries again
	}
	h.seq, h.returns, h.missed = 0, time.Time{}, time.Time{}
	d.tellClaimed(h, entries)
}

// claimAgain takes a child that the line does not know any more.
func (d *desk) claimAgain(h *held) error {
	w := h.claim.Waiting
	w.ID, w.Connected = h.id, true
	err := d.server.call(func(ctx context.Context) error {
		_, err := d.server.store.Join(ctx, w)
		return err
	})
	var claim queue.Claim
	if err == nil {
		claim, err = d.askClaim(h.id)
	}
	if err != nil {
		return err
	}
	h.claim, h.fence = claim, claim.Fence
	return d.greet(h)
}

// putBack holds a message that came just after a loss, or how a talk ends.
func (d *desk) putBack(f deskFrame) {
	d.refill.add(f, true, func(old deskFrame) bool {
		return old.id == f.id && old.conversation == f.conversation && old.kind == f.kind && (f.id != "" || f.parts())
	})
}

// refilled stores what came after a loss, in order, once all are here again
// for whom it was.
func (d *desk) refilled() {
	if d.returning() {
		return
	}
	held, _ := d.refill.due(time.Now())
	d.stalled = true
	for _, f := range endsLast(held) {
		switch {
		case d.refill.active(): // one before it could not be stored
			d.putBack(f)
		case f.parts() && d.cases[f.conversation] == nil: // it is away already
		default:
			d.act(f)
		}
	}
	d.stalled = false
}

// endsLast puts what gives children away behind what was written, which may come
// again after it was said that the talk is over.
func endsLast(held []deskFrame) []deskFrame {
	ends := slices.DeleteFunc(slices.Clone(held), func(f deskFrame) bool { return !f.parts() })
	return append(slices.DeleteFunc(held, deskFrame.parts), ends...)
}

// returning tells whether a child is still looked for.
func (d *desk) returning() bool {
	for _, h := range d.cases {
		if !h.returns.IsZero() {
			return true
		}
	}
	return false
}

// untilRefilled is how long it is until what came after a loss is stored.
func (d *desk) untilRefilled() time.Duration {
	if !d.refill.active() {
		return time.Second
	}
	return max(50*time.Millisecond, time.Until(d.refill.until))
}
