package understand

// findNumbers marks ages, amounts of money and times of the day.
func (x *lexicon) findNumbers(r *reading) {
	for i := range r.tokens {
		p := r.scan.pieces[r.tokens[i].piece]
		if r.tokens[i].value < 0 && p.kind != numberPiece {
			continue
		}
		r.add(x.known.number, i, i)
		if p.money || x.follows(r, i, x.known.coin) {
			r.add(x.known.money, i, i)
			continue
		}
		if x.isClock(r, i) {
			r.add(x.known.clock, i, i)
			continue
		}
		x.findAge(r, i)
	}
}

// follows tells whether a family stands right behind a token.
func (x *lexicon) follows(r *reading, i int, f int16) bool {
	return i+1 < len(r.tokens) && r.tokens[i+1].sentence == r.tokens[i].sentence && r.at(f, i+1)
}

// isClock knows 16.00, "om 8 uur", "half 4", "by 5" and "5pm".
func (x *lexicon) isClock(r *reading, i int) bool {
	if r.scan.pieces[r.tokens[i].piece].kind == numberPiece && r.tokens[i].value < 0 {
		return true
	}
	if v := r.tokens[i].value; v < 0 || v > 24 {
		return false
	}
	if i == 0 || !r.at(x.known.before, i-1) || x.follows(r, i, x.known.years) {
		return false
	}
	return x.follows(r, i, x.known.hour) || !x.follows(r, i, x.known.unit)
}

// findAge marks "13 jaar", "hij is 34", "(15)" and "14m" as an age.
func (x *lexicon) findAge(r *reading, i int) {
	v := r.tokens[i].value
	if v < 4 || v > 90 {
		return
	}
	age := x.follows(r, i, x.known.years)
	if age && i+2 < len(r.tokens) && r.at(x.known.ago, i+2) {
		return
	}
	if !age && x.follows(r, i, x.known.unit) {
		return
	}
	if !age && i > 0 {
		age = r.at(x.known.am, i-1) || r.tokens[i].clause != r.tokens[i-1].clause
	}
	switch {
	case !age:
	case v < 18:
		r.add(x.known.minor, i, i)
	default:
		r.add(x.known.adult, i, i)
	}
}

// valueOf gives the number that a word stands for, or -1.
func (x *lexicon) valueOf(id int32) int32 {
	if v, ok := numbersOf(x.lang)[x.text[id]]; ok {
		return v
	}
	return -1
}

func numbersOf(lang string) map[string]int32 {
	if lang == "nl" {
		return dutchNumbers
	}
	return englishNumbers
}

var dutchNumbers = map[string]int32{
	"twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13,
	"veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50,
}

var englishNumbers = map[string]int32{
	"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
	"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}
