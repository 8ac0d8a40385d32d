package canary

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

const secret = "canary-7f3a-secret"

func wide(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

func TestASecretIsFoundHoweverItIsWritten(t *testing.T) {
	s := New([]string{"another-secret-here", secret})
	for name, text := range map[string]string{
		"plain": secret, "hex": hex.EncodeToString([]byte("x" + secret)), "UTF-16": wide("a" + secret),
		"base64 0": base64.StdEncoding.EncodeToString([]byte(secret + "behind")),
		"base64 1": base64.StdEncoding.EncodeToString([]byte("a" + secret + "behind")),
		"base64 2": base64.URLEncoding.EncodeToString([]byte("ab" + secret + "b")),
		"base64 3": base64.URLEncoding.EncodeToString([]byte("abc" + secret)),
	} {
		hits := s.In(name, []byte("before "+text+" behind"))
		if len(hits) == 0 || hits[0].Secret != secret {
			t.Errorf("%s: %v", name, hits)
		}
	}
	if hits := s.In("nothing", []byte("canary-7f3a-secre, another-secret-her")); len(hits) > 0 {
		t.Errorf("found %v where nothing is", hits)
	}
}

func TestFilesAreSearchedWithTheirNames(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"a": "x" + secret, secret + ".txt": "", "b": "nothing"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hits, read, err := New([]string{secret}).Under(folder)
	if err != nil || len(hits) != 2 || read != len(secret)+8 {
		t.Errorf("%v, %d bytes, %v", hits, read, err)
	}
}
