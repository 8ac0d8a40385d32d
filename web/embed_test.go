package web

import (
	"strings"
	"testing"
)

func TestOnlyNamedOriginsMayHoldTheChatInAFrame(t *testing.T) {
	const partner = "https://school.example"
	named := &browser{t: t, host: newSite(t, func(o *Options) { o.Embed = []string{partner} }).host}
	none := &browser{t: t, host: newSite(t, nil).host}
	cases := []struct {
		b                                *browser
		path, dest, ancestors, xfo, corp string
	}{
		{named, "/embed", "iframe", "frame-ancestors " + partner + ";", "", "cross-origin"},
		{named, "/embed", "document", "frame-ancestors " + partner + ";", "", "same-origin"},
		{named, "/embed?lang=en", "iframe", "frame-ancestors " + partner + ";", "", "cross-origin"},
		{named, "/", "", "frame-ancestors 'none';", "DENY", "same-origin"},
		{named, "/counsellor", "", "frame-ancestors 'none';", "DENY", "same-origin"},
		{named, "/embed.js", "", "frame-ancestors 'none';", "DENY", "cross-origin"},
		{none, "/embed", "iframe", "frame-ancestors 'none';", "DENY", "same-origin"},
	}
	for _, c := range cases {
		resp, _ := c.b.do("GET", c.path, nil, "Sec-Fetch-Dest: "+c.dest)
		h := resp.Header
		if !strings.Contains(h.Get("Content-Security-Policy"), c.ancestors) || h.Get("X-Frame-Options") != c.xfo || h.Get("Cross-Origin-Resource-Policy") != c.corp {
			t.Errorf("%s: %v", c.path, h)
		}
		if resp.StatusCode != 200 || len(resp.Cookies()) > 0 {
			t.Errorf("%s: %d, cookies %v", c.path, resp.StatusCode, resp.Cookies())
		}
	}
}

func TestAPartnersOwnScriptGetsNoSocket(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Embed = []string{"https://school.example"} })
	if c, resp := s.socket("/ws", chatProtocol, "Origin: https://school.example"); c != nil || resp.StatusCode != 403 {
		t.Errorf("answered with %v", resp)
	}
}

func TestTheFrameSpeaksTheLanguageThatTheTagNames(t *testing.T) {
	b := &browser{t: t, host: newSite(t, nil).host}
	for path, want := range map[string]string{"/embed?lang=en": `lang="en"`, "/embed?lang=xx": `lang="nl"`, "/embed": `lang="nl"`} {
		if _, body := b.do("GET", path, nil, "Accept-Language: nl"); !strings.Contains(body[:60], want) {
			t.Errorf("%s: %.60s", path, body)
		}
	}
}

func TestWhatIsNoOriginIsRefusedAtTheStart(t *testing.T) {
	for _, wrong := range []string{"*", "school.example", "https://school.example/", "https://a b", "https://*.example", "ftp://school.example", "https://x; script-src *"} {
		if checkEmbed([]string{wrong}) == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	if err := checkEmbed([]string{"https://school.example", "http://127.0.0.1:8081"}); err != nil {
		t.Error(err)
	}
}
