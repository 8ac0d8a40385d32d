package understand

import "strconv"

// explain names, for each label, the rule that decided, or the words and
// families that weighed most, when they are asked for.
func (u *Understander) explain(sc *scratch, v *verdict, words bool) []Reason {
	out := make([]Reason, headCount)
	for i := range out {
		out[i] = Reason{Label: u.scorer.heads[i].name, Rule: "samples"}
		confirmed := false
		if n := v.by[i]; n >= 0 {
			f := sc.fired[n]
			r, p := &u.rules.rules[f.rule], &u.rules.patterns[f.pattern]
			out[i].Rule, out[i].File, out[i].Line, out[i].What = r.name, r.file, int(p.line), p.text
			confirmed = r.out.confirms > 0
		}
		if !words || v.by[i] >= 0 && !confirmed {
			continue
		}
		weighed := u.weighed(sc, u.scorer.heads[i].from+v.pick[i])
		if confirmed {
			weighed = out[i].What + "; " + weighed
		}
		out[i].What = weighed
	}
	return out
}

// Features named in a reason.
const named = 3

// weighed writes the features that spoke most for an output.
func (u *Understander) weighed(sc *scratch, output int) string {
	var top [named]int32
	var most [named]float32
	for _, n := range sc.rows {
		if kind, a, _ := split(u.scorer.keys[n]); kind == familyFeature && u.lexicon.families[a/2].engine {
			continue
		}
		w := u.scorer.rows[n][output]
		for k := range top {
			if w > most[k] {
				copy(top[k+1:], top[k:])
				copy(most[k+1:], most[k:])
				top[k], most[k] = n, w
				break
			}
		}
	}
	text := sc.text[:0]
	for k := range top {
		if most[k] <= 0 {
			break
		}
		if k > 0 {
			text = append(text, ", "...)
		}
		text = append(u.name(u.scorer.keys[top[k]], text), " +"...)
		text = strconv.AppendFloat(text, float64(most[k]), 'f', 1, 32)
	}
	sc.text = text
	return string(text)
}

// name writes a feature as an editor knows it.
func (u *Understander) name(f uint64, out []byte) []byte {
	x := u.lexicon
	kind, a, b := split(f)
	switch kind {
	case stemFeature:
		out = append(out, x.stemText[a]...)
	case stemsFeature:
		out = append(append(append(out, x.stemText[a]...), ' '), x.stemText[b]...)
	case skipFeature:
		out = append(append(append(out, x.stemText[a]...), " … "...), x.stemText[b]...)
	case prefixFeature:
		out = append(append(out, x.prefixText[a]...), '-')
	case edgeFeature:
		out = append(append(out, x.stemText[a]...), [...]string{" at the beginning", " at a new sentence", " at the end"}[b]...)
	case familyFeature:
		if a%2 == 1 {
			out = append(out, "not "...)
		}
		out = append(append(append(out, '{'), x.families[a/2].name...), '}')
	case ruleFeature:
		out = append(append(append(out, "rule \""...), u.rules.rules[a].name...), '"')
	case styleFeature:
		out = append(out, styleNames()[a]...)
	}
	return out
}
