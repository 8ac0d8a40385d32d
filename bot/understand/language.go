package understand

// language tells when a message is clearly in the other language: at least
// three words, most of them known only there.
func (u *Understander) language(r *reading) string {
	x := u.lexicon
	other, own := 0, 0
	for i := range r.tokens {
		switch {
		case r.at(x.known.foreign, i):
			other++
		case r.at(x.known.own, i):
			own++
		}
	}
	if other < 2 || other <= 2*own || other*3 < len(r.tokens) {
		return ""
	}
	if x.lang == "nl" {
		return "en"
	}
	return "nl"
}
