package book

import (
	"fmt"
	"slices"
	"strings"
)

// front is the flat `key: value` head of a file.
type front struct {
	values map[string]string
	lines  map[string]int
	body   int // offset of the first byte after it
}

// readFront cuts the front matter off a file and refuses every key that is not
// among the allowed ones.
func readFront(s *source, allowed ...string) front {
	f := front{values: map[string]string{}, lines: map[string]int{}}
	rest, found := strings.CutPrefix(s.text, "---\n")
	if !found {
		return f
	}
	head, _, closed := strings.Cut(rest, "\n---\n")
	if !closed {
		s.wrong(1, "the front matter is not closed", "put a line with --- after it")
		f.body = len(s.text)
		return f
	}
	f.body = len("---\n") + len(head) + len("\n---\n")
	for i, line := range strings.Split(head, "\n") {
		f.read(s, i+2, line, allowed)
	}
	return f
}

func (f *front) read(s *source, number int, line string, allowed []string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	key, value, found := strings.Cut(line, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	switch {
	case !found:
		s.wrong(number, fmt.Sprintf("%q is not `key: value`", line), "write a key, a colon and a value")
	case !slices.Contains(allowed, key):
		s.wrong(number, fmt.Sprintf("unknown key %q", key), "use one of: "+strings.Join(allowed, ", "))
	case f.lines[key] != 0:
		s.wrong(number, fmt.Sprintf("the key %q stands here twice", key), "keep one")
	case value == "":
		s.wrong(number, fmt.Sprintf("the key %q has no value", key), "give it one, or take the line out")
	default:
		f.values[key], f.lines[key] = value, number
	}
}

// list gives the comma-separated values of a key, and refuses those that are
// not among the allowed ones.
func (f *front) list(s *source, key string, allowed []string) []string {
	value, found := f.values[key]
	if !found {
		return nil
	}
	var out []string
	for word := range strings.SplitSeq(value, ",") {
		word = strings.TrimSpace(word)
		if !slices.Contains(allowed, word) {
			s.wrong(f.lines[key], fmt.Sprintf("%s: %q is unknown", key, word), "use: "+strings.Join(allowed, ", "))
			continue
		}
		out = append(out, word)
	}
	return out
}
