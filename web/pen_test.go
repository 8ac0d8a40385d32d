package web

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bot"
)

// fill gives every field under v a value that is not zero, so that a field
// that the pen forgets is found.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		v.SetInt(2)
	}
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("the pen wrote\n%s\nand not\n%s", got, want)
	}
}

type receivedFrame struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
}

func FuzzPen(f *testing.F) {
	for _, text := range []string{"", "hoi", `"\`, "\x00\b\f\n\r\t\x1f\x7f", "ë€😭", "\u2028\u2029", "a\xffb\xe2\x80", "<b>&'"} {
		f.Add(text)
		for before := range 18 {
			f.Add(strings.Repeat("~", before) + text + "gewone tekst")
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		var m message
		fill(reflect.ValueOf(&m).Elem(), text)
		same(t, m.bytes(), encode(&m))
		var c bot.Conversation
		fill(reflect.ValueOf(&c).Elem(), text)
		same(t, appendState(nil, &c), encode(&c))
		same(t, appendReceived(nil, text, 7), encode(receivedFrame{Type: "received", ID: text, Seq: 7}))
	})
}

func TestThePenWritesEveryByteAnywhere(t *testing.T) {
	for b := range 256 {
		for before := range 17 {
			text := strings.Repeat("x", before) + string([]byte{byte(b)}) + strings.Repeat("y", 17-before)
			same(t, appendReceived(nil, text, 7), encode(receivedFrame{Type: "received", ID: text, Seq: 7}))
		}
	}
}

func TestThePenLeavesOutWhatIsEmpty(t *testing.T) {
	m := message{Type: "message", From: "bot", Parts: []part{}, Choices: []bot.Choice{}}
	same(t, m.bytes(), encode(&m))
	m = plainMessage("child", "m1", "hoi")
	same(t, m.bytes(), encode(&m))
	var c bot.Conversation
	same(t, appendState(nil, &c), encode(&c))
}
