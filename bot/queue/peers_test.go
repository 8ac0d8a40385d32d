package queue

import (
	"testing"
	"time"
)

func TestANodeKnowsWhetherOthersReachTheStore(t *testing.T) {
	folder := t.TempDir()
	a, b := peers{folder, "a"}, peers{folder, "b"}
	at := time.Now()
	if err := a.reached(at); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who  peers
		then time.Time
		want bool
	}{
		{b, at.Add(-time.Second), true}, // a was there after b was cut off
		{b, at.Add(time.Second), false}, // a is away as well
		{a, at.Add(-time.Second), false},
		{peers{}, at.Add(-time.Second), false},
	} {
		if got := c.who.since(c.then); got != c.want {
			t.Errorf("%s since %v: %v", c.who.node, c.then.Sub(at), got)
		}
	}
	if err := a.leave(); err != nil {
		t.Fatal(err)
	}
	if b.since(at.Add(-time.Second)) {
		t.Error("a node that has left still counts")
	}
	if err := a.leave(); err != nil {
		t.Error(err)
	}
}
