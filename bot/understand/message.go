package understand

import "github.com/praatpaal/praatpaal/bot/book"

// verdict is what was picked for each label, and the rule that decided, if any.
type verdict struct {
	pick   [headCount]int
	by     [headCount]int // index into the fired rules, or -1
	denial bool
}

// How much a rule's word about topic, role and wants counts beside the scorer's
// sums.
const ruleVote = 1

// The chances from which the scorer raises the danger by itself: to urgent when
// urgent and emergency together have sureUrgent and are overNone times as likely
// as no danger, which weighs a missed danger and a false alarm.
const (
	sureUrgent = 0.36
	overNone   = 2.5
	sureRaised = 0.5
)

// From these chances of no danger on, the samples overrule a rule; sooner when
// another rule says that there is none.
const (
	overruleUrgent    = 0.5
	overruleEmergency = 0.8
	overruleCalm      = 0.3
)

// Under this chance of a danger or a higher one, a rule raises only to the
// danger below: its words are there, and all that stands around them says that
// it has not come so far.
const hardly = 0.05

// Message says what a text means, and why. It is pure and safe for concurrent
// use.
func (u *Understander) Message(text string) Meaning { return u.hear(text, nil, true) }

// Hear is Message for every turn: it also says which of the choices that were
// offered the text names, and where the samples decided it leaves out by which
// words, which few ever read.
func (u *Understander) Hear(text string, offered []Option) Meaning {
	return u.hear(text, offered, false)
}

func (u *Understander) hear(text string, offered []Option, words bool) Meaning {
	sc := u.pool.Get().(*scratch)
	defer u.pool.Put(sc)
	u.score(text, sc)
	var v verdict
	u.decide(sc, &v)
	u.steps.closest(&sc.reading, &sc.weighing)
	h := &u.scorer.heads
	return Meaning{
		Topic:  h[topicHead].values[v.pick[topicHead]],
		Role:   h[roleHead].values[v.pick[roleHead]],
		Danger: book.Danger(v.pick[dangerHead]),
		Wants:  h[wantsHead].values[v.pick[wantsHead]],
		Why:    u.explain(sc, &v, words),
		Sure:   u.sureness(sc, &v),
		Lang:   u.language(&sc.reading),
		Ruled:  u.ruled(sc, &v),
		Soon:   u.soon(sc),
		Denial: v.denial,
		Named:  u.among(text, sc, offered),
		Steps:  u.steps.matches(&sc.weighing),
	}
}

// score reads a text, tries the rules and adds up the weights.
func (u *Understander) score(text string, sc *scratch) {
	u.lexicon.read(text, &sc.reading)
	sc.fired = u.rules.fire(&sc.reading, sc.fired)
	sc.features = sc.reading.features(sc.fired, sc.features)
	sc.rows = sc.look(u.scorer, sc.features)
	sc.reached ^= u.scorer.reach(sc.rows)
	u.scorer.sum(sc.rows, &sc.scores)
}

// look finds the rows of features, each once.
func (sc *scratch) look(s *scorer, features []uint64) []int32 {
	if len(sc.stamp) < len(s.keys) {
		sc.stamp, sc.now = make([]uint32, len(s.keys)), 0
	}
	if sc.now++; sc.now == 0 {
		clear(sc.stamp)
		sc.now = 1
	}
	out := sc.rows[:0]
	for _, f := range features {
		sc.reached ^= s.index.reach(f)
	}
	for _, f := range features {
		if n := s.index.find(f); n >= 0 && sc.stamp[n] != sc.now {
			sc.stamp[n] = sc.now
			out = append(out, n)
		}
	}
	return out
}

// decide weighs the rules that hold and the scorer.
func (u *Understander) decide(sc *scratch, v *verdict) {
	u.vote(sc)
	u.scorer.chances(&sc.scores, nil)
	for i := range v.pick {
		v.pick[i] = u.scorer.best(i, &sc.scores)
	}
	v.pick[dangerHead] = int(u.danger(sc))
	for i := range v.by {
		v.by[i] = u.credit(sc, i, v.pick[i])
	}
	v.denial = v.pick[dangerHead] == int(book.None) && len(sc.tokens) <= 12 && u.says(sc, func(o *outcome) bool { return o.denial })
}

// vote adds the rules' words about topic, role and wants to the sums. Where
// rules name several topics, the one that wins on the labels page counts.
func (u *Understander) vote(sc *scratch) {
	first := int8(topicCount)
	for _, f := range sc.fired {
		out := &u.rules.rules[f.rule].out
		if at := out.picks[topicHead]; at >= 0 {
			first = min(first, at)
		}
		for _, i := range [...]int{roleHead, wantsHead} {
			if at := out.picks[i]; at >= 0 {
				sc.scores[u.scorer.heads[i].from+int(at)] += ruleVote
			}
		}
	}
	if first < topicCount {
		sc.scores[u.scorer.heads[topicHead].from+int(first)] += ruleVote
	}
}

// says tells whether some rule that holds has such an outcome.
func (u *Understander) says(sc *scratch, such func(*outcome) bool) bool {
	for _, f := range sc.fired {
		if such(&u.rules.rules[f.rule].out) {
			return true
		}
	}
	return false
}

// danger takes the highest of what the rules say and what the scorer says.
func (u *Understander) danger(sc *scratch) book.Danger {
	from := u.scorer.heads[dangerHead].from
	p := sc.scores[from : from+dangerCount]
	level := u.scoredDanger(sc, p)
	calm := u.says(sc, func(o *outcome) bool { return o.calm() })
	for _, f := range sc.fired {
		d := notHardly(book.Danger(u.rules.rules[f.rule].out.picks[dangerHead]), p)
		if d <= level {
			continue
		}
		doubt := float32(overruleUrgent)
		if d == book.Emergency {
			doubt = overruleEmergency
		}
		if calm {
			doubt -= overruleCalm
		}
		if p[book.None] < doubt {
			level = d
		}
	}
	return level
}

// notHardly lowers a danger that a rule names and the samples hardly see.
func notHardly(d book.Danger, p []float32) book.Danger {
	for d > book.Concern && sum(p[d:]) < hardly {
		d--
	}
	return d
}

func sum(p []float32) (all float32) {
	for _, v := range p {
		all += v
	}
	return all
}

// scoredDanger is what the scorer says by itself; an emergency only when a
// rule confirms that it is now.
func (u *Understander) scoredDanger(sc *scratch, p []float32) book.Danger {
	soon := p[book.Urgent] + p[book.Emergency]
	switch {
	case soon >= sureUrgent && soon >= overNone*p[book.None]:
		confirmed := func(o *outcome) bool { return o.confirms > 0 && p[book.Emergency] >= o.confirms }
		if p[book.Emergency] > p[book.Urgent] && u.says(sc, confirmed) {
			return book.Emergency
		}
		return book.Urgent
	case 1-p[book.None] >= sureRaised:
		return book.Concern
	}
	return book.None
}

// ruled tells whether the picked danger is a rule's word, and not the scorer's
// that a rule only confirms.
func (u *Understander) ruled(sc *scratch, v *verdict) bool {
	n := v.by[dangerHead]
	return n >= 0 && u.rules.rules[sc.fired[n].rule].out.confirms == 0
}

// soon gives the rule that hastens a danger, nil when none holds.
func (u *Understander) soon(sc *scratch) *Reason {
	for _, f := range sc.fired {
		if r := &u.rules.rules[f.rule]; r.out.hastens {
			p := &u.rules.patterns[f.pattern]
			return &Reason{Label: "danger", Rule: r.name, File: r.file, Line: int(p.line), What: p.text}
		}
	}
	return nil
}

// credit finds the rule that says what was picked for a label, or -1.
func (u *Understander) credit(sc *scratch, i, pick int) int {
	for n, f := range sc.fired {
		if int(u.rules.rules[f.rule].out.picks[i]) == pick {
			return n
		}
	}
	if i == dangerHead && book.Danger(pick) == book.Emergency {
		for n, f := range sc.fired {
			if u.rules.rules[f.rule].out.confirms > 0 {
				return n
			}
		}
	}
	return -1
}
