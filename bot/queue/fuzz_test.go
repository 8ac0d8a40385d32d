package queue

import (
	"strings"
	"testing"
)

// What lies in Redis may be of another version, or have been touched: no
// decoder may panic.

func FuzzStored(f *testing.F) {
	s := newSeal("c1")
	for _, text := range []string{
		"", us, "17" + us + "m1" + us + "child" + us + "m1" + us + string(s.aead.Seal(nil, nil, []byte("x"), entryName(nil, "c1", "child", "m1"))),
		"1700000000000000" + us + "3" + us + "bucket" + us + "1" + us + "nl" + us + "grooming" + us + "victim" + us + "child",
		"log" + us + "c1" + us + us, strings.Repeat(us, 20), "1 2 3 0", "s\x00\x00\x00\x00\x00\x00\x00\x01" + strings.Repeat("k", 60),
	} {
		f.Add(text)
	}
	keys, err := newKeyring("", (&clock{}).now)
	if err != nil {
		f.Fatal(err)
	}
	q := &Queue{keys: keys, chest: newChest(1), clock: &clock{}, epoch: &epoch{ask: make(chan struct{}, 1)}}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := parseEntry(&s, text); err == nil && text != "" && e.Body == nil {
			t.Error("an entry that nobody sealed was opened")
		}
		q.parseStay("c1", text)
		parseHint(text)
		hourOfFile(text)
		s.openState(text)
		if opened, err := keys.unwrap("c1", "k", text); err == nil && opened.aead == nil {
			t.Error("a key was unwrapped and is not there")
		}
		q.stored(&s, Turn{ID: "c1"}, text)
		q.again(&s, strings.Split(text, us))
	})
}

func FuzzAddress(f *testing.F) {
	for _, text := range []string{
		"redis://127.0.0.1:6379/0", "rediss://user:secret@host:1", "redis://a:1,redis://b:2", "redis://a:1,b:2", "redis+sentinel://u:secret@a,b:2/3?master=m",
		"redis://:secret@[::1]:6379/x", "://", ",", "redis://a?cluster=true", "http://secret@x", "redis://user:secret%zz@host",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAddress([]string{text})
		if err != nil && (strings.Contains(err.Error(), "secret") && !strings.Contains(strings.ReplaceAll(text, ":secret@", ""), "secret") || strings.Contains(err.Error(), "\n") && !strings.Contains(text, "\n")) {
			t.Errorf("%q was refused with %q", text, err)
		}
		if err == nil && len(a.options.Addrs) == 0 {
			t.Errorf("%q gave no address", text)
		}
	})
}
