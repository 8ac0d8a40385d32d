// Package canary plants secrets and finds them again in whatever was written
// down, in the encodings that a text or a key may hide in: as it is, base64
// at any offset, hexadecimal in both cases, and UTF-16 in both orders.
package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"
)

const (
	window   = 8  // bytes that are looked up
	shortest = 12 // of a secret; a shorter one may be there by chance
)

// Hit is a secret that was found.
type Hit struct {
	Where, Secret, As string
}

// Search looks for many secrets at once. Make it with New.
type Search struct {
	needles map[[window]byte][]needle // never changes after New
	starts  [1 << 16]bool             // by the first two bytes
}

type needle struct {
	text       []byte
	secret, as string
}

// New makes a search for secrets of 12 bytes or more.
func New(secrets []string) *Search {
	s := &Search{needles: map[[window]byte][]needle{}}
	for _, secret := range secrets {
		if len(secret) < shortest {
			panic("canary: " + secret + " is too short to be told from chance")
		}
		for as, text := range encodings(secret) {
			start := [window]byte(text[:window])
			s.starts[int(start[0])<<8|int(start[1])] = true
			s.needles[start] = append(s.needles[start], needle{text, secret, as})
		}
	}
	return s
}

func encodings(secret string) map[string][]byte {
	out := map[string][]byte{
		"plain": []byte(secret), "hex": []byte(hex.EncodeToString([]byte(secret))),
		"HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(secret)))),
	}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	out["UTF-16LE"], out["UTF-16BE"] = little, big
	for offset := range 3 {
		// What stands before and behind spoils the outer characters.
		for name, in := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := in.EncodeToString(append(make([]byte, offset), secret...))
			skip := []int{0, 2, 3}[offset]
			out[name+string(rune('0'+offset))] = []byte(text[skip : len(text)-1])
		}
	}
	return out
}

// In gives what is found in some bytes, each secret once for each encoding.
func (s *Search) In(where string, data []byte) []Hit {
	var hits []Hit
	seen := map[string]bool{}
	for i := 0; i+window <= len(data); i++ {
		if !s.starts[int(data[i])<<8|int(data[i+1])] {
			continue
		}
		for _, n := range s.needles[[window]byte(data[i:i+window])] {
			if !seen[n.as+n.secret] && bytes.HasPrefix(data[i:], n.text) {
				seen[n.as+n.secret] = true
				hits = append(hits, Hit{where, n.secret, n.as})
			}
		}
	}
	return hits
}

// Under searches every file of a folder, its name too, and says how many bytes
// were read.
func (s *Search) Under(folder string) (hits []Hit, read int, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hits = append(hits, s.In("name of "+path, []byte(d.Name()))...)
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		read += len(data)
		hits = append(hits, s.In(path, data)...)
		return err
	})
	return hits, read, err
}
