package queue

import (
	"testing"
	"time"
)

func TestATurnThatHasSeenMoreThanIsStoredIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		id := begun(t, q)
		say := func(message string, seen int64) error {
			_, err := q.Turn(t.Context(), Turn{
				ID: id, Message: message, Expect: Any, Seen: seen, Entries: []Entry{{From: "child", ID: message, Body: []byte("x")}},
			})
			return err
		}
		isError(t, say("m2", 3), ErrLost)
		if err := say("m2", 2); err != nil {
			t.Fatal(err)
		}
		entries, err := q.After(t.Context(), id, 0)
		if err != nil || len(entries) != 3 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	})
}

func TestWhoFindsALossMakesAnotherEpochForAllOnce(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		was := a.Epoch()
		for _, q := range []*Queue{a, b} { // both find it, at about the same time
			if err := q.Lost(t.Context(), was); err != nil {
				t.Fatal(err)
			}
		}
		now := a.Epoch()
		if now == was {
			t.Error("the epoch is still the same")
		}
		b.epoch.doubt()
		wait(t, func() bool { return b.Epoch() == now })
		if err := a.Lost(t.Context(), was); err != nil || a.Epoch() != now {
			t.Errorf("an old loss changed the epoch again: %v", err)
		}
	})
}

// Who doubts just after a look at the store waits a second, and not for the
// next look that comes anyhow: four losses, one after the other, take less than
// two of those.
func TestADoubtJustAfterALookIsNotForgotten(t *testing.T) {
	server := ownRedis(t)
	q := open(t, store{urls: []string{server.url()}}.options(t))
	began := time.Now()
	for range 4 {
		id, was := begun(t, q), q.Epoch()
		if err := q.client.FlushAll(t.Context()).Err(); err != nil { // a server of this test alone
			t.Fatal(err)
		}
		_, err := q.Load(t.Context(), id)
		isError(t, err, ErrGone)
		wait(t, func() bool { return q.Epoch() != was })
	}
	if took := time.Since(began); took > 2*watchTime {
		t.Errorf("four losses were noticed after %v", took)
	}
}

func TestWhatAReplicaLacksIsNotShown(t *testing.T) {
	master := replicatedRedis(t)
	replica := replicaOf(t, master)
	q := open(t, store{urls: []string{master.url()}}.options(t))
	id := begun(t, q)
	if err := replica.pause(); err != nil {
		t.Fatal(err)
	}
	_, err := q.Turn(t.Context(), Turn{ID: id, Message: "m2", Expect: Any, Entries: []Entry{{From: "child", ID: "m2", Body: []byte("x")}}})
	isError(t, err, errUnsafe)
	_, err = q.After(t.Context(), id, 0)
	isError(t, err, errUnsafe)
	if err := replica.resume(); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool {
		entries, err := q.After(t.Context(), id, 0)
		return err == nil && len(entries) == 3
	})
}

func TestAllReplicasThatFollowMustHaveAWrite(t *testing.T) {
	for _, c := range []struct {
		info string
		want int32
	}{
		{"role:master\r\nconnected_slaves:0\r\n", 0},
		{"slave0:ip=a,port=1,state=online,offset=10,lag=0\r\nslave1:ip=b,port=2,state=online,offset=9,lag=1\r\n", 2},
		{"slave0:ip=a,port=1,state=online,offset=10,lag=0\r\nslave1:ip=b,port=2,state=online,offset=9,lag=9\r\n", 1},
		{"slave0:ip=a,port=1,state=online,offset=10,lag=9\r\n", 1},
		{"slave0:ip=a,port=1,state=wait_bgsave,offset=0,lag=0\r\n", 0},
		{"slave0:ip=a,port=1,state=online,offset=0,lag=0\r\n", 0},
	} {
		if got := following(c.info); got != c.want {
			t.Errorf("%q: %d, want %d", c.info, got, c.want)
		}
	}
}
