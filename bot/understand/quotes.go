package understand

import "github.com/praatpaal/praatpaal/bot/book"

// Quotes lists the sentences of the volume that do not mean what they are
// quoted for. It is what Check finds in a volume without other mistakes, for
// whoever has an Understander of it already.
func (u *Understander) Quotes(v *book.Volume) []book.Finding {
	return append(u.checkQuotes(), checkRepeats(v.Heard)...)
}
