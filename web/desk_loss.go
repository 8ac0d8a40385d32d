package web

import (
	"context"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// loss makes a new epoch when the store knows less than it did.
func (d *desk) loss() {
	if d.server.store.Epoch() == d.epoch {
		d.server.call(func(ctx context.Context) error { return d.server.store.Lost(ctx, d.epoch) })
	}
	if d.server.store.Epoch() != d.epoch {
		d.newEpoch()
	}
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
			h.seq, h.returns, h.missed = min(h.seq, h.record.Seq), time.Time{}, time.Time{}
		case time.Now().After(h.returns):
			h.returns = time.Time{}
			d.gone(h, "lost")
		}
	}
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

// putBack holds a message that came just after a loss.
func (d *desk) putBack(f deskFrame) {
	d.refill.add(f, true, func(old deskFrame) bool {
		return old.id == f.id && old.conversation == f.conversation && old.kind == f.kind && f.id != ""
	})
}

// refilled stores what came after a loss, in order, once all are here again
// for whom it was.
func (d *desk) refilled() {
	for _, h := range d.cases {
		if !h.returns.IsZero() {
			return
		}
	}
	held, _ := d.refill.due(time.Now())
	for _, f := range held {
		d.act(f)
	}
}

// untilRefilled is how long it is until what came after a loss is stored.
func (d *desk) untilRefilled() time.Duration {
	if !d.refill.active() {
		return time.Second
	}
	return max(50*time.Millisecond, time.Until(d.refill.until))
}
