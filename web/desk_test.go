package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The desk's page, row by row. The scripts are explained at play.

func TestFramesOfTheDesk(t *testing.T) {
	waiting := `
		a> {"type":"start","lang":"nl"}
		a< {"type":"welcome","token":"$token"}
		a< {"type":"message","seq":1}
		a> {"type":"say","id":"m1","text":"een knife"}
		a< {"type":"received","seq":2}
		a< {"type":"message","seq":3}
		a> {"type":"human"}
		a< {"type":"message","seq":4,"node":"person"}
		a< {"type":"state","state":"waiting","position":1}
	`
	claimed := waiting + `
		Sanne> {"type":"claim"}
		Sanne| {"type":"claimed","conversation":"$id"}
		a< {"type":"message","seq":5,"node":"joined"}
		a< {"type":"state","state":"counsellor","name":"Sanne"}
	`
	cases := []struct{ row, script string }{
		{"hello first, then the line", `
			Sanne< {"type":"hello","name":"Sanne","epoch":"*","lang":"nl"}
			Sanne< {"type":"line","waiting":[],"counsellors":[{"name":"Sanne","away":false}],"now":"*"}`},
		{"the line shows who waits, and moves", `
			Sanne| {"type":"line","waiting":[]}` + waiting + `
			Sanne| {"type":"line","waiting":[{"conversation":"*","danger":"emergency","topic":"grooming","role":"","as":"child",
			   "lang":"nl","since":"*","connected":true}]}`},
		{"claim of the next: the story so far", waiting + `
			Sanne> {"type":"claim"}
			Sanne| {"type":"claimed","conversation":"$id","lang":"nl","danger":"emergency","topic":"grooming","as":"child","since":"*",
			   "why":["knife"],"told":[],"notes":[],"connected":true,"messages":[
			   {"conversation":"$id","seq":1,"from":"bot"},{"seq":2,"from":"child","text":"een knife"},{"seq":3,"re":"m1"},
			   {"seq":4},{"seq":5,"node":"joined"}]}`},
		{"claim by id", waiting + `
			Sanne| {"type":"line","waiting":[{"conversation":"$id"}]}
			Sanne> {"type":"claim","conversation":"$id"}
			Sanne| {"type":"claimed","conversation":"$id"}
			Mark> {"type":"claim","conversation":"$id"}
			Mark| {"type":"error","code":"taken","text":"*","conversation":"$id"}`},
		{"claim when nobody waits", `
			Sanne> {"type":"claim"}
			Sanne| {"type":"error","code":"nobody","text":"*"}`},
		{"both write to each other, each message once", claimed + `
			Sanne> {"type":"say","conversation":"$id","id":"d1","text":"Hallo <b>!"}
			Sanne| {"type":"received","conversation":"$id","id":"d1","seq":6}
			a< {"type":"message","seq":6,"from":"counsellor","name":"Sanne","text":"Hallo <b>!","parts":[{"html":"<p>Hallo &lt;b&gt;!</p>","text":"Hallo <b>!"}]}
			Sanne> {"type":"say","conversation":"$id","id":"d1","text":"Hallo <b>!"}
			Sanne| {"type":"received","conversation":"$id","id":"d1","seq":6}
			a> {"type":"say","id":"m2","text":"hoi"}
			a< {"type":"received","id":"m2","seq":7}
			Sanne| {"type":"message","conversation":"$id","seq":7,"from":"child","text":"hoi","at":"*"}
			a!`},
		{"ids of the two ends do not meet", claimed + `
			a> {"type":"say","id":"x","text":"hoi"}
			a< {"type":"received","id":"x","seq":6}
			Sanne> {"type":"say","conversation":"$id","id":"x","text":"dag"}
			Sanne| {"type":"received","conversation":"$id","id":"x","seq":7}
			a< {"type":"message","seq":7,"from":"counsellor","text":"dag"}`},
		{"typing, both ways, kept nowhere", claimed + `
			Sanne> {"type":"typing","conversation":"$id"}
			a< {"type":"typing","from":"counsellor"}
			a> {"type":"typing"}
			Sanne| {"type":"typing","conversation":"$id"}`},
		{"danger that rises while talking", `
			a> {"type":"start","lang":"nl"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"human"}
			a| {"type":"state"}
			Sanne> {"type":"claim"}
			Sanne| {"type":"claimed","conversation":"$id","danger":"none"}
			a| {"type":"state","state":"counsellor"}
			a> {"type":"say","id":"m1","text":"knife"}
			Sanne| {"type":"danger","conversation":"$id","danger":"emergency","topic":"grooming","why":["knife"]}`},
		{"release to the bot", claimed + `
			Sanne> {"type":"release","conversation":"$id","to":"bot"}
			Sanne| {"type":"gone","conversation":"$id","how":"released"}
			a< {"type":"message","node":"back"}
			a< {"type":"state","state":"bot"}
			Sanne> {"type":"say","conversation":"$id","id":"d9","text":"nog iets"}
			Sanne| {"type":"error","code":"not-yours","conversation":"$id","re":"d9"}
			a> {"type":"say","id":"m2","text":"hoi"}
			a< {"type":"received"}
			a< {"type":"message","re":"m2"}`},
		{"release to the line", claimed + `
			Sanne> {"type":"release","conversation":"$id","to":"line"}
			Sanne| {"type":"gone","conversation":"$id","how":"released"}
			a< {"type":"message","node":"requeued"}
			a| {"type":"state","state":"waiting","position":1}`},
		{"hand over to a colleague", claimed + `
			Mark| {"type":"hello"}
			Sanne> {"type":"note","conversation":"$id","text":"let op"}
			Sanne| {"type":"received","conversation":"$id","seq":6}
			Sanne> {"type":"hand-over","conversation":"$id","to":"Mark"}
			Sanne| {"type":"gone","conversation":"$id","how":"handed-over"}
			Mark| {"type":"claimed","conversation":"$id","notes":[{"from":"note","name":"Sanne","text":"let op"}]}
			a< {"type":"message","seq":7,"node":"joined"}
			a< {"type":"state","state":"counsellor","name":"Mark"}
			Sanne> {"type":"say","conversation":"$id","id":"d9","text":"nog iets"}
			Sanne| {"type":"error","code":"not-yours"}
			Mark> {"type":"say","conversation":"$id","id":"d1","text":"Hallo"}
			a< {"type":"message","seq":8,"name":"Mark"}`},
		{"hand over to nobody", claimed + `
			Sanne> {"type":"hand-over","conversation":"$id","to":"Niemand"}
			Sanne| {"type":"error","code":"colleague-away","text":"*","conversation":"$id"}
			Sanne> {"type":"hand-over","conversation":"$id","to":"Sanne"}
			Sanne| {"type":"error","code":"bad-frame"}`},
		{"a note is for colleagues only", claimed + `
			Sanne> {"type":"note","conversation":"$id","id":"n1","text":"let op"}
			Sanne| {"type":"received","conversation":"$id","id":"n1","seq":6}
			a> {"type":"say","id":"m2","text":"hoi"}
			a< {"type":"received","seq":7}
			a!
			a.
			b> {"type":"resume","token":"$token","after":5}
			b< {"type":"welcome","seq":7,"state":"counsellor"}
			b< {"type":"message","seq":7,"from":"child"}
			b< {"type":"state","state":"counsellor","name":"Sanne"}
			b!`},
		{"end", claimed + `
			Sanne> {"type":"end","conversation":"$id","outcome":"helped"}
			Sanne| {"type":"gone","conversation":"$id","how":"ended"}
			a< {"type":"message","node":"ended"}
			a< {"type":"state","state":"ended"}`},
		{"the child leaves by the quick exit", claimed + `
			a> {"type":"exit"}
			a< {"type":"forgotten"}
			a# 1000
			Sanne| {"type":"gone","conversation":"$id","how":"exit"}`},
		{"the child erases", claimed + `
			a> {"type":"forget"}
			a# 1000
			Sanne| {"type":"gone","conversation":"$id","how":"forgotten"}`},
		{"the child's socket goes and comes back", claimed + `
			a.
			Sanne| {"type":"connected","conversation":"$id","connected":false}
			b> {"type":"resume","token":"$token","after":5}
			b< {"type":"welcome","state":"counsellor","seq":5}
			b< {"type":"state","state":"counsellor","name":"Sanne"}
			Sanne| {"type":"connected","conversation":"$id","connected":true}`},
		{"a desk that comes back has its children again", claimed + `
			Sanne.
			a> {"type":"say","id":"m2","text":"ben je er nog"}
			a< {"type":"received","seq":6}
			Sanne| {"type":"claimed","conversation":"$id","messages":["*","*","*","*","*",{"seq":6,"text":"ben je er nog"}]}
			Sanne> {"type":"say","conversation":"$id","id":"d1","text":"ja"}
			a< {"type":"message","seq":7,"from":"counsellor"}`},
		{"away and back", `
			Sanne| {"type":"line"}
			Sanne> {"type":"away","away":true}
			Sanne| {"type":"line","counsellors":[{"name":"Sanne","away":true}]}
			Sanne> {"type":"away","away":false}
			Sanne| {"type":"line","counsellors":[{"name":"Sanne","away":false}]}`},
		{"ping", `
			Sanne> {"type":"ping"}
			Sanne| {"type":"pong"}`},
		{"what is wrong, or not one's own", `
			Sanne> {"type":"dance"}
			Sanne| {"type":"error","code":"bad-frame","text":"*"}
			Sanne> {"type":"say","id":"d1","text":"x"}
			Sanne| {"type":"error","code":"bad-frame","re":"d1"}
			Sanne> {"type":"say","conversation":"x","id":"d1","text":"x"}
			Sanne| {"type":"error","code":"not-yours","re":"d1","conversation":"x"}
			Sanne> {"type":"release","conversation":"x","to":"moon"}
			Sanne| {"type":"error","code":"bad-frame"}
			Sanne> {"type":"end","conversation":"x","outcome":"solved"}
			Sanne| {"type":"error","code":"bad-frame"}
			Sanne> {"type":"away","away":"yes"}
			Sanne| {"type":"error","code":"bad-frame"}`},
		{"another desk of the same counsellor", `
			Sanne| {"type":"hello"}
			SANNE| {"type":"hello"}`},
	}
	for _, c := range cases {
		t.Run(c.row, func(t *testing.T) {
			newRealSite(t).play(join(c.script))
		})
	}
}

func TestFiveChildrenAtATimeAreEnough(t *testing.T) {
	s := newSite(t, nil)
	for range 6 {
		c := s.child()
		c.send(`{"type":"start"}`)
		c.send(`{"type":"human"}`)
		c.until("state")
	}
	d := s.desk("Sanne")
	for range 5 {
		d.send(`{"type":"claim"}`)
		d.until("claimed")
	}
	d.send(`{"type":"claim"}`)
	if f := d.until("error"); f["code"] != "too-many" {
		t.Errorf("the sixth claim was answered by %v", f)
	}
}

func TestASecondDeskOfTheSameCounsellorTakesOver(t *testing.T) {
	s := newSite(t, nil)
	first := s.desk("Sanne")
	first.until("line")
	second := s.desk("Sanne")
	second.until("hello")
	if code, _ := first.closed(); code != 4001 {
		t.Errorf("closed with %d", code)
	}
}

// browser is a client that keeps cookies and follows nothing.
type browser struct {
	t       *testing.T
	host    string
	cookies []*http.Cookie
}

func (b *browser) do(method, path string, form url.Values, headers ...string) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequest(method, "http://"+b.host+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Close = true
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "http://"+b.host)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if fresh := resp.Cookies(); len(fresh) > 0 {
		b.cookies = fresh
	}
	return resp, string(body)
}

func TestSigningInAndOut(t *testing.T) {
	s := newSite(t, nil)
	b := &browser{t: t, host: s.host}
	if resp, body := b.do("GET", "/counsellor", nil); resp.StatusCode != 200 || !strings.Contains(body, `name="password"`) {
		t.Fatalf("the way in was answered with %d", resp.StatusCode)
	}
	wrong := url.Values{"name": {"Sanne"}, "password": {"wrong"}}
	if resp, body := b.do("POST", "/counsellor/sign-in", wrong); resp.StatusCode != 401 || !strings.Contains(body, `role="alert"`) || len(b.cookies) != 0 {
		t.Errorf("a wrong password was answered with %d and cookies %v", resp.StatusCode, b.cookies)
	}
	right := url.Values{"name": {"Sanne"}, "password": {"right"}}
	for _, foreign := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"} {
		if resp, _ := b.do("POST", "/counsellor/sign-in", right, foreign); resp.StatusCode != 403 {
			t.Errorf("%s was answered with %d", foreign, resp.StatusCode)
		}
	}
	resp, _ := b.do("POST", "/counsellor/sign-in", right)
	if resp.StatusCode != 303 || resp.Header.Get("Location") != "/counsellor" || len(b.cookies) != 1 {
		t.Fatalf("signing in was answered with %d", resp.StatusCode)
	}
	if c := b.cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %v", c)
	}
	if _, body := b.do("GET", "/counsellor", nil); !strings.Contains(body, `id="waiting"`) {
		t.Error("the desk is not shown")
	}
	desk, _ := s.socket("/counsellor/ws", deskProtocol, fmt.Sprintf("Cookie: %s=%s", b.cookies[0].Name, b.cookies[0].Value))
	desk.until("hello")
	session := *b.cookies[0]
	b.do("POST", "/counsellor/sign-out", url.Values{})
	if code, _ := desk.closed(); code != 4003 {
		t.Errorf("signing out closed the desk with %d", code)
	}
	if _, resp := s.socket("/counsellor/ws", deskProtocol, fmt.Sprintf("Cookie: %s=%s", session.Name, session.Value)); resp.StatusCode != 401 {
		t.Errorf("the old session was answered with %d", resp.StatusCode)
	}
}

func TestTheOneTimeLinkIsUsedUpByItsButtonOnly(t *testing.T) {
	s := newSite(t, nil)
	b := &browser{t: t, host: s.host}
	if resp, body := b.do("GET", `/counsellor/once?code=once-Sanne"><i>`, nil); resp.StatusCode != 200 || !strings.Contains(body, "once-Sanne&#34;") || len(b.cookies) > 0 {
		t.Errorf("the link was answered with %d: %s", resp.StatusCode, body)
	}
	if resp, _ := b.do("POST", "/counsellor/once", url.Values{"code": {"none"}}); resp.StatusCode != 401 {
		t.Errorf("a wrong code was answered with %d", resp.StatusCode)
	}
	if resp, _ := b.do("POST", "/counsellor/once", url.Values{"code": {"once-Sanne"}}); resp.StatusCode != 303 || len(b.cookies) != 1 {
		t.Errorf("the button was answered with %d", resp.StatusCode)
	}
}

func TestGuessingPasswordsIsSlowed(t *testing.T) {
	b := &browser{t: t, host: newSite(t, nil).host}
	for range signInsAtOnce {
		b.do("POST", "/counsellor/sign-in", url.Values{"name": {"Sanne"}, "password": {"wrong"}})
	}
	if resp, _ := b.do("POST", "/counsellor/sign-in", url.Values{"name": {"Sanne"}, "password": {"right"}}); resp.StatusCode != 429 {
		t.Errorf("one more was answered with %d", resp.StatusCode)
	}
}

func TestTheCookieIsBoundToTheHostBehindTLS(t *testing.T) {
	for _, c := range []struct {
		proxied bool
		name    string
	}{{true, "__Host-counsellor"}, {false, "counsellor"}} {
		b := &browser{t: t, host: newSite(t, func(o *Options) { o.Proxied = c.proxied }).host}
		form := url.Values{"name": {"Sanne"}, "password": {"right"}}
		b.do("POST", "/counsellor/sign-in", form, "X-Forwarded-Proto: https", "Sec-Fetch-Site: same-origin")
		if len(b.cookies) != 1 || b.cookies[0].Name != c.name || b.cookies[0].Secure != c.proxied {
			t.Errorf("proxied %v: cookies %v", c.proxied, b.cookies)
		}
	}
}

func TestTheDeskNeedsASessionAndOurOwnPage(t *testing.T) {
	s := newSite(t, nil)
	s.desk("Sanne").until("hello")
	cookie := "Cookie: counsellor=session of Sanne"
	cases := []struct {
		name    string
		headers []string
		want    int
	}{
		{"no session", nil, 401},
		{"a wrong one", []string{"Cookie: counsellor=x"}, 401},
		{"a foreign page", []string{cookie, "Origin: https://evil.example"}, 403},
		{"no page", []string{cookie, "Origin:"}, 403},
	}
	for _, c := range cases {
		if _, resp := s.socket("/counsellor/ws", deskProtocol, c.headers...); resp == nil || resp.StatusCode != c.want {
			t.Errorf("%s was answered with %v, want %d", c.name, resp, c.want)
		}
	}
}
