package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// What happens when the store knows less than it did.

func (m *memoryStore) Elsewhere() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.alone
}

func (m *memoryStore) Now() time.Time { return time.Now() }

func (m *memoryStore) Lost(_ context.Context, epoch string) error {
	unlock, err := m.lock()
	defer unlock()
	if err == nil && m.epoch == epoch {
		m.epoch += "'"
	}
	return err
}

// said lists the ids of what the child and the counsellor said, in the order
// of the log.
func said(t *testing.T, s *site, token string) (ids []string) {
	t.Helper()
	entries, err := s.store.After(t.Context(), queue.IDOf(token), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		var m message
		if err := json.Unmarshal(e.Body, &m); err != nil {
			t.Fatal(err)
		}
		if m.ID != "" {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

func say(c *socket, from, to int) {
	for i := from; i <= to; i++ {
		c.send(fmt.Sprintf(`{"type":"say","id":"m%d","text":"zin %d"}`, i, i))
	}
}

// begun starts a talk in which m1 to m5 are stored.
func (s *site) begun() (c *socket, token string) {
	c = s.child()
	c.send(`{"type":"start"}`)
	token = fmt.Sprint(c.until("welcome")["token"])
	for i := 1; i <= 5; i++ {
		say(c, i, i)
		c.until("received")
	}
	return c, token
}

func inOrder(from, to int) (ids []string) {
	for i := from; i <= to; i++ {
		ids = append(ids, fmt.Sprint("m", i))
	}
	return ids
}

func TestWhatComesAgainAfterALossStandsInItsOrder(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, token := s.begun()
		s.store.lose("two")
		say(c, 6, 7) // on their way while the browser knows of nothing
		c.until("welcome")
		say(c, 1, 8)
		for f := c.until("received"); f["id"] != "m8"; {
			f = c.until("received")
		}
		if diff := cmp.Diff(inOrder(1, 8), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatWasAnsweredFromMemoryComesAfterWhatWasLost(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, token := s.begun()
		s.store.setDown(true)
		say(c, 6, 6)
		answer := c.until("message")
		s.store.lose("two")
		s.store.setDown(false)
		if w := c.until("welcome"); w["epoch"] != "two" {
			t.Errorf("the welcome came as %v", w)
		}
		say(c, 1, 7)
		for f := c.until("received"); f["id"] != "m7"; {
			f = c.until("received")
		}
		if diff := cmp.Diff(inOrder(1, 7), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
		entries, _ := s.store.After(t.Context(), queue.IDOf(token), 0)
		var stored message
		for _, e := range entries {
			var m message
			if json.Unmarshal(e.Body, &m); m.Re == "m6" {
				stored = m
			}
		}
		if len(stored.Parts) == 0 || fmt.Sprint(answer["parts"]) == "" {
			t.Errorf("the answer from memory was %v and is stored as %v", answer, stored)
		}
	})
}

// behind makes the store forget the last entries and versions of a talk, as
// after a failover to a replica that did not have them.
func (m *memoryStore) behind(id string, entries int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.talks[id]
	k.rec.Seq -= int64(entries)
	k.rec.Version--
	for _, e := range k.entries[k.rec.Seq:] {
		for key, turn := range k.turns {
			if len(turn) > 0 && turn[0].Seq == e.Seq {
				delete(k.turns, key)
			}
		}
	}
	k.entries = k.entries[:k.rec.Seq]
}

func TestAFailoverThatLostTheLastTurnIsMended(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, token := s.begun()
		s.store.behind(queue.IDOf(token), 2)
		say(c, 6, 6)
		w := c.until("welcome")
		if w["epoch"] == "one" || w["token"] != token {
			t.Errorf("the welcome came as %v", w)
		}
		say(c, 1, 6)
		for f := c.until("received"); f["id"] != "m6"; {
			f = c.until("received")
		}
		if diff := cmp.Diff(inOrder(1, 6), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABrowserThatHasSeenMoreThanIsStoredSendsItAgain(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, token := s.begun()
		c.ws.Close()
		s.store.behind(queue.IDOf(token), 2)
		d := s.child()
		d.send(fmt.Sprintf(`{"type":"resume","token":"%s","after":11}`, token))
		w := d.until("welcome")
		if w["epoch"] == "one" || s.store.Epoch() != "one" {
			t.Errorf("the welcome came as %v, and for others it is %s", w, s.store.Epoch())
		}
		say(d, 1, 6)
		for f := d.until("received"); f["id"] != "m6"; {
			f = d.until("received")
		}
		if diff := cmp.Diff(inOrder(1, 6), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
	})
}

// talking is a child with a counsellor: both ends, the child's token, and a way
// to write the messages d<from> to d<to>.
func (s *site) talking(t *testing.T) (c, d *socket, token string, write func(from, to int)) {
	s.store.OnDuty(t.Context(), "Sanne")
	c = s.child()
	c.send(`{"type":"start"}`)
	token = fmt.Sprint(c.until("welcome")["token"])
	c.send(`{"type":"human"}`)
	c.until("state")
	d = s.desk("Sanne")
	d.until("hello")
	d.send(`{"type":"claim"}`)
	id := d.until("claimed")["conversation"]
	return c, d, token, func(from, to int) {
		for i := from; i <= to; i++ {
			d.send(fmt.Sprintf(`{"type":"say","conversation":"%s","id":"d%d","text":"zin %d"}`, id, i, i))
		}
	}
}

func written(to int) (ids []string) {
	for i := 1; i <= to; i++ {
		ids = append(ids, fmt.Sprint("d", i))
	}
	return ids
}

func TestWhatACounsellorSendsAgainStandsInItsOrder(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		_, d, token, write := s.talking(t)
		for i := 1; i <= 2; i++ {
			write(i, i)
			d.until("received")
		}
		s.store.behind(queue.IDOf(token), 1)
		s.store.mu.Lock()
		s.store.talks[queue.IDOf(token)].rec.Version++ // a counsellor's words leave the version
		s.store.mu.Unlock()
		write(3, 4)
		if h := d.until("hello"); h["epoch"] == "one" {
			t.Errorf("the desk was greeted by %v", h)
		}
		write(1, 4)
		for f := d.until("received"); f["id"] != "d4"; {
			f = d.until("received")
		}
		if diff := cmp.Diff(written(4), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
	})
}

// The child's last words are lost, and the counsellor's next ones get their
// number before the child's end knows of the loss.
func TestWhatACounsellorWritesUnderALostNumberReachesTheChild(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, d, token, write := s.talking(t)
		write(1, 1)
		d.until("received")
		say(c, 1, 1)
		c.until("received")
		time.Sleep(time.Second) // a failover takes time
		s.store.behind(queue.IDOf(token), 1)
		write(2, 2)
		shown := map[string]int{}
		for shown["zin 2"] == 0 || shown["m1"] == 0 {
			switch f := c.next(); f["type"] {
			case "welcome":
				say(c, 1, 1)
			case "message":
				shown[fmt.Sprint(f["text"])]++
			case "received":
				shown[fmt.Sprint(f["id"])]++
			}
		}
		if shown["zin 1"] > 1 || shown["zin 2"] != 1 {
			t.Errorf("shown: %v", shown)
		}
		kept := said(t, s, token)
		slices.Sort(kept)
		if diff := cmp.Diff([]string{"d1", "d2", "m1"}, kept); diff != "" {
			t.Error(diff)
		}
	})
}

// The child's last words are lost, and the counsellor ends the talk before the
// child's end knows of it, which then puts back what it has.
func TestATalkThatWasEndedStaysEndedAfterALoss(t *testing.T) {
	for lost := 1; lost <= 3; lost++ {
		inTime(t, nil, func(t *testing.T, s *site) {
			c, _, token, _ := s.talking(t)
			id := queue.IDOf(token)
			for i := 1; i <= 3; i++ {
				say(c, i, i)
				c.until("received")
			}
			for range lost {
				s.store.behind(id, 1)
			}
			rec, err := s.store.Load(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			desk := &ledger{server: s.server, id: id, fence: rec.Fence}
			if err := errors.Join(desk.load(), desk.write(bot.Event{Kind: bot.Finished}, "")); err != nil {
				t.Fatal(err)
			}
			s.store.mu.Lock()
			s.store.epoch, s.store.lostAt = "two", time.Now()
			s.store.mu.Unlock()
			time.Sleep(time.Minute)
			s.isEnded(t, id, fmt.Sprint(lost, " lost"))
			c.before()
		})
	}
}

// The same while the child has no line: its browser comes back with the number
// that its lost words had.
func TestWhoComesBackAfterALossLacksNothingOfTheCounsellor(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, d, token, write := s.talking(t)
		say(c, 1, 1)
		after := c.until("received")["seq"]
		c.ws.Close()
		time.Sleep(time.Second)
		s.store.behind(queue.IDOf(token), 1)
		s.store.mu.Lock()
		s.store.epoch, s.store.lostAt = "two", time.Now()
		s.store.mu.Unlock()
		d.until("hello")
		write(2, 2)
		if f := d.until("received"); f["seq"] != after {
			t.Fatalf("stored as %v, not under the lost number %v", f["seq"], after)
		}
		e := s.child()
		e.send(fmt.Sprintf(`{"type":"resume","token":"%s","after":%v}`, token, after))
		for f := e.until("message"); f["text"] != "zin 2"; {
			f = e.until("message")
		}
	})
}

func TestWhatACounsellorWritesWhileTheStoreIsAwayStandsInItsOrder(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		_, d, token, write := s.talking(t)
		write(1, 1)
		d.until("received")
		s.store.setDown(true)
		write(2, 2)
		if f := d.until("error"); f["code"] != "unavailable" || f["re"] != "d2" {
			t.Errorf("answered by %v", f)
		}
		write(3, 3)
		time.Sleep(5 * time.Second)
		write(3, 3) // again, before the older one comes again
		s.store.setDown(false)
		write(2, 2)
		for f := d.until("received"); f["id"] != "d3"; {
			f = d.until("received")
		}
		if diff := cmp.Diff(written(3), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAStoreThatCameBackEmptyKeepsChildAndCounsellorTogether(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		_, d, token, write := s.talking(t)
		write(1, 1)
		d.until("received")
		s.store.lose("two")
		write(2, 2)
		if h := d.until("hello"); h["epoch"] != "two" {
			t.Errorf("the desk was greeted by %v", h)
		}
		write(1, 2)
		if f := d.until("claimed"); f["conversation"] != queue.IDOf(token) {
			t.Errorf("came %v", f)
		}
		for f := d.until("received"); f["id"] != "d2"; {
			f = d.until("received")
		}
		if diff := cmp.Diff(written(2), said(t, s, token)); diff != "" {
			t.Error(diff)
		}
		if rec, err := s.store.Load(t.Context(), queue.IDOf(token)); err != nil || rec.Holder != "Sanne" {
			t.Errorf("%q has the child, %v", rec.Holder, err)
		}
	})
}
