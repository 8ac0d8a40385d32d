package web

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/proof"
	"github.com/praatpaal/praatpaal/bot/queue"
	"github.com/praatpaal/praatpaal/content"
)

// realBot talks from the content that is built in.
func realBot(t *testing.T) *bot.Bot {
	t.Helper()
	p, err := proof.Read(content.Files())
	if err != nil || p.Bot == nil {
		t.Fatalf("the content has mistakes: %v", err)
	}
	return p.Bot
}

// heardBy counts what a listener can tell apart: how often which length came
// with which theme.
type heardBy map[int]map[string]int

func (h heardBy) hear(length int, theme string) {
	if h[length] == nil {
		h[length] = map[string]int{}
	}
	h[length][theme]++
}

// guesses gives how often the best guess of the theme is right, without and
// with the length.
func (h heardBy) guesses() (blind, listening float64) {
	all, right, total := map[string]int{}, 0, 0
	for _, themes := range h {
		for theme, n := range themes {
			all[theme] += n
			total += n
		}
		right += slices.Max(slices.Collect(maps.Values(themes)))
	}
	return float64(slices.Max(slices.Collect(maps.Values(all)))) / float64(total), float64(right) / float64(total)
}

// answers gives every step of a language, and whatever follows from a tap.
func everyAnswer(t *testing.T, b *bot.Bot, lang, as string, give func(bot.Answer, bot.Conversation)) {
	t.Helper()
	for _, step := range b.Volume(lang).Order {
		c, opened, err := b.Next(bot.Conversation{}, bot.Event{Kind: bot.Start, Lang: lang, As: as, Page: step.ID})
		if err != nil {
			t.Fatal(err)
		}
		give(opened, c)
		for _, choice := range opened.Reply.Choices {
			next, answer, err := b.Next(c, bot.Event{Kind: bot.Choose, Choice: choice.ID})
			if err != nil {
				t.Fatal(err)
			}
			if answer.Reply != nil {
				give(answer, next)
			}
		}
	}
}

func TestALengthTellsAListenerNothing(t *testing.T) {
	b := realBot(t)
	t.Run("about the theme", func(t *testing.T) { lengthsAndThemes(t, b) })
	t.Run("in a quarter of an hour", func(t *testing.T) { quarterOfAnHour(t, b) })
}

func lengthsAndThemes(t *testing.T, b *bot.Bot) {
	s := &Server{}
	sealed, open := heardBy{}, heardBy{}
	for _, lang := range book.Languages() {
		for _, as := range []string{"child", "parent"} {
			everyAnswer(t, b, lang, as, func(a bot.Answer, c bot.Conversation) {
				frame := numbered(queue.Entry{Seq: 17, At: time.Unix(0, 0), Body: encode(s.reply(a, c, "m17"))})
				theme, _, _ := strings.Cut(a.Reply.Node, "/")
				open.hear(len(frame), theme)
				sealed.hear(len(padded(frame)), theme)
			})
		}
	}
	blind, listening := sealed.guesses()
	_, before := open.guesses()
	t.Logf("lengths %v; a guess is right %.1f %% of the time blind, %.1f %% listening, %.1f %% without padding",
		slices.Sorted(maps.Keys(sealed)), 100*blind, 100*listening, 100*before)
	if len(sealed) > sizeCount {
		t.Errorf("answers have %d lengths", len(sealed))
	}
	if listening > blind+0.05 {
		t.Errorf("who listens guesses the theme %.1f %% of the time, blind %.1f %%", 100*listening, 100*blind)
	}
	if before < blind+0.05 {
		t.Error("unpadded answers tell nothing either: nothing was tried")
	}
}

func TestPaddingIsSkippedByReaders(t *testing.T) {
	for n := range 9000 {
		frame := padded([]byte(`{"a":"` + strings.Repeat("x", n) + `"}`))
		var got map[string]string
		if err := json.Unmarshal(frame, &got); err != nil || len(got["a"]) != n {
			t.Fatalf("%d: %v", n, err)
		}
		if small := slices.Contains([]int{48, 256, 1408, 2048, 4096, 8192, 16384}, len(frame)); !small {
			t.Fatalf("a frame of %d bytes became %d", n+8, len(frame))
		}
		if again := padded(frame); len(again) != len(frame) {
			t.Fatalf("%d bytes became %d", len(frame), len(again))
		}
	}
}

// counted is a connection that counts its bytes, and the lengths of what came.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

// measuredChild is a child whose bytes are counted, with every length that came.
type measuredChild struct {
	t       *testing.T
	ws      *websocket.Conn
	bytes   atomic.Int64
	lengths map[int]bool
	sent    int
}

func newMeasuredChild(s *site) *measuredChild {
	c := &measuredChild{t: s.t, lengths: map[int]bool{}}
	s.dial = func(network, address string) (net.Conn, error) {
		conn, err := net.Dial(network, address)
		return counted{conn, &c.bytes}, err
	}
	socket, resp := s.socket("/ws", chatProtocol)
	if socket == nil {
		s.t.Fatalf("the handshake was answered with %v", resp)
	}
	c.ws = socket.ws
	return c
}

func (c *measuredChild) send(frame string) {
	c.t.Helper()
	size := max(256, sizeOf(len(frame)))
	if strings.Contains(frame, `"ping"`) {
		size = 48
	}
	frame += strings.Repeat(" ", size-len(frame))
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.t.Fatal(err)
	}
}

// until reads up to a frame that holds these words.
func (c *measuredChild) until(words ...string) {
	c.t.Helper()
	c.ws.SetReadDeadline(time.Now().Add(patience))
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for %q: %v", words, err)
		}
		c.lengths[len(data)] = true
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(string(data), w) }) {
			return
		}
	}
}

func (c *measuredChild) says(words string) {
	c.t.Helper()
	c.sent++
	c.send(fmt.Sprintf(`{"type":"say","id":"m%d","text":%q}`, c.sent, words))
	c.until(`"message"`, fmt.Sprintf(`"re":"m%d"`, c.sent))
}

// quarterOfAnHour: it is 25 messages with their answers, one in 36 s, which
// is less than it takes to read them, and a beat in every 15 s.
func quarterOfAnHour(t *testing.T, b *bot.Bot) {
	for _, lang := range book.Languages() {
		s := newSite(t, func(o *Options) { o.Bot = b; o.SayPerMinute = 0 })
		c := newMeasuredChild(s)
		c.send(`{"type":"start","lang":"` + lang + `"}`)
		c.until(`"message"`)
		spoken := 0
		for _, step := range b.Volume(lang).Order {
			if len(step.Samples) == 0 || spoken == 25 {
				continue
			}
			spoken++
			c.says(step.Samples[0].Text)
		}
		for range 60 {
			c.send(`{"type":"ping"}`)
			c.until("pong")
		}
		t.Logf("%s: %d messages, %d bytes, lengths %v", lang, spoken, c.bytes.Load(), slices.Sorted(maps.Keys(c.lengths)))
		if spoken < 25 || c.bytes.Load() > 60<<10 {
			t.Errorf("%s: %d messages take %d bytes", lang, spoken, c.bytes.Load())
		}
		if len(c.lengths) > sizeCount {
			t.Errorf("%s: frames of %d lengths", lang, len(c.lengths))
		}
	}
}

func TestACounsellorsWordsAndAReplayAreOfTheSameLengths(t *testing.T) {
	s := newSite(t, nil)
	c := newMeasuredChild(s)
	c.send(`{"type":"start"}`)
	c.until(`"message"`)
	c.send(`{"type":"human"}`)
	c.until("waiting")
	d := s.desk("Anna")
	d.until("hello")
	d.send(`{"type":"claim"}`)
	id := fmt.Sprint(d.until("claimed")["conversation"])
	for i, n := range []int{1, 30, 100, 300, 600, 900} {
		d.send(fmt.Sprintf(`{"type":"say","conversation":%q,"id":"d%d","text":"%s"}`, id, i, strings.Repeat("a", n)))
		c.until("counsellor", strings.Repeat("a", n))
	}
	if len(c.lengths) > sizeCount {
		t.Errorf("frames of %d lengths: %v", len(c.lengths), c.lengths)
	}
}

func TestPagesToReadHaveFewLengths(t *testing.T) {
	r := newReader(t)
	plain, zipped, of := heardBy{}, heardBy{}, heardBy{}
	for _, lang := range book.Languages() {
		for path, page := range r.crawl(lang) {
			theme, _, _ := strings.Cut(strings.TrimPrefix(path, "/"+lang+"/"), "/")
			request := httptest.NewRequest("GET", path, nil)
			request.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			r.handler.ServeHTTP(w, request)
			plain.hear(len(page), theme)
			zipped.hear(w.Body.Len(), theme)
			of.hear(len(strings.TrimSpace(page)), theme)
			unzip, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if read, err := io.ReadAll(unzip); err != nil || string(read) != page && string(read) != strings.TrimRight(page, "\n")+"\n" {
				t.Fatalf("%s: compressed it reads otherwise: %v", path, err)
			}
		}
	}
	for name, h := range map[string]heardBy{"plain": plain, "gzip": zipped} {
		blind, listening := h.guesses()
		_, before := of.guesses()
		t.Logf("%s: lengths %v; a guess is right %.1f %% of the time blind, %.1f %% listening, %.1f %% without padding",
			name, slices.Sorted(maps.Keys(h)), 100*blind, 100*listening, 100*before)
		if len(h) > sizeCount || listening > blind+0.05 || before < blind+0.05 {
			t.Errorf("%s: %d lengths, a guess is right %.2f of the time", name, len(h), listening)
		}
	}
}
