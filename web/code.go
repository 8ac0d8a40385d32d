package web

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
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

// spoken is what somebody typed as the words: only the letters count.
func spoken(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Join(words, " ")
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
	token, err := c.server.store.TakeCode(ctx, spoken(f.text))
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
