package web

import (
	"fmt"
	"net/http"
	"net/url"
)

// embed answers GET /embed: the chat for a frame on a partner's page. Only
// pages of the origins that the operator named may hold it; the browser sees
// to that. The socket is opened by our own page inside the frame, so that its
// Origin is ours, and a partner's own script gets no socket.
func (s *Server) embed(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy{host: r.Host, inside: s.pages.inline, holders: s.options.Embed}.String())
	if len(s.options.Embed) > 0 {
		h.Del("X-Frame-Options") // it knows no list
		h.Add("Vary", "Sec-Fetch-Dest")
		// Only a frame has to be let into a page of another origin; browsers that
		// ask for this policy also say what they fetch for.
		if r.Header.Get("Sec-Fetch-Dest") == "iframe" {
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
	}
	if lang := r.URL.Query().Get("lang"); s.options.Texts[lang] != nil {
		s.pages.ready["chat.html "+lang].send(w, r)
		return
	}
	s.page(w, r, "chat.html")
}

// embedScript is the one tag on a partner's page; it makes the frame.
func (s *Server) embedScript(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	s.pages.files["embed.js"].send(w, r)
}

// checkEmbed refuses what is no origin.
func checkEmbed(origins []string) error {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Scheme+"://"+u.Host != origin || !plainHost.MatchString(u.Host) {
			return fmt.Errorf("embed: %q is no origin: write it as https://www.example.org", origin)
		}
	}
	return nil
}
