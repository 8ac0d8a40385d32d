package book

import (
	"slices"
	"strings"
	"testing"
)

// mistake is a change that one check must notice.
type mistake struct {
	name, file, old, new string
	place, says          string
}

const (
	dutchPhoto   = "nl/grooming/photo.md"
	englishPhoto = "en/grooming/photo.md"
	dutchSaid    = "Dat is niet jouw schuld."
	englishSaid  = "That is not your fault."
)

// planted lists a mistake for every check that reads what is said, in both
// languages.
func planted() []mistake {
	hardDutch := strings.TrimSpace(strings.Repeat("Verantwoordelijkheidsgevoel veroorzaakt regelmatig onoverzichtelijke situaties. ", 12))
	hardEnglish := strings.TrimSpace(strings.Repeat("Considerable responsibility occasionally necessitates uncomfortable deliberation. ", 10))
	return []mistake{
		{"a hard text", dutchPhoto, dutchSaid, paragraphs(hardDutch), dutchPhoto + ":16", "reads too hard: Flesch-Douma"},
		{"a hard text", englishPhoto, englishSaid, paragraphs(hardEnglish), englishPhoto + ":17", "reads too hard: Flesch-Kincaid"},
		{"blame", dutchPhoto, dutchSaid, "Had je maar niets gestuurd.", dutchPhoto + ":18", `"had je maar": Schuld geven (nl/voice.md:10)`},
		{"blame", englishPhoto, englishSaid, "If only you had sent nothing.", englishPhoto + ":19", `"if only you had": Blaming (en/voice.md:10)`},
		{"blame beside what is allowed", dutchPhoto, dutchSaid, "Het is niet jouw schuld. Of toch: het is jouw schuld.", dutchPhoto + ":18", `"jouw schuld"`},
		{"blame on a button", dutchPhoto, "[Terug]", "[Ja, jouw schuld]", dutchPhoto + ":20", `"jouw schuld"`},
		{"blame on a button", englishPhoto, "[Back]", "[Yes, YOUR fault]", englishPhoto + ":21", `"your fault"`},
		{"a promise to anybody", dutchPhoto, dutchSaid, "Ik beloof het.", dutchPhoto + ":18", "Beloven"},
		{"a promise to anybody", englishPhoto, englishSaid, "I promise.", englishPhoto + ":19", "Promising"},
		{"a number that cannot be tapped", dutchPhoto, dutchSaid, "Bel 020 261 52 75.", dutchPhoto + ":18", `"020 261 52 75" looks like a telephone number`},
		{"a number that cannot be tapped", englishPhoto, englishSaid, "Call +31 20 261 5275.", englishPhoto + ":19", `"+31 20 261 5275" looks like a telephone number`},
		{"a known short number that cannot be tapped", dutchPhoto, dutchSaid, "Zeg het tegen 112.", dutchPhoto + ":18", `"112" looks like`},
		{"an unknown short number", englishPhoto, englishSaid, "Please call 911.", englishPhoto + ":19", `"911" looks like`},
		{"a strange number on a button", dutchPhoto, "[Terug]", "[Bel 0800 9999]", dutchPhoto + ":20", "in no service"},
		{"a strange number on a button", englishPhoto, "[Back]", "[Call 0800 9999]", englishPhoto + ":21", "in no service"},
		{"a bubble longer than a telephone", dutchPhoto, dutchSaid, strings.TrimSpace(strings.Repeat("Wat je voelt is heel gewoon. ", 16)), dutchPhoto + ":18", "lines on a small telephone"},
		{"a list longer than a telephone", englishPhoto, englishSaid, strings.TrimSpace(strings.Repeat("1. Breathe in slowly and breathe out slowly.\n", 8)), englishPhoto + ":19", "16 lines on a small telephone"},
		{"a word wider than a telephone", dutchPhoto, dutchSaid, "Een verantwoordelijkheidsgevoelens.", dutchPhoto + ":18", "wider than"},
		{"a button of three lines", englishPhoto, "[Back]", "[Aaaaaaaa bbbbbbbbbbbbbbbbbbb cccccccc]", englishPhoto + ":21", "takes 3 lines"},
		{"a changed source", dutchPhoto, dutchSaid, "Dat is nooit jouw fout.", englishPhoto + ":5", dutchPhoto + " has changed since"},
		{"a changed heading of the source", dutchPhoto, "# Iemand wil een foto\n", "# Iemand wil foto\n", englishPhoto + ":5", "has changed since"},
		{"a changed button of the source", dutchPhoto, "[Ja]", "[Jawel]", englishPhoto + ":5", "has changed since"},
		{"a translation of nothing known", englishPhoto, "translates: ", "facts: ", englishPhoto + ":1", "nothing says which"},
		{"a source that translates", "nl/start.md", "for: child", "for: child\ntranslates: 12345678", "nl/start.md:3", "the source says"},
		{"a voice for nobody", "nl/voice.md", "child, friend", "kids", "nl/voice.md:3", `"kids" is nobody`},
		{"a ban without a reason", "en/voice.md", "Nobody knows what will be.\n", "", "en/voice.md:12", "no reason"},
		{"another number of a service", "en/referrals.md", "phone: 112", "phone: 999", "en/referrals.md:3", `phone is "999"`},
		{"a service checked on no day", "nl/referrals.md", "2026-11-23", "in het najaar", "nl/referrals.md:3", "which is no date"},
	}
}

// paragraphs puts every sentence into a bubble of its own.
func paragraphs(text string) string { return strings.ReplaceAll(text, ". ", ".\n\n") }

func TestEveryMistakeInWhatIsSaidIsRefusedWithItsPlace(t *testing.T) {
	for _, m := range planted() {
		t.Run(m.name+" in "+m.file, func(t *testing.T) {
			content := small()
			content[m.file] = strings.Replace(content[m.file], m.old, m.new, 1)
			if content[m.file] == small()[m.file] {
				t.Fatalf("nothing was planted: no %q", m.old)
			}
			refused(t, content, m.place, m.says)
		})
	}
}

// renewed stamps the translations anew, so that a change of the source alone
// is no mistake.
func renewed(t *testing.T, content map[string]string) map[string]string {
	t.Helper()
	changed, err := Translated(files(content), []string{"all"})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range changed {
		content[name] = text
	}
	return content
}

func TestWhatIsWorthALookIsAWarningAndNoReasonToRefuse(t *testing.T) {
	long := "Als iemand steeds weer om een foto vraagt dan mag je altijd gewoon nee zeggen zonder reden."
	english := "When somebody asks you for a photo again and again you may always just say no to them."
	cases := []mistake{
		{"a long sentence", dutchPhoto, dutchSaid, long, dutchPhoto + ":18", "a sentence of 17 words"},
		{"a long sentence", englishPhoto, englishSaid, english, englishPhoto + ":19", "a sentence of 18 words"},
		{"three sentences in a bubble", dutchPhoto, dutchSaid, "Goed zo. Echt. Dat helpt.", dutchPhoto + ":18", "a bubble of 3 sentences"},
		{"an excuse for nothing", "en/voice.md", "> - not your fault", "> - not your fault\n> - never your fault", "en/voice.md:8", "excuses nothing"},
	}
	for _, m := range cases {
		t.Run(m.name+" in "+m.file, func(t *testing.T) {
			content := small()
			content[m.file] = strings.Replace(content[m.file], m.old, m.new, 1)
			b, found := Load(files(renewed(t, content)))
			if b == nil {
				t.Fatalf("refused: %v", found)
			}
			if !slices.ContainsFunc(found, func(f Finding) bool {
				return f.Warning && strings.Contains(f.What, m.says) && strings.HasPrefix(f.String(), m.place)
			}) {
				t.Errorf("no warning at %s says %q; found %v", m.place, m.says, found)
			}
		})
	}
}

func TestWhatIsInOrderIsNotFoundFault(t *testing.T) {
	fine := map[string]string{
		"a year and an age":        "In 2027 ben je 15. Dat is over 100 dagen.",
		"a name with a number":     "Typ in de app 112NL.",
		"a number with a link":     "Bel [112](tel:112).",
		"what another may be told": "Ik beloofde het ooit. Ik, belofte maakt schuld.",
		"a site of many letters":   "Kijk op eenheellangesitenaamvannederland.nl.",
	}
	for name, said := range fine {
		content := small()
		content[dutchPhoto] = strings.Replace(content[dutchPhoto], dutchSaid, dutchSaid+"\n\n"+said, 1)
		if b, found := Load(files(renewed(t, content))); b == nil {
			t.Errorf("%s: refused: %v", name, found)
		}
	}
}

func TestParentsMayReadHarderTextThanChildren(t *testing.T) {
	for role, refusedToo := range map[string]bool{"child": true, "parent": false} {
		content := small()
		plain := "Praat vandaag rustig met uw kind over deze nare situatie. Vraag daarna hulp aan iemand die ervaring heeft. "
		for _, lang := range Languages() {
			text := strings.Replace(content[lang+"/start.md"], "for: child", "for: "+role, 1)
			for _, hello := range []string{"Hoi, fijn dat je er bent.", "Hi, good that you are here."} {
				text = strings.Replace(text, hello, strings.TrimSpace(strings.Repeat(plain+"\n\n", 4)), 1)
			}
			content[lang+"/start.md"] = text
		}
		_, found := Load(files(renewed(t, content)))
		hard := slices.ContainsFunc(found, func(f Finding) bool { return f.File == "nl/start.md" && strings.Contains(f.What, "reads too hard") })
		if hard != refusedToo {
			t.Errorf("%s: too hard %v, want %v: %v", role, hard, refusedToo, found)
		}
	}
}

func TestACircleWithoutAWayOutIsRefused(t *testing.T) {
	content := small()
	for _, lang := range Languages() {
		content[lang+"/sexting/round.md"] = "---\nfor: child\nopens: none\nreview: 2027-05-23\n---\n\n# One\n\nOne.\n\n- [A](#two)\n- [B](#three)\n\n## Two\n\nTwo.\n\n- [A](#one)\n- [B](#three)\n\n## Three\n\nThree.\n\n- [A](#one)\n- [B](#two)\n"
		content[lang+"/sexting/alone.md"] = "---\nfor: child\nopens: concern\nreview: 2027-05-23\n---\n\n# Alone\n\nAlone.\n\n- [A](#alone)\n- [B](alone.md)\n"
	}
	for _, lang := range Languages() {
		refused(t, content, lang+"/sexting/round.md:7", `the circle of "One", "Two", "Three"`)
		refused(t, content, lang+"/sexting/alone.md:7", `the circle of "Alone"`)
	}
}

func TestAFileOfAnyKindMustStandInBothLanguages(t *testing.T) {
	for _, name := range []string{"danger.md", "words.md", "sexting/new.md"} {
		for here, there := range map[string]string{"nl": "en", "en": "nl"} {
			content := small()
			content[here+"/"+name] = "---\nfor: child\nopens: none\nreview: 2027-05-23\n---\n\n# New\n\nNew.\n\n- [A](../person.md)\n- [B](../start.md)\n"
			refused(t, content, here+"/"+name+":1", "there is no "+there+"/"+name)
		}
	}
}

func TestRenewingNotesTheSourceAsItIsNowAndNothingElse(t *testing.T) {
	content := small()
	content[dutchPhoto] = strings.Replace(content[dutchPhoto], dutchSaid, dutchSaid+" Echt.", 1)
	content["nl/start.md"] = strings.Replace(content["nl/start.md"], "Hoi, fijn", "Hoi! Fijn", 1)
	changed, err := Translated(files(content), []string{englishPhoto})
	if err != nil || len(changed) != 1 {
		t.Fatalf("changed %v, error %v: want %s alone", changed, err, englishPhoto)
	}
	was, is := strings.Split(content[englishPhoto], "\n"), strings.Split(changed[englishPhoto], "\n")
	if len(was) != len(is) || was[4] == is[4] || !slices.Equal(slices.Delete(was, 4, 5), slices.Delete(is, 4, 5)) {
		t.Errorf("other lines than the hash changed:\n%s", changed[englishPhoto])
	}
	content[englishPhoto] = changed[englishPhoto]
	_, found := Load(files(content))
	if len(found) != 1 || found[0].File != "en/start.md" {
		t.Errorf("found %v: want en/start.md alone", found)
	}
}

func TestRenewingRefusesWhatIsNoTranslation(t *testing.T) {
	for _, name := range []string{"nl/start.md", "en/nowhere.md", "en/referrals.md"} {
		if changed, err := Translated(files(small()), []string{name}); err == nil || changed != nil {
			t.Errorf("%s: %v", name, changed)
		}
	}
}

func TestSamplesAndNotesAskForNoNewTranslation(t *testing.T) {
	content := small()
	content[dutchPhoto] = strings.Replace(content[dutchPhoto], "> - hij wil een foto van me", "> - hij wil een foto van me\n> - hij blijft maar vragen", 1)
	content[dutchPhoto] += "\n<!-- let op -->\n"
	if b, found := Load(files(content)); b == nil {
		t.Errorf("refused: %v", found)
	}
}

func TestSyllablesAreCountedAsTheyAreSpoken(t *testing.T) {
	for word, want := range map[string]int{
		"veilig": 2, "vertrouwt": 2, "volwassene": 4, "politie": 3, "geïnteresseerd": 5, "video": 3, "idee": 2,
		"moeilijk": 2, "leeuw": 1, "cadeau": 2, "foto's": 2, "één": 1, "quiz": 1,
	} {
		if got := syllables("nl", word); got != want {
			t.Errorf("nl %s: %d, want %d", word, got, want)
		}
	}
	for word, want := range map[string]int{
		"safe": 1, "people": 2, "asked": 1, "wanted": 2, "being": 2, "something": 2, "everything": 3, "table": 2,
		"places": 2, "question": 2, "you're": 1, "grown-up": 2, "quiet": 2, "area": 3, "message": 2, "called": 1,
	} {
		if got := syllables("en", word); got != want {
			t.Errorf("en %s: %d, want %d", word, got, want)
		}
	}
}

func TestTheReadingFormulasGiveTheirPublishedFigures(t *testing.T) {
	m := measure{words: 100, sentences: 10, syllables: 150}
	if got := m.fleschDouma(); got < 81.99 || got > 82.01 {
		t.Errorf("Flesch-Douma %.2f, want 82.00", got)
	}
	if got := m.fleschKincaid(); got < 6.00 || got > 6.02 {
		t.Errorf("Flesch-Kincaid %.2f, want 6.01", got)
	}
}

func TestSentencesEndAtEndMarksAndNotInsideASite(t *testing.T) {
	got := sentencesOf("Kijk op helpwanted.nl voor hulp. Lukt dat niet? Zeg: \"stop.\" En dan…\nklaar")
	want := []string{"Kijk op helpwanted.nl voor hulp.", "Lukt dat niet?", "Zeg: \"stop.\"", "En dan…", "klaar"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
