package understand

import (
	"cmp"
	"slices"
)

// How the weights are found: so many times through all messages, with steps of
// this size that get smaller as a feature has moved (shareOf of its squared
// slopes is counted), pulled this much towards nothing. Features of fewer
// messages than leastSeen are not kept, slopes under steep are not worth a step,
// and a message whose slopes are all under restless rests for a round.
const (
	rounds    = 3
	stepSize  = 0.15
	shareOf   = 0.1
	pull      = 1e-4
	leastSeen = 2
	steep     = 0.01
	restless  = 0.1
)

// labelled is a message as the scorer sees it, with its labels.
type labelled struct {
	features []int32
	labels   [headCount]int8
	times    float32 // how much it counts
	key      uint64  // its features, mixed to a number
}

// learner finds the weights of a scorer: logistic regression by stochastic
// steps that get smaller for features that have moved much. Its order is fixed,
// so that the same content always gives the same weights.
type learner struct {
	*scorer
	moved     []float32 // by row: squares of the steps so far
	worth     []float32 // by row: how large its steps are
	biasMoved weights
}

// learn makes a scorer from labelled messages.
func (u *Understander) learn(messages []heard) *scorer {
	all, counts := u.countFeatures(messages)
	s := &scorer{heads: heads(), index: newTable(len(counts))}
	data := make([]labelled, len(messages))
	for i := range messages {
		data[i] = labelled{labels: messages[i].labels, times: messages[i].times, key: keyOf(all[i]), features: s.keep(all[i], counts)}
	}
	s.rows = make([]weights, len(s.keys))
	s.expect(data)
	l := &learner{scorer: s, moved: make([]float32, len(s.keys)), worth: make([]float32, len(s.keys))}
	for i, k := range s.keys {
		kind, _, _ := split(k)
		l.worth[i] = worth(kind)
	}
	l.train(data)
	return s
}

// countFeatures lists the features of each message, and in how many messages
// each is seen.
func (u *Understander) countFeatures(messages []heard) ([][]uint64, map[uint64]int32) {
	all := make([][]uint64, len(messages))
	counts := map[uint64]int32{}
	var r reading
	var fired []firing
	var keys []uint64
	for i := range messages {
		u.lexicon.read(messages[i].text, &r)
		fired = u.rules.fire(&r, fired)
		keys = r.features(fired, keys)
		slices.Sort(keys)
		all[i] = slices.Clone(slices.Compact(keys))
		for _, k := range all[i] {
			counts[k]++
		}
	}
	return all, counts
}

// keep gives the rows of the features that were seen often enough.
func (s *scorer) keep(keys []uint64, counts map[uint64]int32) []int32 {
	var out []int32
	for _, k := range keys {
		if counts[k] < leastSeen {
			continue
		}
		n := s.index.find(k)
		if n < 0 {
			n = int32(len(s.keys))
			s.index.put(k, n)
			s.keys = append(s.keys, k)
		}
		out = append(out, n)
	}
	return out
}

// expect notes how often each value goes with each topic.
func (s *scorer) expect(data []labelled) {
	var count [outputs][topicCount]float32
	var total [headCount][topicCount]float32
	for i := range data {
		t := data[i].labels[topicHead]
		for h := topicHead + 1; h < headCount && t >= 0; h++ {
			if v := data[i].labels[h]; v >= 0 {
				count[s.heads[h].from+int(v)][t]++
				total[h][t]++
			}
		}
	}
	for h := topicHead + 1; h < headCount; h++ {
		for k := range s.heads[h].values {
			for t := range topicCount {
				n := s.heads[h].from + k
				s.together[n][t] = (count[n][t] + 0.5) / (total[h][t] + 0.5*float32(len(s.heads[h].values)))
			}
		}
	}
}

// train goes through the messages in an order that is shuffled and hangs on each
// message alone: one message more leaves the others where they were. A message
// that had little to teach rests for a round.
func (l *learner) train(data []labelled) {
	order, rests := make([]int, len(data)), make([]bool, len(data))
	place := make([]uint64, len(data))
	for i := range order {
		order[i] = i
	}
	for round := range rounds {
		for i := range data {
			place[i] = mix(data[i].key + uint64(round))
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
		for _, n := range order {
			rests[n] = !rests[n] && !l.step(&data[n])
		}
	}
}

// keyOf mixes a message's features to a number.
func keyOf(features []uint64) uint64 {
	var key uint64
	for _, f := range features {
		key = mix(key ^ f)
	}
	return key
}

// mix spreads the bits of a number, as MurmurHash3 ends.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// step moves the weights of one message's features towards its labels; false
// when they are all but there.
func (l *learner) step(m *labelled) bool {
	var free, held scores
	l.sum(m.features, &free)
	held = free
	l.chances(&free, nil)
	l.hold(&held, &m.labels)
	var slope weights
	var list [outputs]uint8
	n, most := 0, float32(0)
	for k := range slope {
		slope[k] = (free[k] - held[k]) * m.times
		if slope[k] > steep || slope[k] < -steep {
			list[n] = uint8(k)
			n++
			most = max(most, slope[k], -slope[k])
		}
	}
	if n > 0 {
		l.descend(m.features, &slope, list[:n])
	}
	return most > restless
}

// hold gives the chances when the known labels are held.
func (s *scorer) hold(out *scores, known *[headCount]int8) {
	for _, label := range known {
		if label < 0 {
			s.chances(out, known)
			return
		}
	}
	*out = scores{}
	for i, label := range known {
		out[s.heads[i].from+int(label)] = 1
	}
}

// descend takes a step down the slope for the listed outputs.
func (l *learner) descend(features []int32, slope *weights, list []uint8) {
	scale := scaleOf(len(features))
	all := float32(0)
	for _, k := range list {
		all += slope[k] * slope[k]
	}
	for _, n := range features {
		w, v := &l.rows[n], scale*l.worth[n]
		l.moved[n] += all * v * v * shareOf
		size := stepSize / (root(l.moved[n]) + 0.1)
		for _, k := range list {
			w[k] -= size * (slope[k]*v*l.worth[n] + pull*w[k])
		}
	}
	for _, k := range list {
		d := slope[k]
		l.biasMoved[k] += d * d
		l.bias[k] -= stepSize * 0.3 * d / (root(l.biasMoved[k]) + 0.1)
	}
}
