package understand

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

// understanders of the real content, made once for all tests.
var understanders = sync.OnceValue(func() map[string]*Understander {
	b, _ := content()
	out := map[string]*Understander{}
	for lang, v := range b.Volumes {
		u, err := New(v)
		if err != nil {
			panic(err)
		}
		out[lang] = u
	}
	return out
})

func real(t testing.TB, lang string) *Understander {
	t.Helper()
	contentVolume(t, lang)
	return understanders()[lang]
}

func TestNoRuleCallsOutDangerOverDailyLife(t *testing.T) {
	for _, lang := range book.Languages() {
		data, err := os.ReadFile("testdata/calm." + lang + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		u := real(t, lang)
		var r reading
		for _, text := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			u.lexicon.read(text, &r)
			for _, f := range u.rules.fire(&r, nil) {
				if rule := u.rules.rules[f.rule]; rule.out.picks[dangerHead] >= int8(book.Urgent) {
					t.Errorf("%s: %q makes rule %q hold by %q", lang, text, rule.name, u.rules.patterns[f.pattern].text)
				}
			}
			if m := u.Message(text); m.Danger >= book.Urgent {
				t.Errorf("%s: %q is taken for %v: %+v", lang, text, m.Danger, m.Why)
			}
		}
	}
}

func TestDangerIsNeverOverlooked(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		want       book.Danger
		topic      string
	}{
		{"nl", "ik ga mezelf vanavond ophangen", book.Emergency, "self-harm"},
		{"nl", "ik heb net 30 paracetamol geslikt", book.Emergency, "self-harm"},
		{"nl", "hij staat voor mijn deur en ik ben alleen thuis, ik ben bang", book.Emergency, ""},
		{"nl", "ik heb vandaag om 5 uur afgesproken met een man die ik alleen van snapchat ken", book.Emergency, "grooming"},
		{"nl", "ik ben net verkracht", book.Emergency, "abuse"},
		{"nl", "ze zetten mijn naaktfoto online als ik niet betaal", book.Urgent, "sextortion"},
		{"nl", "mijn stiefvader komt elke nacht op mijn kamer en raakt me aan", book.Urgent, "abuse"},
		{"nl", "ik wil dood", book.Urgent, "self-harm"},
		{"en", "i am going to hang myself tonight", book.Emergency, "self-harm"},
		{"en", "i just swallowed 30 paracetamol", book.Emergency, "self-harm"},
		{"en", "he is at my door and im home alone, im scared", book.Emergency, ""},
		{"en", "i am meeting a man i only know from snapchat today at 5", book.Emergency, "grooming"},
		{"en", "i just got raped", book.Emergency, "abuse"},
		{"en", "they will post my nude online if i dont pay", book.Urgent, "sextortion"},
		{"en", "my stepdad comes into my room every night and touches me", book.Urgent, "abuse"},
		{"en", "i want to die", book.Urgent, "self-harm"},
	} {
		m := real(t, c.lang).Message(c.text)
		if m.Danger < c.want || c.topic != "" && m.Topic != c.topic {
			t.Errorf("%s: %q is taken for %v, %s: %+v", c.lang, c.text, m.Danger, m.Topic, m.Why)
		}
		if m.Danger == book.Emergency && m.Why[dangerHead].File == "" {
			t.Errorf("%s: %q is an emergency without a rule: %+v", c.lang, c.text, m.Why)
		}
	}
}

func TestASampleLeadsToItsOwnStep(t *testing.T) {
	for _, lang := range book.Languages() {
		v := contentVolume(t, lang)
		u := real(t, lang)
		for _, step := range v.Order {
			for _, s := range step.Samples {
				m := u.Message(s.Text)
				if len(m.Steps) == 0 || m.Steps[0].Score != 1 {
					t.Errorf("%s:%d: %q does not find a sample with score 1: %+v", step.File, s.Line, s.Text, m.Steps)
				}
			}
		}
	}
}

func TestEveryLabelHasAReason(t *testing.T) {
	for _, lang := range book.Languages() {
		for _, text := range []string{"", "hoi", "hij dreigt mijn naaktfoto te delen", "he threatens to share my nude", "😭"} {
			m := real(t, lang).Message(text)
			if len(m.Why) != headCount {
				t.Fatalf("%q has %d reasons", text, len(m.Why))
			}
			for i, label := range []string{"topic", "role", "danger", "wants"} {
				if m.Why[i].Label != label || m.Why[i].Rule == "" || m.Why[i].Rule != "samples" && m.Why[i].Line == 0 {
					t.Errorf("%q: reason %+v for %s", text, m.Why[i], label)
				}
			}
		}
	}
}

func TestTheOtherLanguageIsRecognised(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"nl", "can you help me please someone is threatening me", "en"},
		{"nl", "my friend has a problem and i do not know what to do", "en"},
		{"nl", "mijn vriend heeft een probleem en ik weet niet wat ik moet doen", ""},
		{"nl", "he is zo random bro wtf", ""},
		{"nl", "hello", ""},
		{"nl", "kan ik iemand spreken", ""},
		{"en", "mijn vriend heeft een probleem en ik weet niet wat ik moet doen", "nl"},
		{"en", "kan ik met iemand praten want ik ben bang", "nl"},
		{"en", "can i talk to someone because i am scared", ""},
		{"en", "hoi", ""},
	} {
		if got := real(t, c.lang).Message(c.text).Lang; got != c.want {
			t.Errorf("%s: %q is taken for language %q, want %q", c.lang, c.text, got, c.want)
		}
	}
}

func TestTakingBackIsHeard(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		want       bool
	}{
		{"nl", "laat maar", true}, {"nl", "grapje", true}, {"nl", "vergeet het", true}, {"nl", "nee laat maar zitten", true}, {"nl", "ik wil dood", false}, {"nl", "hallo", false},
		{"en", "never mind", true}, {"en", "jk", true}, {"en", "forget it", true}, {"en", "nvm it was a joke", true}, {"en", "i want to die", false}, {"en", "hello", false},
	} {
		if got := real(t, c.lang).Message(c.text).Denial; got != c.want {
			t.Errorf("%s: denial of %q is %v", c.lang, c.text, got)
		}
	}
}

func TestFreeTextNamesAChoice(t *testing.T) {
	nl := []Option{{"a", "Ja, vandaag nog"}, {"b", "Nee"}, {"c", "Ik wil met een mens praten"}}
	en := []Option{{"a", "Yes, today"}, {"b", "No"}, {"c", "I want to talk to a person"}}
	for _, c := range []struct {
		lang    string
		text    string
		offered []Option
		want    string
	}{
		{"nl", "ja", nl, "a"}, {"nl", "jaa", nl, "a"}, {"nl", "nee", nl, "b"}, {"nl", "nee hoor", nl, "b"}, {"nl", "ja, vandaag nog", nl, "a"},
		{"nl", "de eerste", nl, "a"}, {"nl", "2", nl, "b"}, {"nl", "de laatste", nl, "c"}, {"nl", "met een mens praten", nl, "c"}, {"nl", "ik wil met een mens praten", nl, "c"},
		{"nl", "hij heeft een hond", nl, ""}, {"nl", "", nl, ""}, {"nl", "ja", nil, ""},
		{"en", "yes", en, "a"}, {"en", "yeah", en, "a"}, {"en", "no", en, "b"}, {"en", "nope", en, "b"}, {"en", "the first one", en, "a"}, {"en", "3", en, "c"},
		{"en", "talk to a person", en, "c"}, {"en", "he has a dog", en, ""},
	} {
		if got := real(t, c.lang).Hear(c.text, c.offered).Named; got != c.want {
			t.Errorf("%s: %q names %q, want %q", c.lang, c.text, got, c.want)
		}
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	u := real(t, "nl")
	texts := []string{"hoi", "ik wil dood", "hij dreigt mijn foto te delen als ik niet betaal", "wie leest dit", ""}
	var want []Meaning
	for _, text := range texts {
		want = append(want, u.Message(text))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				for i, text := range texts {
					if got := u.Message(text); !reflect.DeepEqual(got, want[i]) {
						t.Errorf("%q means %+v, and then %+v", text, want[i], got)
					}
				}
			}
		})
	}
	all.Wait()
}

func TestTheSameContentGivesTheSameWeights(t *testing.T) {
	v := contentVolume(t, "en")
	one, err := New(v)
	if err != nil {
		t.Fatal(err)
	}
	two := real(t, "en")
	if !slices.Equal(one.scorer.keys, two.scorer.keys) || !slices.Equal(one.scorer.rows, two.scorer.rows) {
		t.Error("two loads of the same content learned other weights")
	}
}
