package queue

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestManyTurnsAtOnceShareFewPipelines(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		const talks, turns = 50, 20
		var all sync.WaitGroup
		for range talks {
			id := begun(t, q)
			all.Go(func() {
				said := func(who string, i int) []byte { return []byte(strings.Repeat(fmt.Sprint(who, id, i), i+1)) }
				for i := range turns {
					stored, err := q.Turn(t.Context(), Turn{
						ID: id, Message: fmt.Sprintf("n%d", i), Expect: int64(i + 1), State: said("state", i),
						Entries: []Entry{{From: "child", Body: said("child", i)}, {From: "bot", Body: said("bot", i)}},
					})
					if err != nil || stored.Version != int64(i+2) || stored.Seq != int64(2*i+4) {
						t.Errorf("turn %d: %+v, %v", i, stored, err)
					}
				}
				// What each sealed for itself is what it finds.
				entries, err := q.After(t.Context(), id, 2)
				record, failed := q.Load(t.Context(), id)
				if err != nil || failed != nil || len(entries) != 2*turns || string(record.State) != string(said("state", turns-1)) {
					t.Errorf("%d entries, state %q, %v, %v", len(entries), record.State, err, failed)
				}
				for n, e := range entries {
					if want := said(e.From, n/2); string(e.Body) != string(want) {
						t.Errorf("entry %d is %q and not %q", n, e.Body, want)
					}
				}
			})
		}
		all.Wait()
	})
}

func TestScriptsAreLoadedAgainWhenRedisForgotThem(t *testing.T) {
	server := ownRedis(t)
	q := open(t, store{urls: []string{server.url()}}.options(t))
	id := begun(t, q)
	for i := range 3 {
		if err := q.client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := q.After(t.Context(), id, 0); err != nil { // a reading script
			t.Fatal(err)
		}
		if _, err := q.Turn(t.Context(), Turn{ID: id, Message: fmt.Sprintf("n%d", i), Expect: Any, Entries: []Entry{{From: "child"}}}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := q.After(t.Context(), id, 0)
	if err != nil || len(entries) != 5 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestEveryScriptSaysWhatItTakesAndGives(t *testing.T) {
	files, err := scriptFiles.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := scriptFiles.ReadFile("scripts/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(text), "\nlocal ")
		if !strings.Contains(head, "KEYS") {
			t.Errorf("%s: no table of keys", f.Name())
		}
		for _, banned := range []string{"bit.", "struct.", "cmsgpack", "#!lua", "redis.sha1hex", "redis.log"} {
			if strings.Contains(string(text), banned) {
				t.Errorf("%s uses %s, which the embedded store may not have", f.Name(), banned)
			}
		}
	}
	s, err := newScripts()
	if err != nil {
		t.Fatal(err)
	}
	// stay.lua stands at the start of others and is none of its own.
	if len(s.all()) != len(files)-1 {
		t.Errorf("%d scripts are loaded, %d are there", len(s.all()), len(files)-1)
	}
}
