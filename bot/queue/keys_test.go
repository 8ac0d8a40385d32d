package queue

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hands is a clock that a test moves.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func ringIn(t *testing.T, folder string, clock *hands) *keyring {
	t.Helper()
	k, err := newKeyring(folder, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestKeysAreDestroyedOnSchedule(t *testing.T) {
	folder := t.TempDir()
	clock := &hands{at: nine}
	k := ringIn(t, folder, clock)
	for _, step := range []struct {
		after time.Duration
		want  []string
	}{
		{0, []string{"long-2026112309.key", "short-2026112309.key"}},
		{2*time.Hour + grace - time.Second, []string{"long-2026112309.key", "short-2026112309.key"}},
		{time.Second, []string{"long-2026112309.key"}},
		{23*time.Hour - time.Second, []string{"long-2026112309.key"}},
		{time.Second, nil},
	} {
		clock.move(step.after)
		k.next = time.Time{} // the folder is looked at now
		if err := k.sweep(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, files(t, folder)); diff != "" {
			t.Errorf("at %v: %s", clock.now(), diff)
		}
	}
	if len(k.held) != 0 {
		t.Errorf("%d keys still in memory", len(k.held))
	}
}

func TestAKeyIsOverwrittenBeforeItIsRemoved(t *testing.T) {
	folder := t.TempDir()
	clock := &hands{at: nine}
	k := ringIn(t, folder, clock)
	name := filepath.Join(folder, "short-2026112309.key")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "same file") // still there after the removal
	if err := os.Link(name, other); err != nil {
		t.Fatal(err)
	}
	clock.move(3 * time.Hour)
	if err := k.sweep(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(other)
	if err != nil || bytes.Equal(before, after) || len(after) != keyBytes {
		t.Errorf("the removed file still holds the key, %v", err)
	}
}

func TestNodesThatShareAFolderAgreeOnOneKey(t *testing.T) {
	folder := t.TempDir()
	clock := &hands{at: nine}
	const nodes = 16
	buckets := make([]string, nodes)
	var race sync.WaitGroup
	for i := range nodes {
		race.Go(func() {
			k, err := newKeyring(folder, clock.now)
			if err != nil {
				t.Error(err)
				return
			}
			buckets[i] = (&Queue{keys: k}).Bucket("192.0.2.0/24")
		})
	}
	race.Wait()
	for _, b := range buckets {
		if b != buckets[0] || len(b) != 10 {
			t.Errorf("buckets %q", buckets)
			break
		}
	}
	if diff := cmp.Diff([]string{"long-2026112309.key", "short-2026112309.key"}, files(t, folder)); diff != "" {
		t.Error(diff)
	}
	clock.move(time.Hour)
	if later := (&Queue{keys: ringIn(t, folder, clock)}).Bucket("192.0.2.0/24"); later == buckets[0] {
		t.Error("a bucket outlives its hour")
	}
}

func TestAnUnusableFolderIsRefusedInOneLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "short-2026112309.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{filepath.Join(file, "keys"), file, "/proc/praatpaal", broken} {
		_, err := newKeyring(folder, (&hands{at: nine}).now)
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "keys: ") {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

func TestTheWrappingFollowsTheHourAndTheClass(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		clock := &hands{at: nine}
		a.keys.now, b.keys.now = clock.now, clock.now
		id := begun(t, a)
		wrapped := func() hour {
			t.Helper()
			text, err := a.client.HGet(t.Context(), a.names.conversation(id), "k").Result()
			if err != nil {
				t.Fatal(err)
			}
			s, err := a.keys.unwrap(id, a.client.HGet(t.Context(), a.names.conversation(id), "i").Val(), text)
			if err != nil {
				t.Fatal(err)
			}
			return s.hour
		}
		for i, step := range []struct {
			node *Queue
			kept bool
			move time.Duration
			want hour
		}{
			{a, false, 0, hourOf(short, nine)},
			{b, false, time.Hour, hourOf(short, nine.Add(time.Hour))},
			{a, true, 0, hourOf(long, nine.Add(time.Hour))},
			// b does not know yet that it was handed over: its key is not taken.
			{b, false, time.Hour, hourOf(long, nine.Add(time.Hour))},
			{b, false, 0, hourOf(long, nine.Add(2*time.Hour))},
			{b, false, 20 * time.Hour, hourOf(long, nine.Add(22*time.Hour))},
			{a, false, 0, hourOf(long, nine.Add(22*time.Hour))},
		} {
			clock.move(step.move)
			turn := Turn{ID: id, Expect: Any, Kept: step.kept, Entries: []Entry{{From: "child", Body: []byte("x")}}}
			if _, err := step.node.Turn(t.Context(), turn); err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
			if got := wrapped(); got != step.want {
				t.Errorf("step %d: wrapped for %s, want %s", i, got.file(), step.want.file())
			}
		}
		a.chest.empty()
		entries, err := a.After(t.Context(), id, 0)
		if err != nil || len(entries) != 9 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	})
}

func TestWithoutTheHoursKeyAConversationIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		clock := &hands{at: nine}
		q.keys.now = clock.now
		id := begun(t, q)
		q.chest.empty()
		clock.move(2*time.Hour + grace)
		if err := q.keys.sweep(); err != nil {
			t.Fatal(err)
		}
		_, err := q.Load(t.Context(), id)
		isError(t, err, ErrGone)
		_, err = q.After(t.Context(), id, 0)
		isError(t, err, ErrGone)
		_, err = q.Turn(t.Context(), Turn{ID: id, Expect: Any})
		isError(t, err, ErrGone)
	})
}

func TestAFolderThatIsNotSharedIsNoticed(t *testing.T) {
	o := store{urls: []string{"redis://" + real.addr}}.options(t)
	a := open(t, o)
	id := begun(t, a)
	o.Keys = t.TempDir()
	q, err := Open(t.Context(), o)
	if err == nil {
		q.Close()
		t.Fatal("a node with another folder was let in")
	}
	for _, word := range []string{"PRAATPAAL_KEYS", "same folder", real.addr, a.names.folder} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
	// Whoever removes the proof is told by the conversations themselves.
	if err := a.client.Del(t.Context(), a.names.folder).Err(); err != nil {
		t.Fatal(err)
	}
	b := open(t, o)
	_, err = b.Load(t.Context(), id)
	if err == nil || errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "share PRAATPAAL_KEYS") {
		t.Errorf("error %v", err)
	}
}

func TestTheChestIsBounded(t *testing.T) {
	c := newChest(3)
	for _, id := range []string{"a", "b", "c"} {
		c.put(newSeal(id))
	}
	c.get("a")
	c.put(newSeal("d"))
	for id, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, ok := c.get(id); ok != want {
			t.Errorf("%s is held: %v", id, ok)
		}
	}
	c.drop("a")
	if _, ok := c.get("a"); ok {
		t.Error("a was dropped")
	}
	c.age(-time.Minute)
	if len(c.seals) != 0 || c.order.Len() != 0 {
		t.Error("old keys are still held")
	}
}
