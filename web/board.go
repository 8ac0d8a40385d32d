package web

import (
	"context"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// Board is the waiting line as the desks see it.
type Board interface {
	Line(context.Context) ([]queue.Waiting, error)
}

// Duty is which counsellors are there, on all nodes.
type Duty interface {
	OnDuty(ctx context.Context, holder string) error
	OnBreak(ctx context.Context, holder string) error
	OffDuty(ctx context.Context, holder string) error
	Present(context.Context) ([]queue.Presence, error)
}

// lineMoved says that the desks must see the line again. It never waits.
func (s *Server) lineMoved() {
	select {
	case s.moved <- struct{}{}:
	default:
	}
}

// showLine sends the waiting line to the desks of this node: when it moves,
// and every few seconds.
func (s *Server) showLine(ctx context.Context) {
	tick := time.NewTicker(deskEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.moved:
		case <-ctx.Done():
			return
		}
		s.safely("board", s.showOnce)
		select {
		case <-time.After(boardQuiet):
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) showOnce() {
	desks := s.hub.allDesks()
	if len(desks) == 0 {
		return
	}
	var line []queue.Waiting
	err := s.call(func(ctx context.Context) (err error) {
		line, err = s.store.Line(ctx)
		return err
	})
	if err != nil {
		return
	}
	team, err := s.team()
	if err != nil {
		return
	}
	f := lineFrame{Type: "line", Waiting: []waitingChild{}, Counsellors: []colleague{}, Now: s.store.Now().UTC()}
	for _, p := range team {
		f.Counsellors = append(f.Counsellors, colleague(p))
	}
	for _, w := range line {
		f.Waiting = append(f.Waiting, waitingChild{
			Conversation: w.ID, Danger: w.Danger, Topic: w.Topic, Role: w.Role, As: w.As, Lang: w.Lang,
			Since: w.Since.UTC(), Connected: w.Connected,
		})
	}
	frame := encode(f)
	for _, d := range desks {
		d.conn.send(frame)
	}
}

// team lists the counsellors whose desk is open, by name.
func (s *Server) team() (team []queue.Presence, err error) {
	err = s.call(func(ctx context.Context) (err error) {
		team, err = s.store.Present(ctx)
		return err
	})
	return team, err
}
