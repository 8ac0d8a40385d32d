package understand

import "strings"

// stemDutch handles plurals, small forms and regular verbs: foto, fotos and
// fotootje; dreigen, dreigt, dreigde and gedreigd; naakt and naakte.
func stemDutch(w string) string {
	if len(w) < 4 || !ascii(w) {
		return w
	}
	if stem, ok := dutchOdd[w]; ok {
		return stem
	}
	w = dutchSmall(w)
	w = dutchPlural(w)
	if stem, ok := dutchParticiple(w); ok {
		return skeleton(stem)
	}
	return skeleton(dutchVerb(w))
}

// dutchOdd are words that the rules below would join with another word.
var dutchOdd = map[string]string{
	"kinderen": "kind", "kids": "kind", "kind": "kind", "kindje": "kind", "kindjes": "kind", "meisjes": "meisje", "meisje": "meisje",
	"jongen": "jongen", "jongens": "jongen", "jonge": "jong", "mensen": "mens", "leven": "leven", "even": "even", "samen": "samen",
	"binnen": "binnen", "buiten": "buiten", "boven": "boven", "beneden": "beneden", "tegen": "tegen", "zeven": "zeven", "negen": "negen",
	"morgen": "morgen", "gisteren": "gister", "anders": "anders", "alles": "alles", "steeds": "steeds", "alleen": "alleen", "iemand": "iemand",
	"niemand": "niemand", "altijd": "altijd", "beste": "best", "haar": "haar", "weer": "weer", "hebben": "heb", "hebt": "heb", "heeft": "heb",
	"komen": "kom", "komt": "kom", "nemen": "neem", "willen": "wil", "wilde": "wil", "wilden": "wil", "moeten": "moet", "moest": "moet", "moesten": "moet",
	"kunnen": "kan", "kunt": "kan", "konden": "kan", "mogen": "mag", "mocht": "mag", "zullen": "zal", "gaan": "ga", "gaat": "ga", "staan": "sta", "staat": "sta",
	"slaan": "sla", "slaat": "sla", "doen": "doe", "doet": "doe", "zien": "zie", "ziet": "zie", "deed": "doe", "deden": "doe", "gedaan": "doe", "ging": "ga", "gingen": "ga",
	"geen": "geen", "eten": "eet", "weten": "weet", "wist": "weet", "laten": "laat", "zitten": "zit", "liggen": "lig", "ligt": "lig", "vinden": "vind", "vindt": "vind",
	"worden": "word", "wordt": "word", "werd": "word", "werden": "word", "vader": "vader", "moeder": "moeder", "broer": "broer", "zusje": "zus", "broertje": "broer", "broertjes": "broer", "zusjes": "zus",
	"vader's": "vader", "ouders": "ouder", "foto": "foto", "fotootje": "foto", "fotootjes": "foto", "video": "video", "benen": "been", "mannen": "man", "vrouwen": "vrouw",
	"zelf": "zelf", "elkaar": "elkaar", "dingen": "ding", "weken": "week", "dagen": "dag", "maanden": "maand", "jaren": "jaar", "uren": "uur", "uurtje": "uur", "lieve": "lief",
	"stond": "sta", "stonden": "sta", "kwam": "kom", "kwamen": "kom", "zegt": "zeg", "zeggen": "zeg", "zeiden": "zei", "jezelf": "jezelf", "mezelf": "mezelf", "gewoon": "gewoon", "gebeurt": "gebeur", "gebeurd": "gebeur",
	"nachts": "nacht", "avonds": "avond", "savonds": "avond", "snachts": "nacht", "ochtends": "ochtend", "middags": "middag", "trein": "trein", "geld": "geld", "gezicht": "gezicht", "geheim": "geheim", "geheimpje": "geheim", "gevoel": "gevoel", "gevoelens": "gevoel",
	"gesprek": "gesprek", "bericht": "bericht", "berichtje": "bericht", "berichtjes": "bericht", "berichten": "bericht", "bang": "bang", "foute": "fout", "gedachten": "gedacht", "gedachtes": "gedacht", "gedachte": "gedacht",
	"hoeveel": "hoeveel", "waarom": "waarom", "waren": "was", "toen": "toen", "steek": "steek", "probleem": "probleem", "problemen": "probleem", "docente": "docent", "lerares": "leraar", "leraren": "leraar", "leraars": "leraar",
}

// dutchSmall takes -je and its kin off: vriendje, filmpje, kusje, kamertje.
func dutchSmall(w string) string {
	s := strings.TrimSuffix(w, "s")
	for _, end := range []string{"etje", "tje", "pje", "kje", "je"} {
		stem, ok := strings.CutSuffix(s, end)
		if !ok || len(stem) < 3 || !hasVowel(stem) {
			continue
		}
		switch {
		case end == "pje" && !strings.HasSuffix(stem, "m"), end == "kje" && !strings.HasSuffix(stem, "n"):
			continue
		case end == "kje":
			return stem + "g"
		case end == "etje":
			return undouble(stem)
		}
		return stem
	}
	return w
}

// dutchPlural takes the -s of fotos, opas, trainers and nudes off.
func dutchPlural(w string) string {
	n := len(w)
	if n < 5 || w[n-1] != 's' {
		return w
	}
	switch w[n-3 : n-1] {
	case "er", "el", "em", "ap", "ic", "at", "id", "og", "am", "ck", "rd", "ot", "nt", "ng", "op":
		return w[:n-1]
	}
	if c := w[n-2]; c == 'a' || c == 'o' || c == 'e' && w[n-3] != 'i' || c == 'u' && n > 5 {
		return w[:n-1]
	}
	return w
}

// dutchParticiple turns gedreigd into dreig, doorgestuurd into doorstuur and
// bedreigd (which has no ge-) is left to dutchVerb.
func dutchParticiple(w string) (string, bool) {
	at := strings.Index(w, "ge")
	if at < 0 || at > 5 || at > 0 && !dutchFore[w[:at]] {
		return "", false
	}
	core := w[at+2:]
	core = strings.TrimSuffix(core, "e")
	if len(core) < 4 || !hasVowel(core[:len(core)-1]) {
		return "", false
	}
	last := core[len(core)-1]
	if last != 'd' && last != 't' || strings.HasSuffix(core, "cht") || strings.HasSuffix(core, "nd") {
		return "", false
	}
	core = core[:len(core)-1]
	if last == 't' && vowel(core[len(core)-1]) && !strings.HasSuffix(core, "aa") {
		return "", false
	}
	return w[:at] + core, true
}

// dutchFore are the parts that stand before -ge- in a participle.
var dutchFore = map[string]bool{
	"aan": true, "af": true, "door": true, "mee": true, "na": true, "op": true, "over": true, "rond": true, "terug": true, "toe": true,
	"uit": true, "vast": true, "voor": true, "weg": true, "in": true, "om": true, "neer": true, "dicht": true, "open": true, "bij": true, "los": true, "plat": true,
}

// dutchVerb takes the endings of verbs, plurals and adjectives off.
func dutchVerb(w string) string {
	n := len(w)
	switch {
	case strings.HasSuffix(w, "den") && n > 5 && !vowel(w[n-4]) && w[n-4] != 'n' && w[n-4] != 'r' && w[n-4] != 'l':
		return w[:n-3]
	case strings.HasSuffix(w, "en") && n > 4 && hasVowel(w[:n-2]) && w[n-3] != 'e' && w[n-3] != 'i':
		return long(w[:n-2])
	case strings.HasSuffix(w, "tte") && n > 5:
		return w[:n-2]
	case strings.HasSuffix(w, "de") && n > 5 && !vowel(w[n-3]) && w[n-3] != 'n' && w[n-3] != 'l' && w[n-3] != 'r' && w[n-3] != 'd':
		return w[:n-2]
	case strings.HasSuffix(w, "rde") && n > 6:
		return w[:n-2]
	case strings.HasSuffix(w, "te") && n > 5 && strings.IndexByte("pkfs", w[n-3]) >= 0, strings.HasSuffix(w, "chte") && n > 6:
		return w[:n-2]
	case w[n-1] == 'e' && n > 4 && !vowel(w[n-2]):
		return long(w[:n-1])
	case w[n-1] == 't' && n > 4 && !vowel(w[n-2]) && w[n-2] != 's' && !strings.HasSuffix(w, "cht"):
		return w[:n-1]
	case w[n-1] == 'd' && n > 6 && (strings.HasPrefix(w, "be") || strings.HasPrefix(w, "ver") || strings.HasPrefix(w, "ont")) && w[n-2] != 'n' && !vowel(w[n-2]):
		return w[:n-1]
	}
	return w
}

// long mends a stem that lost its ending: stur to stuur, lev to leef, zegg to zeg.
func long(w string) string {
	n := len(w)
	if n < 3 {
		return w
	}
	if w[n-1] == w[n-2] {
		return undouble(w)
	}
	switch w[n-1] {
	case 'v':
		w = w[:n-1] + "f"
	case 'z':
		w = w[:n-1] + "s"
	}
	if vowel(w[n-1]) || !vowel(w[n-2]) || n > 2 && vowel(w[n-3]) || w[n-2] == 'i' || w[n-2] == 'y' {
		return w
	}
	if w[n-2] == 'e' && hasVowel(strings.TrimPrefix(strings.TrimPrefix(w[:n-2], "be"), "ver")) {
		return w // the toneless e of tekenen
	}
	return w[:n-1] + string(w[n-2]) + w[n-1:]
}

// skeleton makes the doubled vowels of long stems single, where luister and
// luisteer, chanteer and chanter would stay apart.
func skeleton(w string) string {
	if len(w) < 6 {
		return w
	}
	for i := len(w) - 2; i > 0; i-- {
		if w[i] == w[i-1] && vowel(w[i]) {
			return w[:i] + w[i+1:]
		}
	}
	return w
}

func ascii(w string) bool {
	for i := range len(w) {
		if w[i] >= 0x80 {
			return false
		}
	}
	return true
}
