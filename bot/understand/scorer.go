package understand

import (
	"math"

	"github.com/praatpaal/praatpaal/bot/book"
)

// head is one label that the scorer gives, with the values it chooses from.
type head struct {
	name   string
	values []string
	from   int // its first output
}

// Labels in the order of the outputs.
const (
	topicHead = iota
	roleHead
	dangerHead
	wantsHead
	headCount
)

// The outputs of the scorer are the values of all labels, one behind the other.
const (
	topicCount  = 12
	roleCount   = 5
	dangerCount = 4
	wantsCount  = 15
	outputs     = topicCount + roleCount + dangerCount + wantsCount
)

func heads() [headCount]head {
	list := [headCount]head{
		topicHead:  {name: "topic", values: book.Topics()},
		roleHead:   {name: "role", values: book.Roles()},
		dangerHead: {name: "danger", values: book.Dangers()},
		wantsHead:  {name: "wants", values: book.Wants()},
	}
	at := 0
	for i := range list {
		list[i].from = at
		at += len(list[i].values)
	}
	return list
}

// weights of one feature, one for each output.
type weights [outputs]float32

// scores of one message: sums of weights, and then chances.
type scores [outputs]float32

// scorer gives each value of each label a chance, from words and families that
// were seen with it in labelled messages. It is read-only after learn.
type scorer struct {
	heads [headCount]head
	index *table   // feature to row
	keys  []uint64 // row to feature
	rows  []weights
	bias  weights
	// together says how often a value of another label goes with a topic.
	together [outputs][topicCount]float32
}

// reach touches the weights of features, like table.reach.
func (s *scorer) reach(rows []int32) uint64 {
	const line = 16 // weights
	all := float32(0)
	for _, n := range rows {
		w := &s.rows[n]
		all += w[0] + w[line] + w[2*line] + w[outputs-1]
	}
	return uint64(math.Float32bits(all))
}

// sum adds up the weights of a message's features.
func (s *scorer) sum(rows []int32, out *scores) {
	*out = scores(s.bias)
	scale := scaleOf(len(rows))
	for _, n := range rows {
		w := &s.rows[n]
		for i := range out {
			out[i] += w[i] * scale
		}
	}
}

// scaleOf keeps long messages from shouting.
func scaleOf(n int) float32 { return 4 / root(float32(n)+8) }

func root(v float32) float32 { return float32(math.Sqrt(float64(v))) }

// chances turns sums into chances. The labels are weighed together: each topic
// with every role, danger and wish, so that a message that is surely small talk
// is hardly urgent. Labels that are known (not unknownLabel) are held.
func (s *scorer) chances(out *scores, known *[headCount]int8) {
	var raw scores
	for i := range s.heads {
		s.heads[i].raise(out, &raw, known, i)
	}
	var given [headCount][topicCount]float32
	for i := topicHead + 1; i < headCount; i++ {
		given[i] = s.given(i, &raw)
	}
	topics, all := [topicCount]float32(raw[:topicCount]), float32(0)
	for t := range topics {
		for i := topicHead + 1; i < headCount && topics[t] > 0; i++ {
			topics[t] *= given[i][t]
		}
		all += topics[t]
	}
	*out = scores{}
	for t := range topics {
		out[t] = topics[t] / all
	}
	for i := topicHead + 1; i < headCount; i++ {
		s.spread(i, &given[i], &raw, out)
	}
}

// raise takes the exponential of a label's sums; 0 for values that are ruled out.
func (h *head) raise(out, raw *scores, known *[headCount]int8, i int) {
	most := out[h.from]
	for k := h.from; k < h.from+len(h.values); k++ {
		most = max(most, out[k])
	}
	for k := h.from; k < h.from+len(h.values); k++ {
		if known == nil || known[i] < 0 || h.from+int(known[i]) == k {
			raw[k] = float32(math.Exp(float64(out[k] - most)))
		}
	}
}

// given sums up one label's values for each topic.
func (s *scorer) given(i int, raw *scores) (sums [topicCount]float32) {
	for t := range sums {
		sums[t] = 1e-20
	}
	h := &s.heads[i]
	for k := h.from; k < h.from+len(h.values); k++ {
		for t, w := range &s.together[k] {
			sums[t] += raw[k] * w
		}
	}
	return sums
}

// spread hands the topics' shares on to another label's values.
func (s *scorer) spread(i int, given *[topicCount]float32, raw, out *scores) {
	var parts [topicCount]float32
	for t := range parts {
		if out[t] > 1e-5 {
			parts[t] = out[t] / given[t]
		}
	}
	h := &s.heads[i]
	for k := h.from; k < h.from+len(h.values); k++ {
		for t, w := range &s.together[k] {
			out[k] += parts[t] * raw[k] * w
		}
	}
}

// best gives the likeliest value of a label.
func (s *scorer) best(i int, out *scores) int {
	h := &s.heads[i]
	best := 0
	for k := range h.values {
		if out[h.from+k] > out[h.from+best] {
			best = k
		}
	}
	return best
}
