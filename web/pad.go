package web

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// sizes are the lengths that frames of the child's socket have on the wire,
// so that a listener who cannot read them does not learn from a length what
// they are about: beats and receipts; states; nearly every answer of the bot,
// which fits in one packet with what TLS adds; the rest. Longer ones, which
// only people write, are two, four or more times the last.
func sizes() [sizeCount]int { return [sizeCount]int{48, 256, 1408, 2048} }

const sizeCount = 4

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

// sendPadded answers with a page to read, in one of few lengths, plain and
// compressed. Nothing in it is secret.
func sendPadded(w http.ResponseWriter, r *http.Request, page []byte) {
	plain, gzipped := leastPage()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		page = gzipOfSize(page, gzipped)
	} else {
		page = append(page, bytes.Repeat([]byte("\n"), max(plain, sizeOf(len(page)))-len(page))...)
	}
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.Write(page)
}

// gzipOfSize compresses, and fills gzip's extra field, which every reader
// skips, up to one of few lengths.
func gzipOfSize(page []byte, least int) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is right
	z.Write(page)                                         // into memory
	z.Close()
	const head, flag = 10, 4
	size := max(least, sizeOf(b.Len()+2)) - b.Len()
	extra := append(binary.LittleEndian.AppendUint16(nil, uint16(size-2)), make([]byte, size-2)...)
	out := slices.Insert(b.Bytes(), head, extra...)
	out[3] |= flag
	return out
}
