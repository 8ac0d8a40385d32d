package browser

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// scorers is where .ci/test puts the judges from npm, outside git.
const scorers = "../artefacts/npm"

// node runs one of our small scripts with what npm has brought.
func node(t *testing.T, script string, env []string, in any, out any) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(scorers, "node_modules", "acorn")); err != nil {
		t.Fatalf("%v: run .ci/test, which installs it", err)
	}
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	// A module finds what npm has brought beside itself.
	own := filepath.Join(scorers, filepath.Base(script))
	if err := os.WriteFile(own, text, 0o644); err != nil {
		t.Fatal(err)
	}
	asked, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd := exec.Command("node", own)
	cmd.Env, cmd.Stdin, cmd.Stderr = append(os.Environ(), env...), bytes.NewReader(asked), &said
	answer, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		t.Fatalf("node %s: %v: %s%s", script, err, answer, said.String())
	}
}

// port of a server of httptest.
func port(s *httptest.Server) string { return s.URL[strings.LastIndex(s.URL, ":")+1:] }

func TestTheObservatoryGivesEveryPageFullMarks(t *testing.T) {
	t.Setenv("PRAATPAAL_PROXIED", "1")
	t.Setenv("PRAATPAAL_EMBED", "https://school.example")
	chat, err := url.Parse(start(t).chat)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(chat)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
	secure := httptest.NewTLSServer(proxy)
	defer secure.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secure.URL+r.URL.Path, http.StatusMovedPermanently)
	}))
	defer plain.Close()
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	type score struct {
		Path, Grade string
		Score       int
		Failed      []string
	}
	var scores []score
	paths := []string{"/", "/nl/", "/en/", "/nl/grooming", "/en/grooming/photo", "/nl/referrals", "/counsellor", "/counsellor/once?code=x", "/words", "/embed"}
	node(t, "observatory.mjs", []string{"NODE_EXTRA_CA_CERTS=" + trusted},
		map[string]any{"host": "127.0.0.1", "httpPort": port(plain), "httpsPort": port(secure), "paths": paths}, &scores)
	for _, s := range scores {
		t.Logf("%s: %d, %s", s.Path, s.Score, s.Grade)
		if s.Score < 130 || len(s.Failed) > 0 {
			t.Errorf("%s: %d points, %v", s.Path, s.Score, s.Failed)
		}
	}
	if len(scores) != len(paths) {
		t.Errorf("%d of %d pages have a score", len(scores), len(paths))
	}
}

// scripts gives every script that the pages run, as it is sent.
func scripts(t *testing.T, chat string) map[string]string {
	t.Helper()
	get := func(path string) string {
		resp, err := http.Get(strings.TrimSuffix(chat, "/") + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
		}
		return string(body)
	}
	out := map[string]string{}
	for i, m := range regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`).FindAllStringSubmatch(get("/"), -1) {
		out[fmt.Sprintf("in the page, %d", i)] = m[1]
	}
	files, err := filepath.Glob("../web/static/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		if name := filepath.Base(file); name != "desk.js" { // counsellors have new machines
			out[name] = get("/static/" + name)
		}
	}
	return out
}

func TestAnOldTelephoneReadsTheScript(t *testing.T) {
	all := scripts(t, start(t).chat)
	all["too new: a field"] = "class A { #b = 1 }"
	all["too new: a chain"] = "var a = b?.c"
	all["too new: a spread"] = "var a = {...b}"
	var wrong map[string]string
	node(t, "parse.mjs", nil, all, &wrong)
	for name := range all {
		if isNew := strings.HasPrefix(name, "too new"); isNew != (wrong[name] != "") {
			t.Errorf("%s: %q", name, wrong[name])
		}
	}
	t.Logf("%d scripts", len(all)-3)
}
