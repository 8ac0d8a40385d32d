package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// asset is something to send, also compressed: once, by whoever asks first.
type asset struct {
	kind   string
	data   []byte
	hash   string
	packed []packing // the smallest first
}

// packing gives the data in an encoding that browsers may take, or nil if that
// is not smaller.
type packing struct {
	encoding string
	data     func() []byte
}

func newAsset(kind string, data []byte) *asset {
	sum := sha256.Sum256(data)
	a := &asset{kind: kind, data: data, hash: hex.EncodeToString(sum[:6])}
	a.pack("gzip", gzipped)
	return a
}

// squeeze lets what a child on a slow line must wait for be packed as small as
// it will go. That takes a tenth of a second, too long for anything else.
func (a *asset) squeeze() { a.pack("br", squeezed) }

func (a *asset) pack(encoding string, by func([]byte) []byte) {
	once := sync.OnceValue(func() []byte {
		if packed := by(a.data); len(packed) < len(a.data) {
			return packed
		}
		return nil
	})
	a.packed = slices.Insert(a.packed, 0, packing{encoding, once})
}

// warm packs before anybody asks.
func (a *asset) warm() {
	for _, p := range a.packed {
		p.data()
	}
}

func squeezed(data []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	w.Write(data) // into memory
	w.Close()
	return b.Bytes()
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is right
	w.Write(data)                                         // into memory
	w.Close()
	return b.Bytes()
}

// send answers with a page or a file; nothing in it is secret, so it may be
// compressed.
func (a *asset) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Add("Vary", "Accept-Encoding")
	data := a.data
	for _, p := range a.packed {
		if !accepts(r, p.encoding) {
			continue
		}
		if packed := p.data(); packed != nil {
			data = packed
			h.Set("Content-Encoding", p.encoding)
			break
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	w.Write(data)
}

// accepts tells whether a browser takes an encoding. Browsers name them plain
// and without weights; whoever weighs them gets what everybody can read.
func accepts(r *http.Request, encoding string) bool {
	for one := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(one) == encoding {
			return true
		}
	}
	return false
}

// lean leaves out of scripts and styles what only their authors read: indents,
// comments that have lines of their own, and the spaces between signs of a style.
func lean(name string, data []byte) []byte {
	ext := path.Ext(name)
	if ext != ".js" && ext != ".css" {
		return data
	}
	var b strings.Builder
	comment := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		comment = comment || strings.HasPrefix(line, "/*")
		skip := comment || line == "" || strings.HasPrefix(line, "//")
		comment = comment && !strings.HasSuffix(line, "*/")
		if !skip {
			b.WriteString(line + "\n")
		}
	}
	if ext == ".js" {
		return []byte(b.String())
	}
	signs := strings.NewReplacer(": ", ":", "; ", ";", ", ", ",", " { ", "{", " {", "{", "; }", "}", " }", "}", "{\n", "{", ";\n", ";", "}\n", "}")
	return []byte(signs.Replace(b.String()))
}
