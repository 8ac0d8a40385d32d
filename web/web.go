// Package web is the door to the world: the pages, the sockets of children
// and counsellors, one owner goroutine for every live conversation, and the
// sign-in. main.go makes one Server and calls Serve. It is the only place that
// knows gorilla/websocket, and it must never know how text is understood, what
// the dialogue says next, or how Redis keeps things.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
	"github.com/praatpaal/praatpaal/locales"
)

// Options are the parts and settings of a Server.
type Options struct {
	Bot   Talker
	Store Store
	Texts map[string]locales.Texts // by language, as locales.Load gives them
	Log   *slog.Logger             // made safe by SafeLog; nil: silent

	Guides Library // what the pages to read are made of; nil: none

	Explain           bool     // the bot's messages also say what was understood
	SayPerMinute      int      // messages a conversation may send; 0: no limit
	ConnectsPerSecond int      // sockets an address bucket may open; 0: no limit
	Proxied           bool     // believe the X-Forwarded- headers of the proxy in front
	Origins           []string // further origins whose pages may open sockets
	Embed             []string // origins whose pages may hold the chat in a frame

	pages *pages // made before; nil: made of Texts

	// Hours tells whether counsellors can come at a time, and when they are
	// there again. nil: always open.
	Hours func(time.Time) (open bool, again time.Time)
}

// Server serves the chat and the desk. Make it with New.
type Server struct {
	// fixed
	options  Options
	bot      Talker
	store    Store
	limits   *limits
	upgrader websocket.Upgrader
	handler  http.Handler
	pages    *pages
	lists    map[string][]string // words to come back with, by language
	hub      *hub
	away     *away
	log      *slog.Logger
	base     context.Context // of all calls of the store; ends after the drain
	deadline deadline
	end      context.CancelFunc
	draining chan struct{} // closed when the server stops
	moved    chan struct{} // one place: the line has moved

	sockets    sync.WaitGroup // readers, writers and owners
	joints     sync.Pool      // of *[]byte: what is written, or sealed, at once
	background sync.WaitGroup
	erasures   erasures
}

// New makes a server. The error says which text or page is missing.
func New(o Options) (*Server, error) {
	if o.Bot == nil || o.Store == nil {
		return nil, errors.New("web: a bot and a store are needed")
	}
	s := &Server{
		options: o, bot: o.Bot, store: o.Store, limits: newLimits(o), hub: newHub(),
		log: o.Log, draining: make(chan struct{}), moved: make(chan struct{}, 1),
	}
	// Who waits is told at once when there is no line to wait in, and when it is back.
	s.away = newAway(o.Store, func() { s.hub.route(queue.Hint{Kind: hintLine}) }, s.sendAway)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.joints.New = func() any { return new([]byte) }
	s.base, s.end = context.WithCancel(context.Background())
	s.deadline.base = s.base
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: headerWait, ReadBufferSize: firstReadBuffer, WriteBufferSize: 1024,
		WriteBufferPool: &sync.Pool{}, CheckOrigin: s.sameOrigin,
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) { refuseUpgrade(w, status) },
	}
	err := checkEmbed(o.Embed)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.lists, err = locales.Words(book.Languages()...); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.pages = o.pages; s.pages == nil {
		s.pages, err = newPages(o.Texts)
	}
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.handler = s.routes()
	return s, nil
}

// routes is every address that is answered.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.chatPage)
	mux.HandleFunc("GET /words", s.words)
	mux.HandleFunc("GET /embed", s.embed)
	mux.HandleFunc("GET /embed.js", s.embedScript)
	mux.HandleFunc("GET /ws", s.childSocket)
	mux.HandleFunc("POST /exit", s.exit)
	mux.HandleFunc("GET /static/{name}", s.pages.static)
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /counsellor", s.deskPage)
	mux.HandleFunc("GET /counsellor/once", s.oncePage)
	mux.HandleFunc("POST /counsellor/once", s.signInOnce)
	mux.HandleFunc("POST /counsellor/sign-in", s.signIn)
	mux.HandleFunc("POST /counsellor/sign-out", s.signOut)
	mux.HandleFunc("GET /counsellor/ws", s.deskSocket)
	s.guides(mux)
	return s.headers(http.NewCrossOriginProtection().Handler(mux))
}

// Handler answers requests, for tests and for servers of one's own. Only Serve
// also does what the line needs in the background.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve answers on the listener until the context ends. Then it closes every
// socket with the hint when to come back, and returns when every goroutine of
// the server has ended.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerWait, ReadTimeout: 2 * headerWait, IdleTimeout: readWait,
		MaxHeaderBytes: maxHeader, ErrorLog: s.errorLog(),
	}
	s.background.Go(s.pages.warm)
	s.background.Go(func() { s.away.run(s.base) })
	s.background.Go(func() { s.route(s.base) })
	s.background.Go(func() { s.keepLine(s.base) })
	s.background.Go(func() { s.showLine(s.base) })
	failed := make(chan error, 1)
	s.background.Go(func() { failed <- server.Serve(listener) })
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, s.stop(server))
}

// stop ends what Serve began.
func (s *Server) stop(server *http.Server) error {
	close(s.draining)
	s.hub.close()
	patience, enough := context.WithTimeout(context.Background(), drainWait)
	defer enough()
	err := server.Shutdown(patience)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	err = errors.Join(err, s.drain(patience))
	s.end()
	s.background.Wait()
	return err
}

// drain waits until no socket is left, and cuts those that do not close.
func (s *Server) drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() { s.sockets.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.hub.leftOver() {
		c.cut()
	}
	<-done
	return fmt.Errorf("web: some sockets had to be cut: %w", ctx.Err())
}

func (s *Server) isDraining() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// route passes the store's hints on to the owners.
func (s *Server) route(ctx context.Context) {
	for {
		select {
		case h, ok := <-s.store.Hints():
			if !ok {
				return
			}
			s.hub.route(h)
			if h.Kind == hintLine {
				s.lineMoved()
			}
		case <-ctx.Done():
			return
		}
	}
}

// sendAway closes every socket, as this node alone does not reach the store.
func (s *Server) sendAway() {
	for _, c := range s.hub.leftOver() {
		c.close(closeTryAgain, retrySoon())
	}
}

// hint tells the other end that something changed. It may be lost.
func (s *Server) hint(h queue.Hint) {
	s.call(func(ctx context.Context) error { return s.store.Hint(ctx, h) })
}

// text gives a string of a language.
func (s *Server) text(lang, key string) string {
	return s.options.Texts[lang][key]
}

// open tells whether counsellors can come now, and when again.
func (s *Server) open() (bool, time.Time) {
	if s.options.Hours == nil {
		return true, time.Time{}
	}
	return s.options.Hours(s.store.Now())
}
