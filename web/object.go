package web

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// object reads the fields of a JSON object one by one and remembers whether
// one of them was not what it must be.
type object struct {
	fields []field
	bad    bool
}

// field is one field as it stands in the object.
type field struct {
	name, raw []byte
}

// open reads a JSON object; nesting is counted before anything is decoded. A
// field that is there twice is a mistake: which of them counts is anybody's
// guess. No frame has nearly as many fields as maxFields.
func open(data []byte) *object {
	o := &object{}
	if depth(data) > maxDepth || !json.Valid(data) {
		o.bad = true
		return o
	}
	data = bytes.TrimSpace(data)
	if o.bad = data[0] != '{'; !o.bad {
		o.split(data[1 : len(data)-1])
	}
	return o
}

// split finds the fields of an object that is known to be valid JSON.
func (o *object) split(data []byte) {
	o.fields = make([]field, 0, 4)
	for data = bytes.TrimSpace(data); len(data) > 0 && !o.bad; data = bytes.TrimSpace(data) {
		end := value(data)
		name := nameOf(data[:end])
		o.bad = o.has(name) || len(o.fields) == maxFields
		data = bytes.TrimSpace(data[end:])[1:] // the colon
		data = bytes.TrimSpace(data)
		end = value(data)
		o.fields = append(o.fields, field{name, data[:end]})
		if data = bytes.TrimSpace(data[end:]); len(data) > 0 {
			data = data[1:] // the comma
		}
	}
}

// value gives the length of the value that valid JSON begins with.
func value(data []byte) int {
	nested, inText := 0, false
	for i := 0; i < len(data); i++ {
		switch b := data[i]; {
		case inText && b == '\\':
			i++
		case b == '"':
			inText = !inText
			if !inText && nested == 0 {
				return i + 1
			}
		case inText:
		case b == '{' || b == '[':
			nested++
		case b == '}' || b == ']':
			if nested--; nested == 0 {
				return i + 1
			}
		case nested == 0 && bytes.IndexByte([]byte(",: \t\r\n"), b) >= 0:
			return i
		}
	}
	return len(data)
}

// nameOf reads a field's name where it stands, when it stands there as it is.
func nameOf(raw []byte) []byte {
	if asItIs(raw) {
		return raw[1 : len(raw)-1]
	}
	name, _ := unquote(raw)
	return []byte(name)
}

// asItIs tells whether a JSON text holds nothing that is written otherwise.
func asItIs(raw []byte) bool {
	return len(raw) > 1 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw)
}

// unquote reads a JSON text; most stand there as they are.
func unquote(raw []byte) (s string, ok bool) {
	if asItIs(raw) {
		return string(raw[1 : len(raw)-1]), true
	}
	return s, json.Unmarshal(raw, &s) == nil
}

// depth counts how deep arrays and objects are nested.
func depth(data []byte) int {
	now, most, inText := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch b := data[i]; {
		case inText && b == '\\':
			i++
		case b == '"':
			inText = !inText
		case inText:
		case b == '{' || b == '[':
			now++
			most = max(most, now)
		case b == '}' || b == ']':
			now--
		}
	}
	return most
}

// raw gives a field that is there and not null.
func (o *object) raw(name string) ([]byte, bool) {
	for i := range o.fields {
		if f := &o.fields[i]; string(f.name) == name {
			return f.raw, string(f.raw) != "null"
		}
	}
	return nil, false
}

func (o *object) has(name []byte) bool {
	for i := range o.fields {
		if bytes.Equal(o.fields[i].name, name) {
			return true
		}
	}
	return false
}

// text gives a field of at most limit characters; "" when it is absent.
func (o *object) text(name string, limit int) string {
	r, ok := o.raw(name)
	if !ok {
		return ""
	}
	s, ok := unquote(r)
	if !ok || utf8.RuneCountInString(s) > limit {
		o.bad = true
		return ""
	}
	return s
}

// must gives a field of 1 to limit characters.
func (o *object) must(name string, limit int) string {
	s := o.text(name, limit)
	o.bad = o.bad || s == ""
	return s
}

// oneOf gives a field that is absent or one of the values.
func (o *object) oneOf(name string, values ...string) string {
	s := o.text(name, maxID)
	if _, there := o.raw(name); !there {
		return ""
	}
	for _, v := range values {
		if s == v {
			return s
		}
	}
	o.bad = true
	return ""
}

// number gives a whole number of 0 or more; 0 when it is absent.
func (o *object) number(name string) int64 {
	r, ok := o.raw(name)
	if !ok {
		return 0
	}
	var n int64
	if json.Unmarshal(r, &n) != nil || n < 0 {
		o.bad = true
	}
	return n
}

// said gives what was typed, cleaned, or the code that says what is wrong.
func (o *object) said() (text, wrong string) {
	s := o.must("text", maxFrame)
	if utf8.RuneCountInString(s) > maxText {
		return "", tooLong
	}
	if s = clean(s); s == "" {
		o.bad = true
	}
	return s, ""
}

// clean takes out what can only harm a reader: control characters, marks that
// turn the direction of writing, and long runs of accents or of nothing.
func clean(s string) string {
	run := 0
	return strings.Map(func(r rune) rune {
		switch {
		case r >= ' ' && r < 0x7f: // nearly all
			run = 0
			return r
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			run = 0
			return r
		}
		if run++; run > maxMarks {
			return -1
		}
		return r
	}, s)
}
