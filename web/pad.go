package web

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// sizes are the lengths that frames of the child's socket have on the wire,
// so that a listener who cannot read them does not learn from a length what
// they are about: beats and receipts; states; nearly every answer of the bot,
// which fits in one packet with what TLS adds; the rest. Longer ones, which
// only people write, are two, four or more times the last.
func sizes() [4]int { return [4]int{48, 256, 1408, 2048} }

// padding may stand behind a JSON text, where every reader skips it.
var padding = strings.Repeat(" ", 2*maxFrame)

// sizeOf is how long a frame of n bytes is sent.
func sizeOf(n int) int {
	all := sizes()
	if at, _ := slices.BinarySearch(all[:], n); at < len(all) {
		return all[at]
	}
	size := all[len(all)-1]
	for size < n {
		size *= 2
	}
	return size
}

// padded gives a frame its length on the wire; data is not to be used after.
func padded(data []byte) []byte {
	return append(data, padding[:min(len(padding), sizeOf(len(data))-len(data))]...)
}

// leastPage is the length of nearly all pages to read, plain and compressed.
func leastPage() (plain, gzipped int) { return 8192, 2048 }

// pad gives a page to read one of few lengths, plain and compressed.
func (a *asset) pad() {
	plain, gzipped := leastPage()
	a.data = append(a.data, bytes.Repeat([]byte("\n"), max(plain, sizeOf(len(a.data)))-len(a.data))...)
	if a.gzipped == nil {
		return
	}
	// What stands in gzip's extra field is skipped: 2 bytes of length, and the rest.
	const head, flag = 10, 4
	size := max(gzipped, sizeOf(len(a.gzipped)+2)) - len(a.gzipped)
	extra := binary.LittleEndian.AppendUint16(nil, uint16(size-2))
	a.gzipped = slices.Insert(a.gzipped, head, append(extra, make([]byte, size-2)...)...)
	a.gzipped[3] |= flag
}
