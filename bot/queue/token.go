package queue

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

const (
	tokenBytes = 20 // 160 random bits
	idBytes    = 16 // of the token's SHA-256
)

// NewToken makes the secret that a child's browser holds, as 32 lower-case
// letters and digits (160 random bits), and the conversation's id that goes
// with it. The token itself never reaches Redis.
func NewToken() (token, id string) {
	token = secret(tokenBytes)
	return token, IDOf(token)
}

// IDOf gives the conversation's id for a token: the SHA-256 of it, cut to 128
// bits, as 32 hexadecimal digits. It takes any text; a wrong token gives the
// id of no conversation.
func IDOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:idBytes])
}

// secret gives n random bytes as lower-case letters and digits.
func secret(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: it ends the program instead
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// digest is how a secret is known to Redis: its whole SHA-256.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
