package understand

import "github.com/praatpaal/praatpaal/bot/book"

// sureness gives the chances of what was picked.
func (u *Understander) sureness(sc *scratch, v *verdict) Sureness {
	h := &u.scorer.heads
	urgent := h[dangerHead].from + int(book.Urgent)
	sure := Sureness{
		Topic:  float64(sc.scores[h[topicHead].from+v.pick[topicHead]]),
		Role:   float64(sc.scores[h[roleHead].from+v.pick[roleHead]]),
		Urgent: float64(sc.scores[urgent] + sc.scores[urgent+1]),
		Known:  u.lexicon.knows(&sc.reading),
	}
	copy(sure.Topics[:], sc.scores[h[topicHead].from:])
	return sure
}

// knows gives the share of a message's words that are in the lexicon exactly
// as they were typed.
func (x *lexicon) knows(r *reading) float64 {
	all, known := 0, 0
	for _, p := range r.scan.pieces {
		if p.kind == numberPiece {
			continue
		}
		all++
		if x.find(r.scan.text[p.from:p.to]) != 0 {
			known++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(known) / float64(all)
}
