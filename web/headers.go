package web

import (
	"net/http"
	"regexp"
	"strings"
)

// permissions switches off what could tell of a person or a place, and nothing
// else: the header is part of the first load.
const permissions = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), " +
	"idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), storage-access=(), usb=()"

var plainHost = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// headers puts the headers of every answer: nothing is kept, nothing foreign
// is loaded, nothing is told to other sites.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy{host: r.Host}.String())
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Origin-Agent-Cluster", "?1")
		h.Set("X-DNS-Prefetch-Control", "off")
		h.Set("Permissions-Policy", permissions)
		if s.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// policy is the content security policy of one answer.
type policy struct {
	host    string   // as the browser named it
	inside  inline   // what may stand inside the page
	holders []string // origins whose pages may hold this one in a frame
}

// String writes the policy. Older browsers do not count a socket as 'self', so
// its address is named, when it is one.
func (p policy) String() string {
	connect, holders := "'self'", "'none'"
	if len(p.holders) > 0 {
		holders = strings.Join(p.holders, " ")
	}
	if plainHost.MatchString(p.host) {
		connect += " ws://" + p.host + " wss://" + p.host
	}
	return "default-src 'none'; script-src 'self'" + source(p.inside.script) + "; style-src 'self'" + source(p.inside.style) +
		"; img-src 'self'; connect-src " + connect +
		"; form-action 'self'; base-uri 'none'; frame-ancestors " + holders + "; require-trusted-types-for 'script'; trusted-types 'none'"
}
