package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// play runs a script of frames, one line each:
//
//	a> {…}   socket a sends (it is opened when it is first named)
//	a< {…}   the next frame that a gets: it has these fields, "*" is any value,
//	         "$x" a value that is the same wherever $x stands, null: not there
//	a| {…}   as <, but frames of other types before it are skipped
//	a!       nothing more has come to a
//	a# 1009  a is closed with this code
//	a.       a is dropped
//	desk sockets are named after their counsellor, with a capital
func (s *site) play(script string) {
	s.t.Helper()
	p := &player{site: s, sockets: map[string]*socket{}, values: map[string]any{}}
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			p.line(line)
		}
	}
}

type player struct {
	site    *site
	sockets map[string]*socket
	values  map[string]any
}

func (p *player) line(line string) {
	t := p.site.t
	t.Helper()
	at := strings.IndexAny(line, "><|!#.")
	name, sign, rest := line[:at], line[at], strings.TrimSpace(line[at+1:])
	c := p.sockets[name]
	if c == nil {
		if strings.ToLower(name) != name {
			c = p.site.desk(name)
		} else {
			c = p.site.child()
		}
		p.sockets[name] = c
	}
	switch sign {
	case '>':
		for k, v := range p.values {
			rest = strings.ReplaceAll(rest, k, fmt.Sprint(v))
		}
		c.send(rest)
	case '<':
		p.match(line, c.next(), rest)
	case '|':
		var want object_
		if err := json.Unmarshal([]byte(rest), &want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		p.match(line, c.until(fmt.Sprint(want["type"])), rest)
	case '!':
		if frames := c.before(); len(frames) > 0 {
			t.Fatalf("%s: came %v", line, frames)
		}
	case '#':
		if code, reason := c.closed(); fmt.Sprint(code) != rest {
			t.Fatalf("%s: closed with %d %s", line, code, reason)
		}
	case '.':
		c.ws.NetConn().Close()
		delete(p.sockets, name)
	}
}

func (p *player) match(line string, got object_, rest string) {
	p.site.t.Helper()
	var want object_
	if err := json.Unmarshal([]byte(rest), &want); err != nil {
		p.site.t.Fatalf("%s: %v", line, err)
	}
	if why := p.differs(got, want); why != "" {
		text, _ := json.Marshal(got)
		p.site.t.Fatalf("%s\ncame %s\n%s", line, text, why)
	}
}

// differs says how got lacks what is wanted.
func (p *player) differs(got, want any) string {
	switch w := want.(type) {
	case string:
		if w == "*" && got != nil {
			return ""
		}
		if strings.HasPrefix(w, "$") {
			if known, ok := p.values[w]; ok {
				want = known
			} else {
				p.values[w] = got
				return ""
			}
		}
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", got)
		}
		for k, v := range w {
			if why := p.differs(g[k], v); why != "" {
				return k + ": " + why
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%v has not %d elements", got, len(w))
		}
		for i := range w {
			if why := p.differs(g[i], w[i]); why != "" {
				return fmt.Sprintf("%d: %s", i, why)
			}
		}
		return ""
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("%v, want %v", got, want)
	}
	return ""
}
