package web

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/content"
)

// library is a book that pages are made of.
type library struct{ book *book.Book }

func (l *library) Volume(lang string) *book.Volume { return l.book.Volumes[lang] }

// reader reads guides without a network.
type reader struct {
	t       *testing.T
	handler http.Handler
	library *library
}

// theBook is read once for all readers.
var theBook = sync.OnceValues(func() (*book.Book, []book.Finding) { return book.Load(content.Files()) })

func newReader(t *testing.T) *reader {
	t.Helper()
	b, found := theBook()
	if b == nil {
		t.Fatalf("the content has mistakes: %v", found)
	}
	l := &library{b}
	s := newSite(t, func(o *Options) { o.Guides = l })
	return &reader{t: t, handler: s.server.Handler(), library: l}
}

func (r *reader) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func (r *reader) page(path string) string {
	r.t.Helper()
	w := r.get(path)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.String()
}

// links are where the links of a page lead, in its order.
func links(page string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`<a [^>]*?href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		link, err := url.PathUnescape(html.UnescapeString(m[1]))
		if err != nil {
			link = "unreadable " + m[1]
		}
		out = append(out, link)
	}
	return out
}

// crawl follows every link inside a language from its index, and gives all
// pages that were met, by address.
func (r *reader) crawl(lang string) map[string]string {
	r.t.Helper()
	pages := map[string]string{}
	for todo := []string{"/" + lang + "/"}; len(todo) > 0; todo = todo[1:] {
		path, _, _ := strings.Cut(todo[0], "#")
		if _, met := pages[path]; met || !strings.HasPrefix(path, "/"+lang+"/") {
			continue
		}
		pages[path] = r.page(path)
		todo = append(todo, links(pages[path])...)
	}
	return pages
}

func TestEverythingThatCanBeReadIsReachedFromTheIndex(t *testing.T) {
	r := newReader(t)
	for _, lang := range book.Languages() {
		pages := r.crawl(lang)
		read := 0
		for _, step := range r.library.Volume(lang).Order {
			folder, _, inFolder := strings.Cut(step.ID, "/")
			if !readable(step) || folder == "frame" || !inFolder {
				continue
			}
			file, _, _ := strings.Cut(step.ID, "#")
			page := pages["/"+lang+"/"+file]
			for _, b := range step.Bubbles {
				if !strings.Contains(page, b.HTML) {
					t.Errorf("%s: %s does not say %q", lang, step.ID, b.Text)
				}
			}
			read++
		}
		if read < 400 {
			t.Errorf("%s: %d steps can be read", lang, read)
		}
		for path, page := range pages {
			for _, link := range links(page) {
				target, mark, _ := strings.Cut(link, "#")
				if to, ok := pages[target]; mark != "" && ok && !strings.Contains(to, `id="`+html.EscapeString(mark)+`"`) {
					t.Errorf("%s links to %s, which has no such place", path, link)
				}
			}
		}
	}
}

func TestEveryGuideHasATwinNumbersAWayIntoTheChatAndAWayOut(t *testing.T) {
	r := newReader(t)
	for path, page := range r.crawl("nl") {
		if twin := r.get(strings.Replace(path, "/nl/", "/en/", 1)); twin.Code != http.StatusOK || !strings.Contains(page, `href="`+strings.Replace(path, "/nl/", "/en/", 1)+`"`) {
			t.Errorf("%s has no twin: %d", path, twin.Code)
		}
		for _, part := range []string{`href="tel:112"`, `id="exit" href="https://`, `class="door" href="/`} {
			if !strings.Contains(page, part) {
				t.Errorf("%s lacks %s", path, part)
			}
		}
		if strings.Count(path, "/") == 3 && strings.Count(page, `class="service"`) == 0 {
			t.Errorf("%s names nobody who can help", path)
		}
		for _, banned := range []string{"<script", "<img", "onclick", "style=", "ZgotmplZ", "<no value>"} {
			if strings.Contains(page, banned) {
				t.Errorf("%s has %s in it", path, banned)
			}
		}
	}
}

func TestGuidesHaveTheStrictHeadersAndLeaveNothing(t *testing.T) {
	w := newReader(t).get("/en/grooming/photo")
	h := w.Header()
	if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("headers %v", h)
	}
	if h.Get("Set-Cookie") != "" {
		t.Error("a cookie is set")
	}
	if !strings.Contains(w.Body.String(), "<title>Info</title>") {
		t.Error("the tab says more than that of the chat")
	}
}

func TestAGuideLeadsIntoTheChatAtItsOwnPlace(t *testing.T) {
	r := newReader(t)
	page := r.page("/en/grooming/photo")
	for _, part := range []string{
		`<a class="door" href="/#grooming/photo">`,
		`<a href="/#grooming/photo">I want to talk to a person</a>`,
		`<a href="/#grooming/photo#i-have-not-sent-anything">I want to talk to a person</a>`,
		`<section id="i-have-not-sent-anything">`,
		`<a href="/en/grooming/photo#i-have-not-sent-anything">`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("no %s", part)
		}
	}
}

func TestAPageDoesNotPretendThatAPersonIsComing(t *testing.T) {
	r := newReader(t)
	note := r.pagesNote("en")
	for path, want := range map[string]bool{"/en/grooming/now": true, "/en/grooming/now/": true, "/en/grooming/photo": false} {
		if got := strings.Contains(r.page(path), note); got != want {
			t.Errorf("%s: says that nobody was asked: %v, want %v", path, got, want)
		}
	}
	for _, path := range []string{"/en/person", "/en/frame/joined", "/en/frame/closed", "/en/service/forget", "/en/smalltalk/joke", "/en/nowhere", "/en/grooming/nowhere", "/xx/"} {
		if w := r.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
}

// pagesNote is what a page says where the chat would bring a person in.
func (r *reader) pagesNote(lang string) string {
	r.t.Helper()
	s := newSite(r.t, nil)
	return html.EscapeString(s.server.text(lang, "guide.unread"))
}

func TestAllServicesAreListedWithWhatCanBeTapped(t *testing.T) {
	r := newReader(t)
	for _, lang := range book.Languages() {
		page := r.page("/" + lang + "/referrals")
		for _, s := range r.library.Volume(lang).Referrals {
			if !strings.Contains(page, "<h3>"+html.EscapeString(s.Name)) {
				t.Errorf("%s: %s is missing", lang, s.Name)
			}
			for _, phone := range s.Phones() {
				if !strings.Contains(page, `href="`+book.Call(phone)+`"`) {
					t.Errorf("%s: %s cannot be called", lang, phone)
				}
			}
		}
	}
}

func TestGuidesFollowTheContentInUse(t *testing.T) {
	r := newReader(t)
	r.library.book.Volumes["nl"].Steps["grooming/photo"].Bubbles[0].HTML = "<p>Nieuw gezegd.</p>"
	if !strings.Contains(r.page("/nl/grooming/photo"), "<p>Nieuw gezegd.</p>") {
		t.Error("the page is that of before")
	}
}

func TestWithoutContentThereAreNoGuides(t *testing.T) {
	s := newSite(t, nil)
	w := httptest.NewRecorder()
	s.server.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/nl/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("%d, want 404", w.Code)
	}
}
