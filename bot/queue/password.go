package queue

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: 19 MiB, two passes, one lane.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32

	passwordLeast = 12
	passwordMost  = 200
	gatePerCore   = 2
)

// newGate makes room for two passwords a core at once: a flood of logins then
// waits instead of taking all memory.
func newGate() chan struct{} { return make(chan struct{}, gatePerCore*runtime.GOMAXPROCS(0)) }

// through runs something expensive once there is room for it.
func (q *Queue) through(ctx context.Context, gate chan struct{}, do func()) error {
	select {
	case gate <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-q.life.Done():
		return errClosed
	}
	defer func() { <-gate }()
	do()
	return nil
}

// hashPassword gives the PHC string of a password with a new salt.
func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	return phc(salt, argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey))
}

func phc(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// nobody is the hash that stands in for an unknown name, so that it takes as
// long to refuse as a known one.
func nobody() string { return phc(make([]byte, argonSalt), make([]byte, argonKey)) }

// samePassword says whether a password is that of a PHC string.
func samePassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var version, memory, passes, lanes uint32
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false
	}
	if memory > 8*argonMemory || passes < 1 || passes > 8*argonTime || lanes < 1 || lanes > 8 {
		return false // not a cost that we ever wrote
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	key, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(key) != argonKey {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, uint8(lanes), argonKey)
	return subtle.ConstantTimeCompare(got, key) == 1
}
