package proof

import (
	"fmt"
	"io"

	"github.com/praatpaal/praatpaal/bot/book"
)

// List writes the errors, each as file:line: what is wrong: what to do, with
// the name of the folder before the file.
func (p *Proof) List(to io.Writer, folder string) { p.write(to, folder, false) }

// Report writes all errors, then all warnings, then how much was read. The
// error says how many errors there are.
func (p *Proof) Report(to io.Writer, folder string) error {
	p.write(to, folder, false)
	if warnings := len(p.Found) - p.Wrong(); warnings > 0 {
		fmt.Fprintln(to, "\nworth a look:")
		p.write(to, folder, true)
	}
	if p.Book != nil {
		for _, lang := range book.Languages() {
			steps, samples := 0, 0
			for _, step := range p.Book.Volumes[lang].Order {
				steps, samples = steps+1, samples+len(step.Samples)
			}
			fmt.Fprintf(to, "%s: %d steps, %d samples, %d talks\n", lang, steps, samples, len(p.Book.Volumes[lang].Talks))
		}
	}
	fmt.Fprintf(to, "%d errors, %d warnings\n", p.Wrong(), len(p.Found)-p.Wrong())
	if p.Wrong() > 0 {
		return fmt.Errorf("content: %d mistakes, listed above", p.Wrong())
	}
	return nil
}

func (p *Proof) write(to io.Writer, folder string, warnings bool) {
	for _, f := range p.Found {
		if f.Warning == warnings {
			fmt.Fprintln(to, folder+f.String())
		}
	}
}
