package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/praatpaal/praatpaal/bench/canary"
	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/queue"
	"github.com/praatpaal/praatpaal/locales"
	"github.com/praatpaal/praatpaal/web"
)

// loudly makes this test program the server itself, with a log that says all
// it ever would and a bot that breaks: so that everything which such a process
// can print is what a test has read.
const loudly = "PRAATPAAL_TEST_LOUDLY"

func TestMain(m *testing.M) {
	if os.Getenv(loudly) == "" {
		os.Exit(m.Run())
	}
	if err := serveLoudly(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// brittle is the real bot, until somebody says the word.
type brittle struct{ *bot.Shelf }

func (b brittle) Next(c bot.Conversation, e bot.Event) (bot.Conversation, bot.Answer, error) {
	if strings.Contains(e.Text, "break now") {
		panic(fmt.Sprintf("%v %v", c, e))
	}
	return b.Shelf.Next(c, e)
}

// Volume breaks whoever reads English pages: there nothing of ours stands
// between the panic and net/http.
func (b brittle) Volume(lang string) *book.Volume {
	if lang == "en" {
		panic("no such language here")
	}
	return b.Shelf.Volume(lang)
}

func serveLoudly() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	log := slog.New(web.SafeLog(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})))
	c := commands{Redis: []string{os.Getenv("PRAATPAAL_REDIS")}, Keys: os.Getenv("PRAATPAAL_KEYS"), Content: os.Getenv("PRAATPAAL_CONTENT")}
	texts, err := locales.Load()
	if err != nil {
		return err
	}
	p, err := c.proof(os.Stderr)
	if err != nil {
		return err
	}
	store, err := c.store(ctx, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	shelf := bot.NewShelf(p.Bot)
	server, err := web.New(web.Options{Bot: brittle{shelf}, Guides: brittle{shelf}, Store: store, Texts: texts, Log: log, Proxied: true})
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return errors.Join(server.Serve(ctx, listener), store.Close())
}

// loud is that server, the Redis behind it and all that both have written.
type loud struct {
	t       *testing.T
	host    string
	output  string // file
	redis   *exec.Cmd
	disk    string // of Redis
	port    string
	stop    func()
	answers bytes.Buffer // every answer to plain requests
	cookies http.Header  // of the counsellor
	desk    *websocket.Conn
}

func (l *loud) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *loud) startRedis() {
	l.t.Helper()
	l.redis = exec.Command("redis-server", "--port", l.port, "--bind", "127.0.0.1", "--dir", l.disk, "--save", "", "--appendonly", "yes", "--appendfsync", "always")
	l.must(l.redis.Start())
}

func (l *loud) killRedis() {
	_ = l.redis.Process.Kill()
	_ = l.redis.Wait()
}

func newLoud(t *testing.T) *loud {
	t.Helper()
	l := &loud{t: t, disk: t.TempDir(), output: filepath.Join(t.TempDir(), "output")}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	l.must(err)
	_, l.port, _ = net.SplitHostPort(free.Addr().String())
	l.must(free.Close())
	l.startRedis()
	t.Cleanup(l.killRedis)
	clear(t)
	address, keys := "redis://127.0.0.1:"+l.port+"/0", t.TempDir()
	var account ran
	for range 100 { // until Redis listens
		if account = praatpaal(t, "", "counsellor", "add", "Sanne", "--redis", address, "--keys", keys); account.failed == nil {
			break
		}
	}
	l.must(account.failed)
	file, err := os.Create(l.output)
	l.must(err)
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), loudly+"=1", "PRAATPAAL_REDIS="+address, "PRAATPAAL_KEYS="+keys, "PRAATPAAL_CONTENT="+light(t))
	server.Stderr = file
	banner, err := server.StdoutPipe()
	l.must(err)
	l.must(server.Start())
	l.stop = func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
		_ = file.Close()
	}
	t.Cleanup(l.stop)
	said := make([]byte, 100)
	n, err := banner.Read(said)
	l.must(err)
	l.host = strings.TrimSpace(string(said[:n]))
	words := strings.Fields(account.out)
	l.signIn(words[len(words)-1])
	return l
}

// signIn signs the counsellor in.
func (l *loud) signIn(password string) {
	l.t.Helper()
	jar, err := cookiejar.New(nil)
	l.must(err)
	client := &http.Client{Jar: jar}
	resp, err := client.PostForm("http://"+l.host+"/counsellor/sign-in", url.Values{"name": {"Sanne"}, "password": {password}})
	l.must(err)
	l.must(resp.Body.Close())
	client.CloseIdleConnections()
	at, err := url.Parse("http://" + l.host + "/counsellor")
	l.must(err)
	l.cookies = http.Header{"Origin": {"http://" + l.host}}
	for _, cookie := range jar.Cookies(at) {
		l.cookies.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
}

// sitsDown opens the counsellor's desk; one that was open is left.
func (l *loud) sitsDown() {
	l.t.Helper()
	if l.desk != nil {
		l.must(l.desk.Close())
	}
	l.desk = l.dial("/counsellor/ws", "praatpaal.desk.v1", l.cookies)
}

func (l *loud) dial(path, protocol string, header http.Header) *websocket.Conn {
	l.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{protocol}}
	ws, _, err := dialer.Dial("ws://"+l.host+path, header)
	l.must(err)
	l.t.Cleanup(func() { _ = ws.Close() })
	return ws
}

func (l *loud) send(ws *websocket.Conn, frame string, values ...any) {
	l.t.Helper()
	l.must(ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, frame, values...)))
}

// until reads up to a frame with these words, and gives it.
func (l *loud) until(ws *websocket.Conn, words string) string {
	l.t.Helper()
	l.must(ws.SetReadDeadline(time.Now().Add(time.Minute)))
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", words, err)
		}
		if strings.Contains(string(data), words) {
			return string(data)
		}
	}
}

// visitor is one child with ten secrets.
type visitor struct {
	agent, address, referrer, path, page, id, text, bad, counsellor, token string
	ws                                                                     *websocket.Conn
}

func newVisitor() *visitor {
	secret := func() string { return "zebra" + strings.ToLower(rand.Text()[:12]) }
	b := make([]byte, 12)
	rand.Read(b)
	address := fmt.Sprintf("2001:db8:%x:%x:%x:%x:%x:%x", b[:2], b[2:4], b[4:6], b[6:8], b[8:10], b[10:12])
	return &visitor{
		agent: secret(), address: address, referrer: secret(), path: secret(), page: secret(), id: secret(),
		text: secret(), bad: secret(), counsellor: secret(),
	}
}

func (v *visitor) secrets() []string {
	return []string{v.agent, v.address, v.referrer, v.path, v.page, v.id, v.text, v.bad, v.counsellor, v.token}
}

func (v *visitor) header(host string) http.Header {
	return http.Header{
		"Origin": {"http://" + host}, "User-Agent": {v.agent}, "Referer": {"https://" + v.referrer + ".example/"}, "X-Forwarded-For": {v.address},
	}
}

// visits is a whole journey: the chat, a bad frame, a panic, a counsellor.
func (l *loud) visits(v *visitor) {
	l.t.Helper()
	v.ws = l.dial("/ws?"+v.path, "praatpaal.v1", v.header(l.host))
	l.send(v.ws, `{"type":"start","lang":"nl","page":"%s"}`, v.page)
	v.token = regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(l.until(v.ws, "welcome"))[1]
	l.send(v.ws, `{"type":"say","id":"%s","text":"hoi %s"}`, v.id, v.text)
	l.until(v.ws, `"re":"`+v.id)
	l.send(v.ws, `{"%s"`, v.bad)
	l.until(v.ws, "bad-frame")
	l.send(v.ws, `{"type":"say","id":"p","text":"break now %s"}`, v.text)
	l.until(v.ws, "unavailable")
	l.send(v.ws, `{"type":"human"}`)
	l.until(v.ws, `"state":"waiting"`)
	l.send(l.desk, `{"type":"claim","conversation":"%s"}`, queue.IDOf(v.token))
	l.until(l.desk, "claimed")
	l.send(l.desk, `{"type":"say","conversation":"%s","id":"%s","text":"%s"}`, queue.IDOf(v.token), v.id, v.counsellor)
	l.until(v.ws, v.counsellor)
	l.send(l.desk, `{"type":"end","conversation":"%s","outcome":"helped"}`, queue.IDOf(v.token))
	l.until(l.desk, "gone")
	l.asks(v, "GET", "/"+v.path)
	l.asks(v, "GET", "/nl/"+v.path)
	l.asks(v, "POST", "/counsellor/sign-in")
}

// asks makes a plain request that must not be answered with what it holds.
func (l *loud) asks(v *visitor, method, path string) {
	l.t.Helper()
	request, err := http.NewRequest(method, "http://"+l.host+path, strings.NewReader("name="+v.text+"&password="+v.text))
	l.must(err)
	request.Header, request.Close = v.header(l.host), true
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(request)
	l.must(err)
	l.must(resp.Write(&l.answers))
	l.must(resp.Body.Close())
}

// spoils sends what is no request at all.
func (l *loud) spoils(v *visitor) {
	l.t.Helper()
	for _, bad := range []string{"GET /%zz" + v.path + " HTTP/1.1\r\n\r\n", v.text + "\r\n\r\n", "GET / HTTP/1.1\r\n" + v.agent + "\r\n\r\n",
		"GET /en/" + v.path + " HTTP/1.1\r\nHost: " + l.host + "\r\nUser-Agent: " + v.agent + "\r\nX-Forwarded-For: " + v.address + "\r\n\r\n"} {
		conn, err := net.Dial("tcp", l.host)
		l.must(err)
		_, err = io.WriteString(conn, bad)
		l.must(err)
		_, _ = io.Copy(&l.answers, conn)
		l.must(conn.Close())
	}
}

func TestAThousandSecretsOfWholeJourneysAreInNoLog(t *testing.T) {
	l := newLoud(t)
	var secrets []string
	var all []*visitor
	for n := range 100 {
		if n%10 == 0 {
			l.sitsDown() // nobody may send so much from one desk so fast
		}
		v := newVisitor()
		l.visits(v)
		all, secrets = append(all, v), append(secrets, v.secrets()...)
	}
	for _, v := range all[:10] {
		l.spoils(v)
	}
	search := canary.New(secrets)
	disk, read, err := search.Under(l.disk)
	if err != nil || read < 100_000 {
		t.Errorf("%d bytes of Redis: %v", read, err)
	}
	for _, v := range all[:10] {
		v.ws = l.dial("/ws?"+v.path, "praatpaal.v1", v.header(l.host))
		l.send(v.ws, `{"type":"resume","token":"%s","after":0}`, v.token)
		l.until(v.ws, v.counsellor)
	}
	l.killRedis()
	for _, v := range all[:10] {
		l.send(v.ws, `{"type":"say","id":"away","text":"hoi %s"}`, v.text)
		l.until(v.ws, `"re":"away"`)
		l.asks(v, "POST", "/exit")
	}
	l.stop()
	output, err := os.ReadFile(l.output)
	if err != nil {
		t.Fatal(err)
	}
	printed := search.In("log, panics and errors", output)
	answered := search.In("answers", l.answers.Bytes())
	for _, hits := range [][]canary.Hit{disk, printed, answered} {
		for _, hit := range hits[:min(3, len(hits))] {
			t.Errorf("%s: %q is readable as %s", hit.Where, hit.Secret, hit.As)
		}
	}
	// The operator's own Redis may be named, and a time looks like an address.
	if found := regexp.MustCompile(`.*\d+\.\d+\.\d+\.\d+.*|\[?[0-9a-f]+:[0-9a-f]+:`).FindAll(regexp.MustCompile(`time=\S+|redis://\S+`).ReplaceAll(output, nil), 3); len(found) > 0 {
		t.Errorf("addresses are printed: %q", found)
	}
	for _, must := range []string{"a panic was stopped", "redis client", "net/http turned"} {
		if !bytes.Contains(output, []byte(must)) {
			t.Errorf("nothing is printed of %q: it was not tried", must)
		}
	}
	t.Logf("%d secrets; %d bytes printed, %d readable; %d bytes of Redis' files, %d; %d bytes of answers, %d",
		len(secrets), len(output), len(printed), read, len(disk), l.answers.Len(), len(answered))
}
