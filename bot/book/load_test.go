package book

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a whole book in few lines, in both languages, with nothing wrong.
func small() map[string]string {
	return map[string]string{
		"nl/start.md":          "---\nfor: child\nreview: 2027-05-23\n---\n\n# Hallo\n\nHoi, fijn dat je er bent.\n\n- [Een foto](grooming/photo.md)\n- [Een mens](person.md)\n",
		"en/start.md":          "---\nfor: child\nreview: 2027-05-23\ntranslates: 037de261\n---\n\n# Hello\n\nHi, good that you are here.\n\n- [A photo](grooming/photo.md)\n- [A person](person.md)\n",
		"nl/person.md":         "---\nfor: child\ndoes: hand-over\nreview: 2027-05-23\n---\n\n# Een mens\n\nIk vraag iemand.\n\n- [Hallo](start.md)\n- [Een foto](grooming/photo.md#al-gestuurd)\n",
		"en/person.md":         "---\nfor: child\ndoes: hand-over\nreview: 2027-05-23\ntranslates: 26a1086e\n---\n\n# A person\n\nI am asking someone.\n\n- [Hello](start.md)\n- [A photo](grooming/photo.md#sent-already)\n",
		"nl/grooming/photo.md": "---\nfor: child, friend\nopens: none, concern\nreview: 2027-05-23\n---\n\n# Iemand wil een foto\n\n> - hij wil een foto van me\n\nWat **goed** dat je dit vertelt. Bel [112](tel:112) bij gevaar.\n\n- [Ja](#al-gestuurd)\n- [Een mens](../person.md)\n\n## Al gestuurd\n\nDat is niet jouw schuld.\n\n- [Terug](#iemand-wil-een-foto)\n- [Een mens](../person.md)\n",
		"en/grooming/photo.md": "---\nfor: child, friend\nopens: none, concern\nreview: 2027-05-23\ntranslates: 69a33f9b\n---\n\n# Someone wants a photo\n\n> - he wants a photo of me\n\nHow **good** that you tell me. Call [112](tel:112) in danger.\n\n- [Yes](#sent-already)\n- [A person](../person.md)\n\n## Sent already\n\nThat is not your fault.\n\n- [Back](#someone-wants-a-photo)\n- [A person](../person.md)\n",
		"nl/referrals.md":      referral("Noodnummer"),
		"en/referrals.md":      referral("Emergency number"),
		"nl/voice.md":          "# Zo niet\n\n## Schuld geven: child, friend\n\nZeg wat de ander fout doet.\n\n> - niet jouw schuld\n\n- jouw schuld\n- had je maar\n\n## Beloven\n\nNiemand weet de afloop.\n\n- ik beloof\n",
		"en/voice.md":          "# Not so\n\n## Blaming: child, friend\n\nSay what the other does wrong.\n\n> - not your fault\n\n- your fault\n- if only you had\n\n## Promising\n\nNobody knows what will be.\n\n- i promise\n",
	}
}

func referral(name string) string {
	return "# Wie\n\n## " + name + "\n\n- country: nl\n- for: iedereen\n- phone: 112\n- hours: altijd\n- cost: gratis\n- anonymous: nee\n- next: je spreekt iemand\n- source: POL1\n- checked: 2026-11-23\n"
}

func files(content map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, text := range content {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestASoundBookLoadsWithTheSameIdsInBothLanguages(t *testing.T) {
	b, found := Load(files(small()))
	if b == nil {
		t.Fatalf("refused: %v", found)
	}
	want := []string{"grooming/photo", "grooming/photo#sent-already", "person", "start"}
	for lang, v := range b.Volumes {
		var got []string
		for _, step := range v.Order {
			got = append(got, step.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: steps %v, want %v", lang, got, want)
		}
	}
	step := b.Volumes["nl"].Steps["grooming/photo"]
	if step.Topic != "grooming" || !slices.Equal(step.Opens, []Danger{None, Concern}) || len(step.Samples) != 1 {
		t.Errorf("the step lost what stands in its file: %+v", step)
	}
	html := `<p>Wat <strong>goed</strong> dat je dit vertelt. Bel <a href="tel:112">112</a> bij gevaar.</p>`
	if step.Bubbles[0].HTML != html {
		t.Errorf("bubble %s, want %s", step.Bubbles[0].HTML, html)
	}
	if got := step.Choices[0].To; got != "grooming/photo#sent-already" {
		t.Errorf("the choice leads to %s", got)
	}
}

func TestEveryMistakeIsRefusedWithItsPlace(t *testing.T) {
	photo := "nl/grooming/photo.md"
	cases := []struct {
		name, file, old, new string
		place, says          string
	}{
		{"an unknown key", photo, "opens:", "open:", photo + ":3", `unknown key "open"`},
		{"an unknown value", photo, "none, concern", "none, worry", photo + ":3", `"worry" is unknown`},
		{"a key twice", photo, "opens: none", "for: child\nopens: none", photo + ":3", "twice"},
		{"open front matter", photo, "23\n---\n", "23\n\n", photo + ":1", "not closed"},
		{"no audience", photo, "for: child, friend\n", "", photo + ":1", "whom this speaks to"},
		{"no review date", photo, "review: 2027-05-23", "review: soon", photo + ":4", "looks again"},
		{"a dead link", photo, "(#al-gestuurd)", "(#al-gestuurt)", photo + ":13", "no heading of"},
		{"a link to no file", photo, "[Een mens](../person.md)\n\n##", "[Een mens](../persoon.md)\n\n##", photo + ":14", "no file of dialogue"},
		{"a choice without a link", photo, "- [Ja](#al-gestuurd)", "- Ja", photo + ":13", "not exactly one link"},
		{"one choice only", photo, "- [Terug](#iemand-wil-een-foto)\n", "", photo + ":16", "has 1 choices"},
		{"two labels alike", photo, "[Ja]", "[Een mens]", photo + ":14", "two choices"},
		{"a label too long", photo, "[Ja]", "[Ja dat heb ik inderdaad al een keer gedaan toen]", photo + ":13", "characters"},
		{"a paragraph inside the quote", photo, "van me\n\nWat", "van me\nWat", photo + ":9", "over two"},
		{"a line inside the last choice", photo, "../person.md)\n\n##", "../person.md)\nhallo\n\n##", photo + ":14", "not exactly one link"},
		{"a table", photo, "Dat is niet jouw schuld.", "| a | b |\n| - | - |", photo + ":18", "bars"},
		{"an image", photo, "Dat is", "![x](https://x.example/y.png) Dat is", photo + ":18", "Image"},
		{"raw markup", photo, "Dat is", "<b>Dat</b> is", photo + ":18", "markup in a sentence"},
		{"a block of markup", photo, "Dat is", "<div>Dat is</div>", photo + ":18", "markup is not allowed"},
		{"italics", photo, "**goed**", "*goed*", photo + ":11", "italics"},
		{"code", photo, "**goed**", "`goed`", photo + ":11", "CodeSpan"},
		{"a number of nobody", photo, "[112](tel:112)", "[113](tel:113)", photo + ":11", "no service of referrals.md"},
		{"a number that calls another", photo, "[112](tel:112)", "[111](tel:112)", photo + ":11", `says "111"`},
		{"a link to a script", photo, "(tel:112)", "(javascript:1)", photo + ":11", "no service of referrals.md"},
		{"a deep heading", photo, "## Al", "### Al", photo + ":16", "level 3"},
		{"an odd heading", photo, "## Al gestuurd", "## Al (gestuurd)", photo + ":16", "other signs"},
		{"a heading twice", photo, "## Al gestuurd", "## Iemand wil een foto", photo + ":16", "stands in line 7"},
		{"nothing said", photo, "Dat is niet jouw schuld.\n", "", photo + ":16", "says nothing"},
		{"samples after the answer", photo, "schuld.\n", "schuld.\n\n> - nog een\n", photo + ":20", "samples after"},
		{"a sentence after the choices", photo, "[Een mens](../person.md)\n\n##", "[Een mens](../person.md)\n\nEn nog iets.\n\n##", photo + ":16", "after the choices"},
		{"another number of steps", "en/grooming/photo.md", "\n## Sent already\n\nThat is not your fault.\n\n- [Back](#someone-wants-a-photo)\n- [A person](../person.md)\n", "", "en/grooming/photo.md:1", "it has 1 steps"},
		{"choices in another order", "en/grooming/photo.md", "- [Yes](#sent-already)\n- [A person](../person.md)", "- [A person](../person.md)\n- [Yes](#sent-already)", "en/grooming/photo.md:14", "leads to"},
		{"another front matter", "en/grooming/photo.md", "opens: none, concern", "opens: none", "en/grooming/photo.md:1", "differs"},
		{"a service without source", "nl/referrals.md", "- source: POL1\n", "", "nl/referrals.md:3", `no "source"`},
		{"a service in no country", "nl/referrals.md", "country: nl", "country: xx", "nl/referrals.md:5", "unknown country"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			content := small()
			content[c.file] = strings.Replace(content[c.file], c.old, c.new, 1)
			refused(t, content, c.place, c.says)
		})
	}
}

func refused(t *testing.T, content map[string]string, place, says string) {
	t.Helper()
	b, found := Load(files(content))
	if b != nil {
		t.Fatal("the book was not refused")
	}
	for _, f := range found {
		if fmt.Sprintf("%s:%d", f.File, f.Line) == place && strings.Contains(f.What, says) && f.Do != "" {
			return
		}
	}
	t.Errorf("no finding at %s says %q; found:\n%v", place, says, found)
}

func TestAMissingTranslationIsRefused(t *testing.T) {
	content := small()
	delete(content, "en/start.md")
	refused(t, content, "nl/start.md:1", "there is no en/start.md")
}

func TestTwoFilesCannotOpenTheSame(t *testing.T) {
	content := small()
	for _, lang := range Languages() {
		content[lang+"/grooming/other.md"] = strings.ReplaceAll(content[lang+"/grooming/photo.md"], "foto van me", "andere foto")
	}
	refused(t, content, "nl/grooming/photo.md:1", "and so does")
}

func TestAnEmergencyIsNeverLeftToTheBotAlone(t *testing.T) {
	content := small()
	for _, lang := range Languages() {
		content[lang+"/grooming/photo.md"] = strings.Replace(content[lang+"/grooming/photo.md"], "none, concern", "emergency", 1)
	}
	refused(t, content, "nl/grooming/photo.md:7", "does not hand over")
}

func TestAPersonIsNeverMoreThanTwoChoicesAway(t *testing.T) {
	content := small()
	for _, lang := range Languages() {
		far := "---\nfor: child\nopens: none\nreview: 2027-05-23\n---\n\n# Far\n\nFar away.\n\n- [A](#one)\n- [B](#two)\n\n## One\n\nOne.\n\n- [A](#two)\n- [B](#far)\n\n## Two\n\nTwo.\n\n- [A](#one)\n- [B](#far)\n"
		content[lang+"/sexting/far.md"] = far
	}
	refused(t, content, "nl/sexting/far.md:7", "more than 2 choices away")
}

func TestAStepThatNobodyCanReachIsRefused(t *testing.T) {
	content := small()
	for _, lang := range Languages() {
		content[lang+"/sexting/lost.md"] = "---\nfor: child\nreview: 2027-05-23\n---\n\n# Lost\n\nLost.\n\n- [A](../person.md)\n- [B](../start.md)\n"
	}
	refused(t, content, "en/sexting/lost.md:6", "nobody can come to")
}

func TestAllMistakesAreReportedAtOnceInOrder(t *testing.T) {
	content := small()
	content["nl/start.md"] = strings.Replace(content["nl/start.md"], "(person.md)", "(persoon.md)", 1)
	content["en/person.md"] = strings.Replace(content["en/person.md"], "for: child", "for: kid", 1)
	_, found := Load(files(content))
	if !slices.IsSortedFunc(found, func(a, b Finding) int { return strings.Compare(a.File, b.File) }) || len(found) < 2 {
		t.Errorf("findings %v: want those of both files, in order", found)
	}
}

func TestAnchorsAreThoseOfForges(t *testing.T) {
	for heading, want := range map[string]string{
		"Eén keer":            "eén-keer",
		"Hij is er nu!":       "hij-is-er-nu",
		"I don't know":        "i-dont-know",
		"Foto's, en filmpjes": "fotos-en-filmpjes",
		"Wat is 'sexting'?":   "wat-is-sexting",
	} {
		if got := Slug(heading); got != want {
			t.Errorf("%q: %s, want %s", heading, got, want)
		}
	}
}

func TestATalkIsReadLineByLine(t *testing.T) {
	content := small()
	content["nl/talks/one.md"] = "---\nas: child\n---\n\n# Een kind vraagt\n\nHoi.\n\n- Ja\n\n> hallo\n\n<!-- let op -->\n\n> [Ja]\n\n*Danger: urgent.*\n\n*Now: waiting.*\n\n*A counsellor joins: Sanne.*\n"
	b, found := Load(files(content))
	if b == nil {
		t.Fatalf("refused: %v", found)
	}
	want := []Line{{"says", "hallo", 11}, {"note", "<!-- let op -->", 13}, {"taps", "Ja", 15}, {"happens", "A counsellor joins: Sanne", 21}}
	if got := b.Volumes["nl"].Talks[0].Lines; !slices.Equal(got, want) {
		t.Errorf("lines %+v, want %+v", got, want)
	}
}
