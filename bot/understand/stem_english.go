package understand

import "strings"

// stemEnglish handles plurals and regular verbs: pics, sharing, shared,
// threatens, stopped.
func stemEnglish(w string) string {
	if stem, ok := englishOdd[w]; ok {
		return stem
	}
	if len(w) < 4 || !ascii(w) {
		return w
	}
	n := len(w)
	switch {
	case strings.HasSuffix(w, "ies") && n > 4, strings.HasSuffix(w, "ied") && n > 4:
		w = w[:n-3] + "y"
	case strings.HasSuffix(w, "ing") && n > 5 && hasVowel(w[:n-3]):
		w = undouble(w[:n-3])
	case strings.HasSuffix(w, "ed") && n > 4 && hasVowel(w[:n-2]) && w[n-3] != 'e':
		w = undouble(w[:n-2])
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "xes"):
		w = w[:n-2]
	case w[n-1] == 's' && w[n-2] != 's' && w[n-2] != 'u' && w[n-2] != 'i':
		w = w[:n-1]
	}
	if n = len(w); n > 3 && w[n-1] == 'e' && !vowel(w[n-2]) {
		w = w[:n-1]
	}
	return w
}

// englishOdd are irregular forms, and words that the rules would spoil.
var englishOdd = map[string]string{
	"was": "was", "has": "have", "had": "have", "having": "have", "have": "have", "does": "do", "did": "do", "doing": "do", "done": "do", "goes": "go", "going": "go", "went": "go", "gone": "go",
	"came": "come", "coming": "come", "comes": "come", "come": "come", "said": "say", "says": "say", "saying": "say", "told": "tell", "tells": "tell", "telling": "tell", "sent": "send", "took": "take", "taken": "take", "takes": "take", "taking": "take", "take": "take",
	"made": "make", "makes": "make", "making": "make", "make": "make", "got": "get", "gets": "get", "getting": "get", "gotten": "get", "gave": "give", "given": "give", "gives": "give", "giving": "give", "give": "give", "kept": "keep", "found": "find", "knew": "know", "known": "know", "saw": "see", "seen": "see", "sees": "see", "seeing": "see",
	"met": "meet", "felt": "feel", "left": "left", "hurt": "hurt", "hurts": "hurt", "hurting": "hurt", "hit": "hit", "hits": "hit", "hitting": "hit", "lay": "lie", "lying": "lie", "lies": "lie", "dying": "die", "died": "die", "dies": "die", "die": "die", "dead": "dead", "paid": "pay",
	"stole": "steal", "stolen": "steal", "wrote": "write", "written": "write", "writing": "write", "spoke": "speak", "spoken": "speak", "drove": "drive", "drives": "drive", "driving": "drive", "drive": "drive", "slept": "sleep", "woke": "wake", "wakes": "wake", "waking": "wake", "broke": "break", "broken": "break", "bought": "buy", "brought": "bring", "caught": "catch",
	"thought": "think", "ran": "run", "began": "begin", "begun": "begin", "held": "hold", "children": "child", "kids": "kid", "men": "man", "women": "woman", "girls": "girl", "boys": "boy", "being": "being", "this": "this", "his": "his", "us": "us", "yes": "yes", "bus": "bus", "always": "always", "sometimes": "sometimes",
	"someone": "someone", "anyone": "anyone", "everyone": "everyone", "everything": "everything", "something": "something", "anything": "anything", "nothing": "nothing", "thing": "thing", "things": "thing", "during": "during", "evening": "evening", "morning": "morning", "lives": "live", "living": "live", "live": "live", "wives": "wife", "knives": "knife",
	"parents": "parent", "less": "less", "pills": "pill", "used": "use", "uses": "use", "using": "use", "use": "use", "need": "need", "feed": "feed", "bed": "bed", "red": "red", "naked": "naked", "scared": "scare", "scary": "scary", "one": "one", "gone.": "go", "photos": "photo", "bleeding": "bleed", "bled": "bleed", "king": "king", "bring": "bring",
	"ring": "ring", "rang": "ring", "rings": "ring", "string": "string", "thing's": "thing", "raped": "rape", "rapes": "rape", "rape": "rape", "raping": "rape", "cutting": "cut", "cuts": "cut", "news": "news", "cops": "cop", "days": "day", "secret": "secret", "wasnt": "wasnt",
}
