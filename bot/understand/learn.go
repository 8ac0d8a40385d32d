package understand

import (
	"os"
	"slices"
	"strconv"
)

// Features that were seen in fewer messages than this are not kept.
const leastSeen = 2

// learn makes a scorer from labelled messages.
func (u *Understander) learn(messages []heard) *scorer {
	s := &scorer{heads: heads(), index: map[uint64]int32{}}
	all := make([][]uint64, len(messages))
	counts := map[uint64]int{}
	var r reading
	var fired []firing
	var keys []uint64
	for i := range messages {
		u.lexicon.read(messages[i].text, &r)
		fired = u.rules.fire(&r, fired)
		keys = u.lexicon.features(&r, fired, keys)
		slices.Sort(keys)
		all[i] = slices.Clone(slices.Compact(keys))
		for _, k := range all[i] {
			counts[k]++
		}
	}
	data := make([]labelled, len(messages))
	for i := range messages {
		data[i] = labelled{labels: messages[i].labels, times: messages[i].times, features: s.kept(all[i], counts)}
	}
	s.rows = make([]weights, len(s.keys))
	s.train(data, training{rounds: envi("ROUNDS", 6), rate: envf("RATE", 0.15), decay: envf("DECAY", 1e-4)})
	return s
}

// kept gives the rows of the features that were seen often enough.
func (s *scorer) kept(keys []uint64, counts map[uint64]int) []int32 {
	var out []int32
	for _, k := range keys {
		if counts[k] < envi("LEAST", leastSeen) {
			continue
		}
		n, ok := s.index[k]
		if !ok {
			n = int32(len(s.keys))
			s.index[k] = n
			s.keys = append(s.keys, k)
		}
		out = append(out, n)
	}
	return out
}

func envi(k string, d int) int {
	if v, err := strconv.Atoi(os.Getenv(k)); err == nil {
		return v
	}
	return d
}

func envf(k string, d float64) float64 {
	if v, err := strconv.ParseFloat(os.Getenv(k), 64); err == nil {
		return v
	}
	return d
}
