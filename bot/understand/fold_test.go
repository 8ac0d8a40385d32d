package understand

import (
	"strings"
	"testing"
)

func cutWords(text string) string {
	var s scan
	newFolder().cut(text, &s)
	var out []string
	for _, p := range s.pieces {
		out = append(out, string(s.text[p.from:p.to]))
	}
	return strings.Join(out, " ")
}

func TestFoldingMakesLettersPlain(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Hoi HALLO", "hoi hallo"},
		{"één café naïef Übung straße", "een cafe naief ubung strasse"},
		{"e\u0301e\u0301n", "een"},
		{"ﬁlmpje", "filmpje"},
		{"ｎａａｋｔ", "naakt"},
		{"𝓷𝓪𝓪𝓴𝓽 𝐧𝐮𝐝𝐞", "naakt nude"},
		{"na\u200bakt\u00ad", "naakt"},
		{"z\u0336a\u0336l\u0336g\u0336o", "zalgo"},
		{"don’t don't don`t", "don't don't don't"},
		{"m'n foto's 't is zo", "m'n foto's t is zo"},
		{"'ik sta buiten' zei ie", "ik sta buiten zei ie"},
		{"14m 13jr 4ever n00d", "14 m 13 jr 4ever n00d"},
		{"om 16.00 of 16:30", "om 16.00 of 16.30"},
		{"s*ks f@to h.e.l.p", "sks fato help"},
		{"help😭😭nu", "help 😭 😭 nu"},
		{"👍🏽", "👍"},
		{"naakt-foto/nude", "naakt foto nude"},
		{"привет مرحبا", "привет مرحبا"},
		{"\x00\x01hoi\xff\xfe", "hoi"},
		{"", ""},
	} {
		if got := cutWords(c.text); got != c.want {
			t.Errorf("%q is folded to %q, want %q", c.text, got, c.want)
		}
	}
}

func TestASentenceEndsAtItsMark(t *testing.T) {
	var s scan
	newFolder().cut("Hij is 34. Hij wil afspreken! Wat nu?\nhelp… ja", &s)
	var got []int16
	for _, p := range s.pieces {
		got = append(got, p.sentence)
	}
	want := []int16{0, 0, 0, 1, 1, 1, 2, 2, 3, 4}
	if len(got) != len(want) {
		t.Fatalf("sentences %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("sentences %v, want %v", got, want)
		}
	}
	if s.questions != 1 || !s.capital {
		t.Errorf("questions %d, capital %v", s.questions, s.capital)
	}
}

func TestMoneyIsSeenAtItsSign(t *testing.T) {
	for _, text := range []string{"€50", "50€", "£ 40", "$300"} {
		var s scan
		newFolder().cut(text, &s)
		if len(s.pieces) != 1 || !s.pieces[0].money {
			t.Errorf("%q is not read as money: %+v", text, s.pieces)
		}
	}
}
