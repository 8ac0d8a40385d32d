package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// codeWords are drawn from at least 1,024 each: 50 random bits.
const codeWords = 5

// codeFrame gives a child the words to come back with.
type codeFrame struct {
	Type  string `json:"type"`
	Words string `json:"words"`
	Until string `json:"until"`
}

// draw takes words out of a list, each with the same chance.
func draw(list []string) string {
	words := make([]string, codeWords)
	for i := range words {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(list)))) // never fails
		words[i] = list[n.Int64()]
	}
	return strings.Join(words, " ")
}

// spoken is what somebody typed as the words: only the letters count, and a
// slip of the finger in a word is mended where only one word can be meant.
func spoken(text string, lists map[string][]string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	list := listOf(words, lists)
	for i, word := range words {
		if _, known := slices.BinarySearch(list, word); !known {
			words[i] = meant(word, list)
		}
	}
	return strings.Join(words, " ")
}

// listOf is the list that holds most of the words: they are all of one language.
func listOf(words []string, lists map[string][]string) (best []string) {
	most := 0
	for _, lang := range slices.Sorted(maps.Keys(lists)) {
		n := 0
		for _, word := range words {
			if _, known := slices.BinarySearch(lists[lang], word); known {
				n++
			}
		}
		if n > most {
			best, most = lists[lang], n
		}
	}
	return best
}

// meant is the one word of a list that is a slip away, or the word itself.
func meant(word string, list []string) string {
	found := ""
	for _, other := range list {
		if !oneSlip(word, other) {
			continue
		}
		if found != "" {
			return word
		}
		found = other
	}
	return cmp.Or(found, word)
}

// oneSlip tells whether a letter was left out, put in, changed, or changed
// places with the next.
func oneSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// giveCode makes words that lead back to this conversation, from any device.
func (c *chat) giveCode() {
	if !c.says.Allow() || !c.server.limits.allCodes.Allow() {
		c.fail(errorFrame{Code: codeOften, RetryS: int(codeEvery.Seconds())})
		return
	}
	if c.memory.inUse() || c.server.away.is() {
		c.fail(errorFrame{Code: unavailable})
		return
	}
	ctx, cancel := context.WithTimeout(c.server.base, codeWait)
	defer cancel()
	words := draw(c.server.lists[c.language()])
	until, err := c.server.store.GiveCode(ctx, c.token, words)
	switch {
	case errors.Is(err, queue.ErrGone):
		c.vanished(nil)
	case err != nil:
		c.fail(errorFrame{Code: unavailable})
	default:
		c.conn.send(encode(codeFrame{Type: "code", Words: words, Until: until.UTC().Format(time.RFC3339)}))
	}
}

// comeBack goes on with the conversation that words lead to. Whoever guesses
// is soon told to wait, and each guess is slow.
func (c *chat) comeBack(f frame) {
	if !c.server.limits.mayGuess(c.bucket) {
		c.fail(errorFrame{Code: codeOften, RetryS: int(codeEvery.Seconds())})
		return
	}
	if c.server.away.is() {
		c.fail(errorFrame{Code: unavailable})
		return
	}
	ctx, cancel := context.WithTimeout(c.server.base, codeWait)
	defer cancel()
	token, err := c.server.store.TakeCode(ctx, spoken(f.text, c.server.lists))
	switch {
	case errors.Is(err, queue.ErrGone):
		c.fail(errorFrame{Code: unknownCode})
	case err != nil:
		c.fail(errorFrame{Code: unavailable})
	default:
		c.returned = true
		c.resume(frame{token: token})
	}
}
