package client

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
)

// ReadLog asks a node for the whole conversation with a fresh socket, and
// writes it down as the log at the end. Call it after Run has ended.
func (c *Child) ReadLog(ctx context.Context, addr string) error {
	if c.token == "" {
		return nil
	}
	s, err := open(ctx, Plain, "ws://"+addr+"/ws", "praatpaal.v1", http.Header{"Origin": {"http://" + addr}})
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.send(object{"type": "resume", "token": c.token, "after": 0}); err != nil {
		return err
	}
	var highest, last int64 = -1, 0
	var log []history.Event
	enough := time.After(10 * time.Second)
	for highest < 0 || last < highest {
		select {
		case f, ok := <-s.frames:
			switch {
			case !ok:
				return fmt.Errorf("%s: reading the log: %w", c.Name, s.end)
			case f.Type == "welcome":
				highest = f.Seq
			case f.Type == "error":
				return fmt.Errorf("%s: reading the log: %s", c.Name, f.Code)
			case f.Type == "message" && f.Seq > 0:
				last = f.Seq
				log = append(log, final(f))
			}
		case <-enough:
			return fmt.Errorf("%s: the log ends at %d and should at %d", c.Name, last, highest)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, e := range log {
		c.talk.Add(e)
	}
	return nil
}

func final(f frame) history.Event {
	e := history.Event{Kind: history.Final, Seq: f.Seq, From: f.From, Re: f.Re, Text: f.words()}
	if f.From == "child" {
		e.ID = f.ID
	}
	return e
}
