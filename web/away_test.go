package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// What happens while the store is away, on a clock of our own.

func TestTheBotGoesOnFromMemoryAndNothingIsPretended(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.until("message")
		s.store.setDown(true)
		began := time.Now()
		c.send(`{"type":"say","id":"m1","text":"hallo"}`)
		f := c.next()
		if f["type"] != "message" || f["re"] != "m1" || f["seq"] != nil {
			t.Errorf("an answer from memory came as %v", f)
		}
		if time.Since(began) > 5*time.Second {
			t.Errorf("it took %v", time.Since(began))
		}
		c.send(`{"type":"say","id":"m1","text":"hallo"}`)
		if f := c.next(); f["re"] != "m1" || f["seq"] != nil {
			t.Errorf("the same message was answered by %v", f)
		}
		c.send(`{"type":"human"}`)
		if f := c.next(); !strings.Contains(fmt.Sprint(f["parts"]), "112") {
			t.Errorf("the wish for a person was answered by %v", f)
		}
		if f := c.next(); f["state"] != "closed" {
			t.Errorf("the state came as %v", f)
		}
		s.store.setDown(false)
		if f := c.next(); f["type"] != "received" || f["id"] != "m1" || f["seq"] != 2.0 {
			t.Errorf("after the return came %v", f)
		}
		if f := c.next(); f["re"] != "m1" || f["seq"] != 3.0 {
			t.Errorf("after the return came %v", f)
		}
		if f := c.next(); f["seq"] != 4.0 {
			t.Errorf("after the return came %v", f)
		}
		if f := c.next(); f["seq"] != 5.0 || f["node"] != "person" {
			t.Errorf("who had asked for a person got %v when the line was back", f)
		}
		if f := c.until("state"); f["state"] != "waiting" {
			t.Errorf("who had asked for a person is %v", f)
		}
		c.send(`{"type":"say","id":"m2","text":"daar"}`)
		if f := c.next(); f["type"] != "received" || f["seq"] != 6.0 {
			t.Errorf("the next message was answered by %v", f)
		}
	})
}

func TestATalkMayBeginWhileTheStoreIsAway(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		s.store.setDown(true)
		c := s.child()
		c.send(`{"type":"start"}`)
		token := c.until("welcome")["token"]
		if f := c.next(); f["type"] != "message" || f["seq"] != nil {
			t.Errorf("the greeting came as %v", f)
		}
		c.send(`{"type":"say","id":"m1","text":"hallo"}`)
		c.until("message")
		s.store.setDown(false)
		c.until("received")
		c.until("state")
		c.ws.Close()
		d := s.child()
		d.send(fmt.Sprintf(`{"type":"resume","token":"%s","after":0}`, token))
		if f := d.next(); f["seq"] != 3.0 {
			t.Errorf("the talk was resumed as %v", f)
		}
	})
}

func TestASocketThatBreaksWhileTheStoreIsAwayLosesNothing(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		token := c.until("welcome")["token"]
		c.until("message")
		s.store.setDown(true)
		c.send(`{"type":"say","id":"m1","text":"hallo"}`)
		c.until("message")
		c.ws.NetConn().Close()
		time.Sleep(time.Second)
		d := s.child()
		d.send(fmt.Sprintf(`{"type":"resume","token":"%s","after":1}`, token))
		if f := d.next(); f["type"] != "welcome" || f["token"] != token {
			t.Fatalf("the resume was answered by %v", f)
		}
		d.send(`{"type":"say","id":"m1","text":"hallo"}`)
		if f := d.next(); f["re"] != "m1" {
			t.Errorf("the message that came again was answered by %v", f)
		}
		s.store.setDown(false)
		if f := d.next(); f["type"] != "received" || f["seq"] != 2.0 {
			t.Errorf("after the return came %v", f)
		}
	})
}

func TestAnAnswerFromMemoryIsStoredAlthoughTheSocketHasEnded(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		token := fmt.Sprint(c.until("welcome")["token"])
		c.until("message")
		s.store.setDown(true)
		c.send(`{"type":"say","id":"m1","text":"hallo"}`)
		c.until("message")
		c.ws.NetConn().Close()
		time.Sleep(time.Minute)
		s.store.setDown(false)
		time.Sleep(5 * time.Second)
		entries, err := s.store.After(t.Context(), queue.IDOf(token), 0)
		if err != nil || len(entries) != 3 {
			t.Errorf("stored: %d entries, %v", len(entries), err)
		}
	})
}

func TestResumeElsewhereWhileTheStoreIsAwaySaysSo(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		s.store.setDown(true)
		c := s.child()
		c.send(`{"type":"resume","token":"of-another-node","after":3}`)
		if f := c.next(); f["code"] != "unavailable" || !strings.Contains(fmt.Sprint(f["text"]), "112") {
			t.Errorf("answered by %v", f)
		}
	})
}

func TestAWaitingChildIsGivenTheNumbersAndKeepsItsPlace(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		s.store.OnDuty(t.Context(), "Sanne")
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
		s.store.setDown(true)
		f := c.until("message")
		if !strings.Contains(fmt.Sprint(f["parts"]), "112") || f["seq"] != nil {
			t.Errorf("came %v", f)
		}
		time.Sleep(time.Minute)
		for _, f := range c.before() {
			if f["type"] == "state" {
				t.Errorf("a line was pretended: %v", f)
			}
		}
		s.store.setDown(false)
		if f := c.next(); f["state"] != "waiting" || f["position"] != 1.0 {
			t.Errorf("after the return came %v", f)
		}
	})
}

func TestANodeThatAloneIsCutOffSendsItsVisitorsElsewhere(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c, d := s.child(), s.desk("Sanne")
		c.send(`{"type":"start"}`)
		c.until("message")
		s.store.mu.Lock()
		s.store.down, s.store.alone = true, true
		s.store.mu.Unlock()
		began := time.Now()
		for name, end := range map[string]*socket{"child": c, "desk": d} {
			if code, reason := end.closed(); code != 1013 || !strings.HasPrefix(reason, "retry ") {
				t.Errorf("the %s was closed with %d %q", name, code, reason)
			}
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("after %v", took)
		}
		if _, resp := s.socket("/ws", chatProtocol); resp == nil || resp.StatusCode != 503 {
			t.Errorf("another handshake was answered by %v", resp)
		}
		s.store.setDown(false)
		time.Sleep(5 * time.Second)
		if f := s.hello(); f["type"] != "welcome" {
			t.Errorf("after the return came %v", f)
		}
	})
}

// hello begins a talk and gives the first frame.
func (s *site) hello() object_ {
	c := s.child()
	c.send(`{"type":"start"}`)
	return c.next()
}

func TestErasingIsTriedUntilItIsDone(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.until("message")
		s.store.setDown(true)
		c.send(`{"type":"forget"}`)
		if f := c.next(); f["type"] != "error" || f["code"] != "unavailable" {
			t.Errorf("answered by %v", f)
		}
		s.store.setDown(false)
		c.until("forgotten")
		if code, _ := c.closed(); code != 1000 {
			t.Errorf("closed with %d", code)
		}
		if len(s.store.talks) != 0 {
			t.Error("it is still there")
		}
	})
}

func TestTheQuickExitEndsEvenWhileTheStoreIsAway(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.until("message")
		s.store.setDown(true)
		c.send(`{"type":"exit"}`)
		if code, _ := c.closed(); code != 1000 {
			t.Errorf("closed with %d", code)
		}
		s.store.setDown(false)
		time.Sleep(time.Minute)
		s.store.mu.Lock()
		defer s.store.mu.Unlock()
		if len(s.store.talks) != 0 {
			t.Error("it is still there")
		}
	})
}

func TestAStoreThatLostStateIsFilledAgain(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		token := c.until("welcome")["token"]
		c.send(`{"type":"say","id":"m1","text":"een knife"}`)
		c.until("received")
		c.send(`{"type":"human"}`)
		c.until("state")
		s.store.lose("two")
		w := c.until("welcome")
		if w["epoch"] != "two" || w["token"] != token || w["state"] != "waiting" {
			t.Errorf("came %v", w)
		}
		c.until("state")
		for range 2 {
			c.send(`{"type":"say","id":"m1","text":"een knife"}`)
			if f := c.until("received"); f["seq"] != w["seq"].(float64)+1 {
				t.Errorf("the message that came again was answered by %v", f)
			}
		}
		if frames := c.before(); len(frames) > 0 {
			t.Errorf("it was answered again: %v", frames)
		}
		d := s.desk("Sanne")
		d.send(`{"type":"claim"}`)
		f := d.until("claimed")
		if f["danger"] != "emergency" || !strings.Contains(fmt.Sprint(f["messages"]), "een knife") {
			t.Errorf("the desk got %v", f)
		}
	})
}

func TestATalkThatIsGoneAndAStoreThatIsNot(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.until("message")
		s.store.lose("one") // expired: the epoch is the same
		c.send(`{"type":"say","id":"m1","text":"hallo"}`)
		if f := c.next(); f["code"] != "unknown-token" || f["re"] != "m1" {
			t.Errorf("answered by %v", f)
		}
		c.send(`{"type":"start"}`)
		if f := c.next(); f["type"] != "welcome" {
			t.Errorf("answered by %v", f)
		}
	})
}

// The store takes the child's words, but its answer is lost; the counsellor
// ends the talk before the child's end knows that they were stored.
func TestATalkThatWasEndedStaysEndedWhenTheChildsWordsWereStoredUnheard(t *testing.T) {
	for words := 1; words <= 3; words++ {
		inTime(t, nil, func(t *testing.T, s *site) {
			c, d, token, _ := s.talking(t)
			id := queue.IDOf(token)
			s.store.hear(func(*talk) {})
			for i := 1; i <= words; i++ {
				say(c, i, i)
			}
			c.until("message")
			s.store.hear(nil)
			d.send(fmt.Sprintf(`{"type":"end","conversation":"%s","outcome":"helped"}`, id))
			d.until("gone")
			time.Sleep(time.Minute)
			s.isEnded(t, id, fmt.Sprint(words, " words"))
			kept := said(t, s, token)
			if diff := cmp.Diff([]string{"m1", "m2", "m3"}[:words], kept); diff != "" {
				t.Errorf("%d words: %s", words, diff)
			}
			c.before()
		})
	}
}

// The store takes the counsellor's turn, its answer is lost, and the child's
// end writes before it is asked for again.
func TestADeskGoesOnFromWhatIsStoredAfterATurnThatWasStoredUnheard(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *site) {
		_, _, token, _ := s.talking(t)
		desk := &ledger{server: s.server, id: queue.IDOf(token), fence: 1}
		if err := desk.load(); err != nil {
			t.Fatal(err)
		}
		s.store.hear(func(k *talk) {
			worse := desk.conv
			worse.Danger = book.Emergency
			k.rec.State = appendState(nil, &worse)
			k.rec.Version++
			s.store.unheard = nil
		})
		if err := desk.write(bot.Event{Kind: bot.Joined, Name: "Sanne"}, ""); err != nil {
			t.Fatal(err)
		}
		if desk.conv.Danger != book.Emergency {
			t.Errorf("the desk goes on with danger %v", desk.conv.Danger)
		}
	})
}
