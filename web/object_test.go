package web

import (
	"bytes"
	"encoding/json"
	"testing"
)

// names counts the fields of an object.
func names(data []byte) (n int) {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return -1
	}
	for d.More() {
		var value json.RawMessage
		if _, err := d.Token(); err != nil || d.Decode(&value) != nil {
			return -1
		}
		n++
	}
	return n
}

// An object is read as encoding/json reads it, which is the slower judge.
func FuzzObject(f *testing.F) {
	for _, text := range []string{
		`{"type":"say","id":"m1","text":"hoi"}`, ` { "a" : [1,{"b":"]}"}] , "a":null } `, `{"a":"\"\\","b":-1.5e3,"c":true}`,
		`{}`, `[]`, `"a"`, `null`, ``, `{"\u0061":"\ud83d"}`, "{\"a\":\"\xff\"}", `{"a":{"a":1}}`, `{"a":1,}`, `{"a":1,"\u0061":2}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want map[string]json.RawMessage
		good := depth(data) <= maxDepth && json.Unmarshal(data, &want) == nil && want != nil && len(want) <= maxFields && len(want) == names(data)
		o := open(data)
		if o.bad == good {
			t.Fatalf("%q: bad is %v", data, o.bad)
		}
		for name, raw := range want {
			if !good {
				return
			}
			got, there := o.raw(name)
			if string(got) != string(raw) || there != (string(raw) != "null") {
				t.Errorf("%q: %q is %q, not %q", data, name, got, raw)
			}
			var text string
			fails := json.Unmarshal(raw, &text) != nil
			if s, ok := unquote(got); ok == fails || ok && s != text {
				t.Errorf("%q: %q reads %q, not %q", data, got, s, text)
			}
		}
	})
}
