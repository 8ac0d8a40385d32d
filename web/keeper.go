package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/queue"
)

// keepLine does what keeps the line true: it says whose socket lives, finds
// counsellors who are gone, and erases what could not be erased before.
func (s *Server) keepLine(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	lastBeat := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		s.safely("keeper", func() {
			if time.Since(lastBeat) >= lineEvery {
				lastBeat = time.Now()
				s.beat()
			}
			s.sweep()
			s.eraseLate()
		})
	}
}

// beat is the heartbeat of all waiting children of this node.
func (s *Server) beat() {
	for ids := range slices.Chunk(s.hub.alive(), aliveAtOnce) {
		s.call(func(ctx context.Context) error { return s.store.Alive(ctx, ids...) })
	}
}

// sweep tells the children whose counsellor's desk is gone for good.
func (s *Server) sweep() {
	var lost []queue.Claim
	s.call(func(ctx context.Context) (err error) {
		lost, err = s.store.Sweep(ctx)
		return err
	})
	for _, claim := range lost {
		if err := s.lose(claim); err != nil {
			s.log.Warn("a lost claim was not told; the child's own look will find it", "err", err)
		}
	}
}

// lose writes into a conversation that its counsellor is gone. One that has
// ended meanwhile leaves the line again.
func (s *Server) lose(claim queue.Claim) error {
	l := ledger{server: s, id: claim.ID}
	if err := l.load(); err != nil {
		return err
	}
	if l.conv.State == bot.WithCounsellor {
		return l.write(bot.Event{Kind: bot.Lost}, bot.WithCounsellor)
	}
	if l.conv.State == bot.Waiting {
		return nil
	}
	return s.call(func(ctx context.Context) error { return s.store.Leave(ctx, claim.ID, queue.Served) })
}

// safely keeps a panic of the background work from ending the server.
func (s *Server) safely(what string, do func()) {
	defer func() {
		if recover() != nil {
			s.logPanic(what)
		}
	}()
	do()
}

// erasures are the conversations that must still be erased: their page asked
// for it while the store was away.
type erasures struct {
	mu   sync.Mutex
	late map[string]queue.Outcome
}

// erase forgets a conversation everywhere; what is not possible now is done
// as soon as it is.
func (s *Server) erase(id string, how queue.Outcome) error {
	err := s.call(func(ctx context.Context) error { return s.store.Forget(ctx, id, how) })
	if err == nil || decided(err) {
		return nil
	}
	s.erasures.mu.Lock()
	defer s.erasures.mu.Unlock()
	if s.erasures.late == nil {
		s.erasures.late = map[string]queue.Outcome{}
	}
	s.erasures.late[id] = how
	return err
}

func (s *Server) eraseLate() {
	if s.away.is() {
		return
	}
	s.erasures.mu.Lock()
	late := s.erasures.late
	s.erasures.late = nil
	s.erasures.mu.Unlock()
	for id, how := range late {
		s.erase(id, how)
	}
}
