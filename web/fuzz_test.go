package web

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What a browser sends may be anything: no decoder may panic, and what it lets
// through is within the limits.

func seeds(f *testing.F, more ...string) {
	for _, text := range append(more,
		`{"type":"start","lang":"nl","as":"child","page":"grooming/signs"}`, `{"type":"resume","token":"t","after":17}`,
		`{"type":"say","id":"m1","text":"ik ben bang"}`, `{"type":"choose","id":"m2","choice":"a/b"}`, `{"type":"lang","lang":"en"}`,
		`{"type":"human"}`, `{"type":"resume","token":"t","after":-1}`, `{"type":"say","id":"m1","text":"`+strings.Repeat("e\u0301", 1000)+`"}`,
		`{"type":"say","type":"forget"}`, `{"type":null}`, strings.Repeat("[", 100),
	) {
		f.Add([]byte(text))
	}
}

func checkText(t *testing.T, name, text string, most int) {
	t.Helper()
	if utf8.RuneCountInString(text) > most || !utf8.ValidString(text) {
		t.Errorf("%s is let through: %d characters", name, utf8.RuneCountInString(text))
	}
}

func checkSaid(t *testing.T, text string) {
	t.Helper()
	checkText(t, "text", text, maxText)
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			t.Errorf("the control character %q is let through", r)
		}
	}
}

func FuzzChildFrame(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		got := decode(data)
		if got.wrong != "" {
			if got.wrong != badFrame && got.wrong != tooLong {
				t.Errorf("refused with %q", got.wrong)
			}
			return
		}
		if !json.Valid(data) {
			t.Error("what is no JSON is let through")
		}
		if !slices.Contains([]string{"start", "resume", "say", "choose", "lang", "typing", "human", "bot", "forget", "exit", "ping"}, got.kind) {
			t.Errorf("type %q is let through", got.kind)
		}
		checkText(t, "id", got.id, maxID)
		checkText(t, "token", got.token, maxToken)
		checkText(t, "choice", got.choice, maxPage)
		checkText(t, "page", got.page, maxPage)
		checkSaid(t, got.text)
		if got.kind == "say" && (got.id == "" || got.text == "") || got.after < 0 {
			t.Errorf("%+v is let through", got)
		}
	})
}

func FuzzDeskFrame(f *testing.F) {
	seeds(f, `{"type":"claim"}`, `{"type":"claim","conversation":"c"}`, `{"type":"say","conversation":"c","id":"d1","text":"dag"}`,
		`{"type":"release","conversation":"c","to":"line"}`, `{"type":"hand-over","conversation":"c","to":"Mark"}`, `{"type":"away","away":true}`,
		`{"type":"end","conversation":"c","outcome":"helped"}`, `{"type":"note","conversation":"c","text":"let op"}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		got := decodeDesk(data)
		if got.wrong != "" {
			return
		}
		checkText(t, "id", got.id, maxID)
		checkText(t, "conversation", got.conversation, maxToken)
		checkText(t, "to", got.to, maxPage)
		checkSaid(t, got.text)
		alone := slices.Contains([]string{"claim", "ping", "away"}, got.kind)
		if !alone && got.conversation == "" {
			t.Errorf("%+v is let through", got)
		}
	})
}
