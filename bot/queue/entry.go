package queue

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// check refuses what could not be stored or read back.
func (t Turn) check() error {
	if err := checkWord("id", t.ID); err != nil {
		return err
	}
	if t.Message != "" {
		if err := checkText("message id", t.Message); err != nil {
			return err
		}
	}
	if t.Expect < Any || t.Fence < 0 || t.Seen < 0 {
		return errors.New("expect, fence or seen is below zero")
	}
	if t.Expect == Any && t.State != nil {
		return errors.New("a state must be worked out from a version")
	}
	if len(t.Entries) > turnMost {
		return fmt.Errorf("%d entries, more than %d", len(t.Entries), turnMost)
	}
	for _, e := range t.Entries {
		if err := checkWord("sender", e.From); err != nil {
			return err
		}
		if e.ID == "" {
			continue
		}
		if err := checkText("entry id", e.ID); err != nil {
			return err
		}
	}
	return nil
}

// checkWord refuses what is not 1 to 64 letters, digits, - or _: words become
// parts of keys.
func checkWord(what, word string) error {
	if word == "" || len(word) > wordMost {
		return fmt.Errorf("%s has %d characters, not 1 to %d", what, len(word), wordMost)
	}
	for _, r := range []byte(word) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return fmt.Errorf("%s has a character other than letters, digits, - and _", what)
		}
	}
	return nil
}

// checkText refuses control characters, which part values in the store.
func checkText(what, text string) error {
	if len(text) > 4*wordMost {
		return fmt.Errorf("%s has %d bytes, more than %d", what, len(text), 4*wordMost)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%s has a control character", what)
	}
	return nil
}

// parseEntry reads "at US message US from US id US sealed" but for the number;
// "" gives no entry.
func parseEntry(s *seal, raw string) (Entry, error) {
	if raw == "" {
		return Entry{}, nil
	}
	parts := strings.SplitN(raw, us, 5)
	if len(parts) != 5 {
		return Entry{}, errors.New("entry is cut short")
	}
	e := Entry{From: parts[2], ID: parts[3], At: time.UnixMilli(number(parts[0]))}
	return e, s.openEntry(&e, parts[4])
}

// refusal is the error for a word that a script answers with; nil for others.
func refusal(reply any) error {
	switch reply {
	case "gone":
		return ErrGone
	case "stale":
		return ErrStale
	case "lost":
		return ErrLost
	case "fenced":
		return ErrFenced
	case "taken":
		return ErrTaken
	case "nobody":
		return ErrNobody
	case "rekey":
		return errRekeyed
	}
	return nil
}

// words reads a reply that is a list of texts.
func words(reply any) ([]string, bool) {
	list, ok := reply.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(list))
	for i, item := range list {
		switch item := item.(type) {
		case string:
			out[i] = item
		case int64:
			out[i] = strconv.FormatInt(item, 10)
		}
	}
	return out, true
}

// number reads a number that a script wrote; 0 when it is none.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // our own scripts wrote it
	return n
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
