// Package proof reads the content for those who write it: everything that is
// wrong with it in one list, a bot only when nothing is, and again whenever a
// file changes. main.go calls it, from one goroutine. It is the only place that
// knows fsnotify, and it must never know sockets, Redis, or what a message
// means.
package proof

import (
	"cmp"
	"io/fs"
	"slices"
	"time"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// Proof is the content as it was read at one moment.
type Proof struct {
	Book  *book.Book // nil when it has errors that stop a start
	Bot   *bot.Bot   // the same; and nil after Check, which makes none
	Found []book.Finding
}

// Read reads the folders nl and en of files and makes the bot of them. What is
// wrong with them is among the findings.
func Read(files fs.FS) (Proof, error) {
	b, found := book.Load(files)
	p := Proof{Book: b, Found: found}
	if b == nil {
		return p, nil
	}
	made, err := bot.New(b)
	if err == nil {
		p.Bot = made
		return p, nil
	}
	p.Book = nil
	p.look(b, time.Time{})
	if p.Wrong() > 0 {
		return p, nil
	}
	return p, err
}

// Check reads the same and looks further, for what stops no start: quoted
// sentences and samples that lead elsewhere than where they stand, and what
// nobody has looked at again by a day. It makes no bot, which takes longer.
func Check(files fs.FS, day time.Time) Proof {
	b, found := book.Load(files)
	p := Proof{Book: b, Found: found}
	if b != nil {
		p.look(b, day)
	}
	return p
}

// look adds what is wrong with a book beyond its grammar, all languages at
// once.
func (p *Proof) look(b *book.Book, day time.Time) {
	var looking []chan []book.Finding
	for _, lang := range book.Languages() {
		done := make(chan []book.Finding, 1)
		looking = append(looking, done)
		go func() { done <- understand.Check(b.Volumes[lang]) }()
	}
	if !day.IsZero() {
		p.Found = append(p.Found, bot.Check(b, day)...)
	}
	for _, done := range looking {
		p.Found = append(p.Found, <-done...)
	}
	p.sort()
}

// Wrong counts the findings that are errors.
func (p *Proof) Wrong() int {
	n := 0
	for _, f := range p.Found {
		if !f.Warning {
			n++
		}
	}
	return n
}

func (p *Proof) sort() {
	slices.SortStableFunc(p.Found, func(a, b book.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	p.Found = slices.Compact(p.Found)
}
