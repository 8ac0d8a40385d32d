package web

import (
	"net/http"
	"regexp"
)

// permissions switches everything off that a page could ask a device for.
const permissions = "accelerometer=(), autoplay=(), " +
	"browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), " +
	"gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), interest-cohort=(), keyboard-map=(), " +
	"local-fonts=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), picture-in-picture=(), " +
	"publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), " +
	"usb=(), window-management=(), xr-spatial-tracking=()"

// headers puts the headers of every answer: nothing is kept, nothing foreign
// is loaded, nothing is told to other sites.
func (s *Server) headers(next http.Handler) http.Handler {
	host := regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(r.Host, host.MatchString(r.Host)))
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

// policy is the content security policy. Older browsers do not count a socket
// as 'self', so its address is named.
func policy(host string, plain bool) string {
	connect := "'self'"
	if plain {
		connect += " ws://" + host + " wss://" + host
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src " + connect +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}
