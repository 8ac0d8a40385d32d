package understand

import (
	"math"

	"github.com/praatpaal/praatpaal/bot/book"
)

// head is one label that the scorer gives, with the values it chooses from.
type head struct {
	name   string
	values []string
	from   int // first output
}

// outputs of the scorer: the values of all heads, one behind the other.
const (
	topicHead = iota
	roleHead
	dangerHead
	wantsHead
	headCount
)

func heads() [headCount]head {
	list := [headCount]head{
		{name: "topic", values: book.Topics()},
		{name: "role", values: book.Roles()},
		{name: "danger", values: book.Dangers()},
		{name: "wants", values: book.Wants()},
	}
	at := 0
	for i := range list {
		list[i].from = at
		at += len(list[i].values)
	}
	return list
}

// outputs is the number of values of all heads.
const (
	topicCount = 12
	outputs    = topicCount + 5 + 4 + 15
)

// weights of one feature, one for each output.
type weights [outputs]float32

// labelled is a message with its labels; -1 where a label is not known.
type labelled struct {
	features []int32
	labels   [headCount]int8
	times    float32 // how much it counts
}

// scorer gives each value of each label a chance, from words and families that
// were seen with it in labelled messages.
type scorer struct {
	heads [headCount]head
	index map[uint64]int32 // feature to row
	keys  []uint64         // row to feature
	rows  []weights
	bias  weights
	// together says how well a value of another label goes with a topic: a
	// factor for each pair.
	together [outputs][topicCount]float32
}

// scores are the chances of all outputs.
type scores [outputs]float32

// sum adds up the weights of a message's features.
func (s *scorer) sum(rows []int32, out *scores) {
	for i := range out {
		out[i] = s.bias[i]
	}
	scale := scaleOf(len(rows))
	for _, n := range rows {
		w := &s.rows[n]
		for i := range out {
			out[i] += w[i] * scale
		}
	}
}

// scaleOf keeps long messages from shouting.
func scaleOf(n int) float32 {
	if n == 0 {
		return 1
	}
	return float32(4 / math.Sqrt(float64(n)+8))
}

// chances turns sums into chances. The labels are weighed together: each topic
// with every role, danger and wish, so that a message that is surely small talk
// is hardly urgent. Labels that are known (not -1) are held.
func (s *scorer) chances(out *scores, known *[headCount]int8) {
	var raw, topics scores
	for i := range s.heads {
		h := &s.heads[i]
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
	*out = scores{}
	all := float32(0)
	for t := range topicCount {
		topics[t] = raw[t]
		for i := topicHead + 1; i < headCount && topics[t] > 0; i++ {
			topics[t] *= s.given(t, i, &raw)
		}
		all += topics[t]
	}
	for t := range topicCount {
		share := topics[t] / all
		out[t] = share
		if share < 1e-5 {
			continue
		}
		for i := topicHead + 1; i < headCount; i++ {
			h := &s.heads[i]
			part := share / s.given(t, i, &raw)
			for k := h.from; k < h.from+len(h.values); k++ {
				out[k] += part * raw[k] * s.together[k][t]
			}
		}
	}
}

// given sums up one label's values when the topic is t.
func (s *scorer) given(t, i int, raw *scores) float32 {
	h := &s.heads[i]
	sum := float32(1e-20)
	for k := h.from; k < h.from+len(h.values); k++ {
		sum += raw[k] * s.together[k][t]
	}
	return sum
}

// rowsOf looks features up, each once.
func (s *scorer) rowsOf(features []uint64, out []int32) []int32 {
	out = out[:0]
next:
	for _, f := range features {
		if n, ok := s.index[f]; ok {
			for _, have := range out {
				if have == n {
					continue next
				}
			}
			out = append(out, n)
		}
	}
	return out
}

// training says how the weights are found.
type training struct {
	rounds int
	rate   float64
	decay  float64
}

// train finds the weights: logistic regression by stochastic gradient steps
// that get smaller for features seen often, in a fixed order.
func (s *scorer) train(data []labelled, t training) {
	grads := make([]weights, len(s.rows))
	var biasGrads weights
	order := make([]int, len(data))
	for i := range order {
		order[i] = i
	}
	s.expect(data)
	seed := uint64(1)
	for range t.rounds {
		for i := len(order) - 1; i > 0; i-- {
			seed = seed*6364136223846793005 + 1442695040888963407
			j := int(seed>>33) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, n := range order {
			s.step(&data[n], grads, &biasGrads, t)
		}
	}
}

// expect starts with how often each value goes with each topic.
func (s *scorer) expect(data []labelled) {
	var count [outputs][topicCount]float64
	var total [headCount][topicCount]float64
	for i := range data {
		t := data[i].labels[topicHead]
		if t < 0 {
			continue
		}
		for h := topicHead + 1; h < headCount; h++ {
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
				s.together[n][t] = float32((count[n][t] + 0.5) / (total[h][t] + 0.5*float64(len(s.heads[h].values))))
			}
		}
	}
}

func (s *scorer) step(m *labelled, grads []weights, biasGrads *weights, t training) {
	var free, held scores
	s.sum(m.features, &free)
	held = free
	s.chances(&free, nil)
	s.hold(&held, &m.labels)
	var slope weights
	var active [outputs]uint8
	n := 0
	for k := range slope {
		slope[k] = (free[k] - held[k]) * m.times
		if slope[k] > 0.01 || slope[k] < -0.01 {
			active[n] = uint8(k)
			n++
		}
	}
	if n == 0 {
		return
	}
	s.descend(m.features, &slope, active[:n], grads, t)
	rate := float32(t.rate)
	for _, k := range active[:n] {
		d := slope[k]
		biasGrads[k] += d * d
		s.bias[k] -= rate * 0.3 * d / (root(biasGrads[k]) + 0.1)
	}
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

// descend takes a step down the slope, a smaller one for features that have
// moved much.
func (s *scorer) descend(features []int32, slope *weights, active []uint8, grads []weights, t training) {
	scale := scaleOf(len(features))
	rate, decay := float32(t.rate), float32(t.decay)
	wants := uint8(s.heads[wantsHead].from)
	for _, n := range features {
		w, g := &s.rows[n], &grads[n]
		pair := s.keys[n]>>58 == pairFeature
		for _, k := range active {
			if pair && k >= wants {
				break
			}
			d := slope[k]*scale + decay*w[k]
			g[k] += d * d
			w[k] -= rate * d / (root(g[k]) + 0.1)
		}
	}
}

func root(v float32) float32 { return float32(math.Sqrt(float64(v))) }
