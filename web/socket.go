package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
	"golang.org/x/text/language"
)

// The subprotocols: of the child's chat and of the desk.
const (
	chatProtocol = "praatpaal.v1"
	deskProtocol = "praatpaal.desk.v1"
)

// childSocket answers GET /ws: one reader and one owner goroutine, which the
// server waits for.
func (s *Server) childSocket(w http.ResponseWriter, r *http.Request) {
	ws := s.upgrade(w, r, chatProtocol)
	if ws == nil {
		return
	}
	c := newConn(ws, s.sockets.Go, &s.joints)
	c.pads = true
	chat := newChat(s, c, acceptedLanguage(r), s.store.Bucket(s.limits.source(r)))
	s.live(c, chat.deliver, chat.run)
}

// live runs a socket's reader and owner goroutines, unless the server stops.
func (s *Server) live(c *conn, deliver func([]byte), own func()) {
	in := s.hub.enter(c, func() {
		s.sockets.Go(func() { defer s.hub.exit(c); s.reads(c, deliver) })
		s.sockets.Go(own)
	})
	if !in {
		c.refuse()
	}
}

// reads runs a reader goroutine; a panic in it ends that socket only.
func (s *Server) reads(c *conn, deliver func([]byte)) {
	defer func() {
		if recover() != nil {
			s.logPanic("reader")
			c.cut()
		}
	}()
	c.read(deliver)
}

// upgrade makes a socket of a request, or answers why not and gives nil.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, protocol string) *websocket.Conn {
	switch {
	case !s.sameOrigin(r):
		refuseUpgrade(w, http.StatusForbidden)
	case !s.limits.mayConnect(r):
		w.Header().Set("Retry-After", "1")
		refuseUpgrade(w, http.StatusTooManyRequests)
	case s.isDraining(), s.away.isCutOff():
		w.Header().Set("Retry-After", "1")
		refuseUpgrade(w, http.StatusServiceUnavailable)
	case !slices.Contains(websocket.Subprotocols(r), protocol):
		refuseUpgrade(w, http.StatusBadRequest)
	default:
		upgrader := s.upgrader
		upgrader.Subprotocols = []string{protocol}
		ws, err := upgrader.Upgrade(w, r, nil)
		if err == nil {
			return ws
		}
	}
	return nil
}

func refuseUpgrade(w http.ResponseWriter, status int) {
	http.Error(w, http.StatusText(status), status)
}

// sameOrigin tells whether the page that opens a socket is one of ours. A
// request that names no origin does not come from a page.
func (s *Server) sameOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) != 1 {
		return false
	}
	if slices.Contains(s.options.Origins, origins[0]) {
		return true
	}
	u, err := url.Parse(origins[0])
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return false
	}
	port, known := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	if !known || s.secure(r) && u.Scheme != "https" {
		return false
	}
	bare := func(host string) string { return strings.TrimSuffix(strings.ToLower(host), port) }
	return bare(u.Host) == bare(r.Host)
}

// secure tells whether the browser's connection is encrypted.
func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || s.options.Proxied && r.Header.Get("X-Forwarded-Proto") == "https"
}

// acceptedLanguage picks Dutch or English by the browser's wishes: Dutch when
// it has none, English when it wants neither.
func acceptedLanguage(r *http.Request) string {
	header := r.Header.Get("Accept-Language")
	if header == "" || len(header) > maxPage {
		return "nl"
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return "nl"
	}
	for _, tag := range wanted {
		base, _ := tag.Base()
		if lang := base.String(); lang == "nl" || lang == "en" {
			return lang
		}
	}
	return "en"
}
