package web

import (
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/locales"
)

func TestFiveWordsLeadBackFromAnotherDevice(t *testing.T) {
	for _, s := range []*site{newSite(t, nil), newRealSite(t)} {
		s.play(join(`
			a> {"type":"start","lang":"en","as":"parent"}
			a< {"type":"welcome","token":"$token","as":null}
			a< {"type":"message","seq":1}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1"}
			a< {"type":"message","seq":3}
			a> {"type":"code"}
			a< {"type":"code","words":"$words","until":"*"}
			b> {"type":"return","words":"$words"}
			a# 4001
			b< {"type":"welcome","token":"$token","seq":3,"as":"parent","lang":"en"}
			b< {"type":"message","seq":1}
			b< {"type":"message","seq":2,"from":"child","id":"m1"}
			b< {"type":"message","seq":3}
			b> {"type":"say","id":"m2","text":"terug"}
			b< {"type":"received","id":"m2","seq":4}
			b< {"type":"message","seq":5}
			b> {"type":"forget"}
			b< {"type":"forgotten"}
			b# 1000
			c> {"type":"return","words":"$words"}
			c< {"type":"error","code":"unknown-code","text":"*"}
			c> {"type":"start"}
			c< {"type":"welcome","as":null}`))
	}
}

func TestWordsCountHoweverTheyAreTyped(t *testing.T) {
	lists := map[string][]string{
		"en": {"apple", "bike", "cloud", "lamp", "tiger"},
		"nl": {"appel", "fiets", "klok", "lamp", "tijger", "vos", "wolk", "wolf"},
	}
	for typed, want := range map[string]string{
		"tijger lamp appel fiets wolk":            "tijger lamp appel fiets wolk",
		" Tijger, LAMP\tappel-fiets  wolk. ":      "tijger lamp appel fiets wolk",
		"tjger lammp appel feits wolk":            "tijger lamp appel fiets wolk",
		"tijger lamp appel fiets wol":             "tijger lamp appel fiets wol", // two can be meant
		"tiger lamp apple bike cluod":             "tiger lamp apple bike cloud",
		"tijger lamp appel fietsen wolk":          "tijger lamp appel fietsen wolk", // more than a slip
		"geen van deze":                           "geen van deze",
		"tijger lamp appel fiets wolk, of klokje": "tijger lamp appel fiets wolk of klokje",
	} {
		if got := spoken(typed, lists); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestWordsAreDrawnFromTheWholeList(t *testing.T) {
	lists, err := locales.Words("nl")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 4000 {
		words := strings.Fields(draw(lists["nl"]))
		if len(words) != codeWords {
			t.Fatalf("%d words", len(words))
		}
		for _, word := range words {
			seen[word] = true
		}
	}
	// 20,000 draws miss a word of 1,150 with a chance of one in thirty million.
	if len(seen) != len(lists["nl"]) {
		t.Errorf("%d of %d words were drawn", len(seen), len(lists["nl"]))
	}
}

func TestGuessingWordsIsSoonToldToWait(t *testing.T) {
	s := newSite(t, nil)
	c := s.child()
	var got []string
	for range codesAtOnce + 2 {
		c.send(`{"type":"return","words":"a b c d e"}`)
		got = append(got, c.until("error")["code"].(string))
	}
	for i, code := range got {
		want := "unknown-code"
		if i >= codesAtOnce {
			want = "rate-limited"
		}
		if code != want {
			t.Errorf("try %d: %s, want %s", i+1, code, want)
		}
	}
}

func TestNoWordsWhileTheStoreIsAway(t *testing.T) {
	s := newSite(t, nil)
	s.play(`
		a> {"type":"start"}
		a< {"type":"welcome"}
		a< {"type":"message"}
		a> {"type":"code","words":"x"}
		a< {"type":"code"}`)
	s.store.setDown(true)
	s.play(`
		b> {"type":"return","words":"a b c d e"}
		b< {"type":"error","code":"unavailable"}`)
}

func TestHowItFeelsIsCountedOnceAndAnsweredByNothing(t *testing.T) {
	s := newSite(t, nil)
	s.play(`
		a> {"type":"feel","about":"before","answer":"4"}
		a< {"type":"error","code":"bad-frame"}
		a> {"type":"start","lang":"nl"}
		a< {"type":"welcome"}
		a< {"type":"message"}
		a> {"type":"feel","about":"before","answer":"4"}
		a> {"type":"feel","about":"before","answer":"1"}
		a> {"type":"feel","about":"helped","answer":"skip"}
		a!
		a> {"type":"feel","about":"before","answer":"6"}
		a< {"type":"error","code":"bad-frame"}
		a> {"type":"feel","about":"name","answer":"1"}
		a< {"type":"error","code":"bad-frame"}
		a> {"type":"feel","answer":"1"}
		a< {"type":"error","code":"bad-frame"}`)
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if got := s.store.counts; len(got) != 2 || got["child-before 4 nl"] != 1 || got["child-helped skip nl"] != 1 {
		t.Errorf("counted %v", got)
	}
}
