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
	// Book and Bot are nil when one of the findings is an error.
	Book  *book.Book
	Bot   *bot.Bot
	Found []book.Finding // in the order of files and lines
}

// Read reads the folders nl and en of files and makes the bot of them. The
// error is a fault of the program, such as a step that the bot needs and no
// file has; what is wrong with the texts is among the findings.
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
	for _, lang := range book.Languages() {
		p.Found = append(p.Found, understand.Check(b.Volumes[lang])...)
	}
	p.sort()
	if p.Wrong() > 0 {
		return p, nil
	}
	return p, err
}

// Check adds what takes longer to find and stops no start: quoted sentences
// and samples that lead elsewhere than where they stand, and what nobody has
// looked at again by a day.
func (p *Proof) Check(day time.Time) {
	if p.Bot != nil {
		p.Found = append(p.Found, p.Bot.Check(day)...)
		p.sort()
	}
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
