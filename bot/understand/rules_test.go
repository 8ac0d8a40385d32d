package understand

import (
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
)

func ruleHolds(t *testing.T, pattern, text string) bool {
	t.Helper()
	u := small(t, "## Rule\n\ndanger: urgent\n\n- "+pattern+"\n")
	var r reading
	u.lexicon.read(text, &r)
	return len(u.rules.fire(&r, nil)) > 0
}

func TestAPatternHoldsWhereItShould(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"{he} {threat}", "hij dreigt", true},
		{"{he} {threat}", "hij echt gewoon dreigt", true},
		{"{he} {threat}", "hij wil dreigen", false},
		{"{he} … {threat}", "hij wil mij altijd dreigen", true},
		{"{he} … {threat}", "dreigt hij", false},
		{"{he} … {threat}", "hij. ze dreigen", false},
		{"{he} + {threat}", "dreigt hij", true},
		{"{he} + {threat}", "dreigen. hij", false},
		{"{he} & {threat}", "ze dreigen. hij ook", true},
		{"{he} / {sibling} … {threat}", "mijn zus dreigt", true},
		{"{threat} unless {sibling}", "mijn zus dreigt", false},
		{"{threat} unless {sibling}, grapje", "hij dreigt. grapje", false},
		{"{threat} unless {sibling}, grapje", "hij dreigt", true},
		{"wacht … buiten", "hij wachtte heel lang buiten", true},
		{"wacht ... buiten", "hij wacht buiten", true},
		{"{image} … zegt / zei", "die foto, zei hij", true},
	} {
		if got := ruleHolds(t, c.pattern, c.text); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.text, got)
		}
	}
}

func TestMistakesAreAllNamedAtOnce(t *testing.T) {
	_, err := New(volumeOf("nl", `
## Image

- foto, , film
- {nothing}

## Image

- beeld

## Empty

## Chat spelling

- ik k
- ik: k, twee woorden
`, `
## No outcome

- {image}

## Wrong outcome

danger: terrible

- {image}

## Patterns

danger: urgent

- {image
- {ghost}
- … {image}
- / {image}
`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"words.md:4: an empty place", "words.md:5: family {nothing} does not exist", "words.md:7: family {image} stands at line 2",
		"words.md:11: family {empty} has no words", "words.md:15: a line of chat spelling without a colon", "words.md:16: \"twee woorden\" is not one typed word",
		"danger.md:2: rule \"No outcome\" has no outcome", "danger.md:8: \"danger: terrible\" is no outcome",
		"danger.md:16: pattern", "danger.md:17: family {ghost} does not exist", "danger.md:18: pattern", "danger.md:19: pattern",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestAQuoteThatDoesNotHoldIsAnError(t *testing.T) {
	found := Check(volumeOf("nl", smallWords, "## Rule\n\ndanger: urgent\n\n> - hij dreigt\n> - hij zingt\n\n- {threat}\n"))
	if len(found) != 1 || found[0].Line != 6 || found[0].Warning {
		t.Fatalf("findings %+v", found)
	}
}

func TestTheRulesOfTheContentHoldOnTheirQuotes(t *testing.T) {
	for _, lang := range book.Languages() {
		for _, f := range Check(contentVolume(t, lang)) {
			if !f.Warning {
				t.Errorf("%s:%d: %s: %s", f.File, f.Line, f.What, f.Do)
			}
		}
	}
}
