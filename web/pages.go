package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
	"github.com/praatpaal/praatpaal/locales"
)

//go:embed pages static
var assets embed.FS

// pages holds every page in every language, ready to be sent, and the static
// files. It never changes after newPages; only packing waits for the first to ask.
type pages struct {
	files  map[string]*asset // static files by name
	ready  map[string]*asset // pages by name and language: "chat.html nl"
	inline inline            // what stands inside the chat's page
	forms  *template.Template
	texts  map[string]locales.Texts
}

// view is what a page's template is given.
type view struct {
	Lang  string
	Dir   string
	T     map[string]string
	Wrong string // sign-in: what went wrong, in words
	Code  string // once: the code of the link

	Style  template.CSS // chat: what stands inside the page
	Script template.JS
	Words  bool // only the words of the page are wanted
}

func newPages(texts map[string]locales.Texts) (*pages, error) {
	p := &pages{files: map[string]*asset{}, ready: map[string]*asset{}, texts: texts}
	if len(texts) == 0 {
		return nil, fmt.Errorf("pages: no texts")
	}
	static, err := fs.ReadDir(assets, "static")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	for _, f := range static {
		data, err := assets.ReadFile("static/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
		p.files[f.Name()] = newAsset(mime.TypeByExtension(path.Ext(f.Name())), lean(f.Name(), data))
	}
	for _, name := range []string{"later.js", "later.css"} {
		p.files[name].squeeze()
	}
	p.inline = inline{style: p.files["chat.css"].data, script: p.files["chat.js"].data}
	if p.forms, err = template.New("").Option("missingkey=error").ParseFS(assets, "pages/*.html"); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	for lang := range texts {
		for _, name := range []string{"chat.html", "words.html", "desk.html", "signin.html"} {
			page, err := p.render(name, p.inside(view{Lang: lang, Words: name == "words.html"}))
			if err != nil {
				return nil, err
			}
			p.ready[name+" "+lang] = newAsset("text/html; charset=utf-8", page)
		}
		p.ready["chat.html "+lang].squeeze()
	}
	return p, nil
}

// warm packs all there is, so that no child waits for it.
func (p *pages) warm() {
	for _, some := range []map[string]*asset{p.ready, p.files} {
		for _, a := range some {
			a.warm()
		}
	}
}

// render makes a page. Names of static files get their hash, so that they may
// be kept by the browser and still change with a deploy.
func (p *pages) render(name string, v view) ([]byte, error) {
	v.Dir, v.T = "ltr", p.texts[v.Lang]
	var b bytes.Buffer
	if err := p.forms.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	var pairs []string
	for name, f := range p.files {
		pairs = append(pairs, `"/static/`+name+`"`, `"/static/`+name+`?`+f.hash+`"`)
	}
	return []byte(strings.NewReplacer(pairs...).Replace(b.String())), nil
}

func (p *pages) static(w http.ResponseWriter, r *http.Request) {
	f := p.files[r.PathValue("name")]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	if r.URL.RawQuery == f.hash && strings.HasPrefix(r.PathValue("name"), "desk") {
		// Of the child's page nothing stays on the device, not even our script.
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	f.send(w, r)
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Add("Vary", "Accept-Language")
	s.pages.ready[name+" "+acceptedLanguage(r)].send(w, r)
}

// chatPage is one request: style and script stand inside it, named by their
// hashes in the policy.
func (s *Server) chatPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy{host: r.Host, inside: s.pages.inline}.String())
	s.page(w, r, "chat.html")
}

// words are what the chat says in another language, and the parts of it that
// are rarely needed: the page's script asks for them.
func (s *Server) words(w http.ResponseWriter, r *http.Request) { s.page(w, r, "words.html") }

// form answers with a page that holds something of this request, so it is not
// compressed.
func (s *Server) form(w http.ResponseWriter, name string, status int, v view) {
	page, err := s.pages.render(name, v)
	if err != nil {
		s.log.Error("a page could not be made", "file", name, "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(page)
}

// exit ends and erases the conversation of a page that is already gone. An
// unknown token gets the same answer.
func (s *Server) exit(w http.ResponseWriter, r *http.Request) {
	if !s.limits.mayConnect(r) {
		http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
		return
	}
	token, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxExit))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
		return
	}
	id := queue.IDOf(strings.TrimSpace(string(token)))
	err = s.erase(id, queue.QuickExit)
	s.hub.route(queue.Hint{ID: id, Kind: hintForgotten})
	if err != nil {
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// healthy: the process lives.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "ok\n")
}

// ready: the store answers and the server is not stopping.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), probeWait)
	defer cancel()
	if s.isDraining() || s.away.is() || s.store.Ready(ctx) != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	s.healthy(w, r)
}

// setSession gives the browser of a counsellor its session.
func (s *Server) setSession(w http.ResponseWriter, r *http.Request, session string, until time.Duration) {
	cookie := &http.Cookie{
		Name: s.cookieName(r), Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: s.secure(r), MaxAge: int(until.Seconds()),
	}
	http.SetCookie(w, cookie)
}

// cookieName has the prefix that binds a cookie to this host, where browsers
// accept it.
func (s *Server) cookieName(r *http.Request) string {
	if s.secure(r) {
		return "__Host-counsellor"
	}
	return "counsellor"
}
