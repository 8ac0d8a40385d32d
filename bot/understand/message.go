package understand

import (
	"fmt"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Message says what a text means. It is pure and safe for concurrent use.
func (u *Understander) Message(text string) Meaning {
	sc := u.pool.Get().(*scratch)
	defer u.pool.Put(sc)
	u.lexicon.read(text, &sc.reading)
	sc.fired = u.rules.fire(&sc.reading, sc.fired)
	sc.features = u.lexicon.features(&sc.reading, sc.fired, sc.features)
	sc.rows = u.scorer.rowsOf(sc.features, sc.rows)
	u.scorer.sum(sc.rows, &sc.scores)
	var v verdict
	u.decide(sc, &v)
	u.steps.closest(&sc.reading, &sc.weighing)
	m := Meaning{
		Topic: u.scorer.heads[topicHead].values[v.pick[topicHead]],
		Role:  u.scorer.heads[roleHead].values[v.pick[roleHead]], Danger: book.Danger(v.pick[dangerHead]),
		Wants: u.scorer.heads[wantsHead].values[v.pick[wantsHead]], Denial: v.denial,
		Lang: u.language(&sc.reading),
	}
	m.Sure = u.sureness(sc, &v)
	m.Why = u.explain(sc, &v)
	m.Steps = append([]Match(nil), sc.best...)
	return m
}

// sureness gives the chances of what was picked.
func (u *Understander) sureness(sc *scratch, v *verdict) Sureness {
	urgent := u.scorer.heads[dangerHead].from + int(book.Urgent)
	return Sureness{
		Known:  u.lexicon.knows(&sc.reading),
		Topics: [topicCount]float32(sc.scores[:topicCount]),
		Topic:  float64(sc.scores[v.pick[topicHead]]),
		Role:   float64(sc.scores[u.scorer.heads[roleHead].from+v.pick[roleHead]]),
		Urgent: float64(sc.scores[urgent] + sc.scores[urgent+1]),
	}
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
		if _, ok := x.words[string(r.scan.text[p.from:p.to])]; ok {
			known++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(known) / float64(all)
}

// verdict is what was picked for each label, and the rule that decided, if any.
type verdict struct {
	pick   [headCount]int
	by     [headCount]int // index into fired, or -1
	denial bool
}

// How much a rule's word counts beside the scorer's, and the chances from which
// the scorer raises the danger.
const (
	ruleVote   = 3
	sureUrgent = 0.45
	sureRaised = 0.5
	// From these chances of no danger on, the samples overrule a rule.
	overruleUrgent    = 0.6
	overruleEmergency = 0.8
)

// decide weighs the rules that hold and the scorer.
func (u *Understander) decide(sc *scratch, v *verdict) {
	for i := range v.by {
		v.by[i] = -1
	}
	calm, confirmed := false, false
	for _, f := range sc.fired {
		out := &u.rules.rules[f.rule].out
		calm = calm || out.calm
		confirmed = confirmed || out.confirms
		v.denial = v.denial || out.denial
	}
	u.vote(sc, v)
	u.scorer.chances(&sc.scores, nil)
	for i := range u.scorer.heads {
		if i != dangerHead {
			v.pick[i] = u.scorer.best(i, &sc.scores)
		}
	}
	u.danger(sc, v, calm, confirmed)
	for i := range v.by {
		u.credit(sc, v, i)
	}
}

// vote adds the rules' words about topic, role and wants to the scores.
func (u *Understander) vote(sc *scratch, v *verdict) {
	for _, f := range sc.fired {
		out := &u.rules.rules[f.rule].out
		for i, value := range []string{topicHead: out.topic, roleHead: out.role, wantsHead: out.wants, dangerHead: ""} {
			h := &u.scorer.heads[i]
			for k := range h.values {
				if h.values[k] == value {
					sc.scores[h.from+k] += ruleVote
				}
			}
		}
	}
}

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

// danger takes the highest of what the rules say and what the scorer says.
func (u *Understander) danger(sc *scratch, v *verdict, calm, confirmed bool) {
	h := &u.scorer.heads[dangerHead]
	p := sc.scores[h.from : h.from+len(h.values)]
	level := book.None
	switch {
	case p[book.Urgent]+p[book.Emergency] >= sureUrgent:
		level = book.Urgent
		if confirmed && p[book.Emergency] > p[book.Urgent] {
			level = book.Emergency
		}
	case 1-p[book.None] >= sureRaised:
		level = book.Concern
	}
	for _, f := range sc.fired {
		d := u.rules.rules[f.rule].out.danger
		if d == nil || *d <= level || envi("NOFLOOR", 0) == 1 {
			continue
		}
		doubt := float32(overruleUrgent)
		if *d == book.Emergency {
			doubt = overruleEmergency
		}
		if calm {
			doubt -= 0.3
		}
		if p[book.None] < doubt {
			level = *d
		}
	}
	v.pick[dangerHead] = int(level)
}

// credit finds the rule that says what was picked.
func (u *Understander) credit(sc *scratch, v *verdict, i int) {
	value := u.scorer.heads[i].values[v.pick[i]]
	for n, f := range sc.fired {
		out := &u.rules.rules[f.rule].out
		said := map[int]string{topicHead: out.topic, roleHead: out.role, wantsHead: out.wants}[i]
		if i == dangerHead && out.danger != nil {
			said = out.danger.String()
		}
		if said == value {
			v.by[i] = n
			return
		}
	}
}

// explain names, for each label, the rule that decided or the words that
// weighed most.
func (u *Understander) explain(sc *scratch, v *verdict) []Reason {
	out := make([]Reason, 0, headCount)
	for i := range u.scorer.heads {
		label := u.scorer.heads[i].name
		if n := v.by[i]; n >= 0 {
			f := sc.fired[n]
			r, p := &u.rules.rules[f.rule], &u.rules.patterns[f.pattern]
			out = append(out, Reason{Label: label, Rule: r.name, File: r.file, Line: int(p.line), What: p.text})
			continue
		}
		out = append(out, Reason{Label: label, Rule: "samples", What: u.weighed(sc, i, v.pick[i])})
	}
	return out
}

// weighed names the three features that spoke most for a value.
func (u *Understander) weighed(sc *scratch, i, value int) string {
	var top [3]int32
	var weight [3]float32
	at := u.scorer.heads[i].from + value
	for _, n := range sc.rows {
		w := u.scorer.rows[n][at]
		for k := range top {
			if w > weight[k] {
				copy(top[k+1:], top[k:])
				copy(weight[k+1:], weight[k:])
				top[k], weight[k] = n, w
				break
			}
		}
	}
	var b strings.Builder
	for k := range top {
		if weight[k] > 0 {
			if k > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s %+.2f", u.featureName(u.scorer.keys[top[k]]), weight[k])
		}
	}
	return b.String()
}

// featureName writes a feature as an editor knows it.
func (u *Understander) featureName(k uint64) string {
	kind, a, b := k>>58, k>>29&(1<<29-1), k&(1<<29-1)
	switch kind {
	case stemFeature:
		return u.lexicon.stemText[a]
	case stemsFeature:
		return u.lexicon.stemText[a] + " " + u.lexicon.stemText[b]
	case skipFeature:
		return u.lexicon.stemText[a] + " … " + u.lexicon.stemText[b]
	case familyFeature:
		return u.familyName(a)
	case pairFeature, acrossFeature:
		return u.familyName(a) + " … " + u.familyName(b)
	case ruleFeature:
		return "rule " + u.rules.rules[a].name
	case styleFeature:
		return [...]string{"", "whole sentences", "a capital", "a question", "a long message", "a short message", "one word", "several sentences", "an emoji", "capitals"}[a]
	}
	return "?"
}

func (u *Understander) familyName(key uint64) string {
	name := "{" + u.lexicon.families[key/2].name + "}"
	if key%2 == 1 {
		return "not " + name
	}
	return name
}

// language tells when a message is clearly in another language.
func (u *Understander) language(r *reading) string {
	if len(r.tokens) < 3 {
		return ""
	}
	other := 0
	for i := range r.tokens {
		if r.at(u.lexicon.known.foreign, i) {
			other++
		}
	}
	if other*5 >= len(r.tokens)*2 {
		if u.lexicon.lang == "nl" {
			return "en"
		}
		return "nl"
	}
	return ""
}

// checkQuotes reports quoted sentences that do not make their rule hold.
func (u *Understander) checkQuotes() []book.Finding {
	var out []book.Finding
	var r reading
	var fired []firing
	for n := range u.rules.rules {
		rule := &u.rules.rules[n]
	next:
		for _, q := range rule.quotes {
			u.lexicon.read(q.Text, &r)
			fired = u.rules.fire(&r, fired)
			for _, f := range fired {
				if int(f.rule) == n {
					continue next
				}
			}
			out = append(out, book.Finding{
				File: rule.file, Line: q.Line, What: fmt.Sprintf("%q does not make rule %q hold", q.Text, rule.name),
				Do: "add a pattern that fits it, or move the sentence to the rule that it belongs to",
			})
		}
	}
	return out
}
