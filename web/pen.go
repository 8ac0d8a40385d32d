package web

import (
	"encoding/binary"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/praatpaal/praatpaal/bot"
)

// pen writes the JSON of what every turn writes: messages, states and
// receipts. It writes what encode would, byte for byte, at a fraction of its
// cost; a test holds the two together, so that a new field is not forgotten.
type pen struct {
	out  []byte
	more bool // something stands before in this object or list
}

// begin opens an object or a list, end closes it.
func (p *pen) begin(sign byte) { p.out, p.more = append(p.out, sign), false }
func (p *pen) end(sign byte)   { p.out, p.more = append(p.out, sign), true }

// next puts a comma between two things.
func (p *pen) next() {
	if p.more {
		p.out = append(p.out, ',')
	}
	p.more = true
}

// name begins a field; names are plain.
func (p *pen) name(name string) {
	p.next()
	p.out = append(append(append(p.out, '"'), name...), '"', ':')
}

// field writes a field of text.
func (p *pen) field(name, text string) {
	p.name(name)
	p.text(text)
}

// given writes a field of text that is left out when it is empty.
func (p *pen) given(name, text string) {
	if text != "" {
		p.field(name, text)
	}
}

// as writes a field as encode does.
func (p *pen) as(name string, v any) {
	p.name(name)
	p.out = append(p.out, encode(v)...)
}

// text writes a text between quotes.
func (p *pen) text(s string) {
	p.out = append(p.out, '"')
	from := 0
	for i := plainRun(s); i < len(s); i += plainRun(s[i:]) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r < utf8.RuneSelf || r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			p.out = append(p.out, s[from:i]...)
			p.sign(s[i : i+size])
			from = i + size
		}
		i += size
	}
	p.out = append(append(p.out, s[from:]...), '"')
}

// plainRun is how many bytes a text begins with that JSON holds as they are.
// Most texts are nothing else: they are looked at eight bytes at a time, with
// the well-known trick that finds a zero byte in a word.
func plainRun(s string) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64([]byte(s[i : i+8]))
		quote, slash := w^('"'*ones), w^('\\'*ones)
		if (w|(w-' '*ones)|(quote-ones)|(slash-ones))&tops != 0 {
			break
		}
	}
	for i < len(s) && s[i] >= ' ' && s[i] < utf8.RuneSelf && s[i] != '"' && s[i] != '\\' {
		i++
	}
	return i
}

// sign writes a sign that JSON, or a script that holds it, cannot hold as it is.
func (p *pen) sign(s string) {
	const hex = "0123456789abcdef"
	switch s {
	case `"`, `\`:
		p.out = append(p.out, '\\', s[0])
	case "\b":
		p.out = append(p.out, `\b`...)
	case "\f":
		p.out = append(p.out, `\f`...)
	case "\n":
		p.out = append(p.out, `\n`...)
	case "\r":
		p.out = append(p.out, `\r`...)
	case "\t":
		p.out = append(p.out, `\t`...)
	case "\u2028":
		p.out = append(p.out, `\u2028`...)
	case "\u2029":
		p.out = append(p.out, `\u2029`...)
	default:
		if s[0] >= utf8.RuneSelf {
			p.out = append(p.out, `\ufffd`...)
			return
		}
		p.out = append(p.out, '\\', 'u', '0', '0', hex[s[0]>>4], hex[s[0]&15])
	}
}

func (p *pen) texts(name string, list []string) {
	if len(list) == 0 {
		return
	}
	p.name(name)
	p.begin('[')
	for _, s := range list {
		p.next()
		p.text(s)
	}
	p.end(']')
}

func (p *pen) choices(name string, list []bot.Choice) {
	p.name(name)
	p.begin('[')
	for i := range list {
		p.next()
		p.begin('{')
		p.field("id", list[i].ID)
		p.given("label", list[i].Label)
		p.end('}')
	}
	p.end(']')
}

func (p *pen) parts(list []part) {
	p.name("parts")
	p.begin('[')
	for i := range list {
		p.next()
		p.begin('{')
		p.given("html", list[i].HTML)
		p.field("text", list[i].Text)
		p.end('}')
	}
	p.end(']')
}

// bytes is the message as it is stored and sent.
func (m *message) bytes() []byte { return m.append(nil) }

func (m *message) append(out []byte) []byte {
	size := 256 + 2*len(m.Text)
	for i := range m.Parts {
		size += len(m.Parts[i].HTML) + len(m.Parts[i].Text) + 32
	}
	for i := range m.Choices {
		size += len(m.Choices[i].ID) + len(m.Choices[i].Label) + 24
	}
	p := pen{out: slices.Grow(out, size)}
	p.begin('{')
	p.field("type", m.Type)
	p.field("from", m.From)
	p.given("id", m.ID)
	p.given("re", m.Re)
	p.given("name", m.Name)
	p.given("lang", m.Lang)
	p.given("node", m.Node)
	p.given("text", m.Text)
	p.given("choice", m.Choice)
	p.parts(m.Parts)
	if m.Choices != nil {
		p.choices("choices", m.Choices)
	}
	if m.Understood != nil {
		p.as("understood", m.Understood)
	}
	if m.Danger != nil {
		p.as("danger", m.Danger)
	}
	p.end('}')
	return p.out
}

// appendState appends a conversation as it is stored.
func appendState(out []byte, c *bot.Conversation) []byte {
	p := pen{out: out}
	p.begin('{')
	p.field("lang", c.Lang)
	p.field("as", c.As)
	p.field("state", string(c.State))
	p.field("step", c.Step)
	p.given("topic", c.Topic)
	p.given("role", c.Role)
	p.field("danger", c.Danger.String())
	if len(c.Offered) > 0 {
		p.choices("offered", c.Offered)
	}
	p.count("fresh", c.Fresh)
	p.given("earlier", string(c.Earlier))
	p.texts("said", c.Said)
	p.count("misses", c.Misses)
	p.given("counsellor", c.Counsellor)
	p.given("trail", string(c.Told))
	p.texts("why", c.Why)
	p.end('}')
	return p.out
}

// count writes a number that is left out when it is 0.
func (p *pen) count(name string, n int) {
	if n != 0 {
		p.name(name)
		p.out = strconv.AppendInt(p.out, int64(n), 10)
	}
}

// appendReceived appends the receipt of a message.
func appendReceived(out []byte, id string, seq int64) []byte {
	p := pen{out: out}
	p.begin('{')
	p.field("type", "received")
	p.field("id", id)
	p.name("seq")
	p.out = strconv.AppendInt(p.out, seq, 10)
	p.end('}')
	return p.out
}
