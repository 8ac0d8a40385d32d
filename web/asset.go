package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// asset is something to send, also compressed.
type asset struct {
	kind   string
	data   []byte
	packed map[string][]byte // by encoding; only what is smaller
	hash   string
}

func newAsset(kind string, data []byte) *asset {
	sum := sha256.Sum256(data)
	a := &asset{kind: kind, data: data, packed: map[string][]byte{}, hash: hex.EncodeToString(sum[:6])}
	a.pack("gzip", gzipped(data))
	return a
}

// squeeze packs what a child on a slow line must wait for as small as it will
// go. It takes a tenth of a second, too long for anything else.
func (a *asset) squeeze() {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	w.Write(a.data) // into memory
	w.Close()
	a.pack("br", b.Bytes())
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is right
	w.Write(data)                                         // into memory
	w.Close()
	return b.Bytes()
}

func (a *asset) pack(encoding string, data []byte) {
	if len(data) < len(a.data) {
		a.packed[encoding] = data
	}
}

// send answers with a page or a file; nothing in it is secret, so it may be
// compressed.
func (a *asset) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Add("Vary", "Accept-Encoding")
	data := a.data
	for _, encoding := range []string{"br", "gzip"} {
		if packed := a.packed[encoding]; packed != nil && accepts(r, encoding) {
			data = packed
			h.Set("Content-Encoding", encoding)
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
