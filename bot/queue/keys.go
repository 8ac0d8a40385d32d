package queue

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// class says how long what a key wraps may live.
type class byte

const (
	short class = 's' // not handed over: an hour after the last word
	long  class = 'l' // handed over: a day
)

const (
	keyBytes = 32
	// grace covers what is still under way, and nodes that read an old key
	// just before it goes.
	grace      = 10 * time.Minute
	hourLayout = "2006010215"
	keySuffix  = ".key"
	draftName  = ".draft-" // starts the name of a key that is not whole yet
)

// hour names one wrapping key: its class, and the hour that it is used in,
// counted from 1970 in UTC.
type hour struct {
	class class
	n     int64
}

func hourOf(c class, t time.Time) hour { return hour{c, t.Unix() / 3600} }

// ends is when nothing that the key wraps may live any more.
func (h hour) ends() time.Time {
	life := lifeTime
	if h.class == long {
		life = keptTime
	}
	return time.Unix(h.n*3600, 0).Add(time.Hour + life + grace)
}

func (h hour) file() string {
	word := "short-"
	if h.class == long {
		word = "long-"
	}
	return word + time.Unix(h.n*3600, 0).UTC().Format(hourLayout) + keySuffix
}

// hourOfFile reads a name that file gave.
func hourOfFile(name string) (hour, bool) {
	word, rest, _ := strings.Cut(strings.TrimSuffix(name, keySuffix), "-")
	t, err := time.Parse(hourLayout, rest)
	if err != nil || !strings.HasSuffix(name, keySuffix) {
		return hour{}, false
	}
	switch word {
	case "short":
		return hourOf(short, t), true
	case "long":
		return hourOf(long, t), true
	}
	return hour{}, false
}

// errNoKey says that the key of an hour is not there.
var errNoKey = errors.New("no key of that hour")

// wrapping is a key of an hour, ready for use.
type wrapping struct {
	raw  [keyBytes]byte
	aead cipher.AEAD
}

// keyring holds the keys of the hours, in a folder that the nodes share or in
// memory. They never reach Redis, and each is destroyed when nothing that it
// wraps may live any more: from then on every copy of the store is noise.
type keyring struct {
	folder string           // fixed; "": in memory only
	now    func() time.Time // fixed

	mu   sync.Mutex
	held map[hour]*wrapping // guarded by mu
	next time.Time          // guarded by mu; of the next look at the folder
}

// newKeyring opens the folder, makes the keys of this hour, and destroys those
// that are too old.
func newKeyring(folder string, now func() time.Time) (*keyring, error) {
	k := &keyring{folder: folder, now: now, held: map[hour]*wrapping{}}
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("keys: %w: give this user a folder to write in with PRAATPAAL_KEYS", err)
		}
	}
	if err := k.sweep(); err != nil {
		return nil, err
	}
	for _, c := range []class{short, long} {
		if _, _, err := k.current(c); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// current gives the key to wrap with now.
func (k *keyring) current(c class) (hour, cipher.AEAD, error) {
	h := hourOf(c, k.now())
	w, err := k.get(h, true)
	if err != nil {
		return h, nil, err
	}
	return h, w.aead, nil
}

// of gives the key of an hour, or errNoKey.
func (k *keyring) of(h hour) (cipher.AEAD, error) {
	if !k.now().Before(h.ends()) {
		return nil, errNoKey
	}
	w, err := k.get(h, false)
	if err != nil {
		return nil, err
	}
	return w.aead, nil
}

func (k *keyring) get(h hour, make bool) (*wrapping, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if w := k.held[h]; w != nil {
		return w, nil
	}
	raw, err := k.load(h)
	if errors.Is(err, errNoKey) && make {
		raw, err = k.create(h)
	}
	if err != nil {
		return nil, err
	}
	w := &wrapping{raw: raw, aead: newAEAD(raw[:])}
	k.held[h] = w
	return w, nil
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of another length: a mistake in this package
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func (k *keyring) load(h hour) (raw [keyBytes]byte, err error) {
	if k.folder == "" {
		return raw, errNoKey
	}
	b, err := os.ReadFile(filepath.Join(k.folder, h.file()))
	if errors.Is(err, fs.ErrNotExist) {
		return raw, errNoKey
	}
	if err != nil {
		return raw, fmt.Errorf("keys: %w", err)
	}
	defer clear(b)
	if len(b) != keyBytes {
		return raw, fmt.Errorf("keys: %s: has %d bytes, not %d: remove it", filepath.Join(k.folder, h.file()), len(b), keyBytes)
	}
	return [keyBytes]byte(b), nil
}

// create makes the key of an hour. Of several nodes that do so at once, one
// wins and the others take its key: the file appears whole or not at all.
func (k *keyring) create(h hour) (raw [keyBytes]byte, err error) {
	rand.Read(raw[:])
	if k.folder == "" {
		return raw, nil
	}
	draft, err := os.CreateTemp(k.folder, draftName+"*") // 0600
	if err != nil {
		return raw, fmt.Errorf("keys: %w: this user must be able to write in PRAATPAAL_KEYS", err)
	}
	_, err = draft.Write(raw[:])
	err = errors.Join(err, draft.Sync(), draft.Close())
	if err == nil {
		err = os.Link(draft.Name(), filepath.Join(k.folder, h.file()))
	}
	if err == nil {
		err = k.settle()
	}
	// A draft is never overwritten: it may be the same file as the key. One
	// that stays is removed by sweep.
	_ = os.Remove(draft.Name())
	if err == nil {
		return raw, nil
	}
	if errors.Is(err, fs.ErrExist) {
		return k.load(h)
	}
	return raw, fmt.Errorf("keys: %w: PRAATPAAL_KEYS must be on a file system with hard links", err)
}

// settle makes sure of the folder's list of names.
func (k *keyring) settle() error {
	folder, err := os.Open(k.folder)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// shred overwrites a file and removes it.
func shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another node was first
	}
	if err == nil {
		noise := make([]byte, keyBytes)
		rand.Read(noise)
		_, err = f.Write(noise)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if removed := os.Remove(path); !errors.Is(removed, fs.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}

// sweep destroys the keys whose time is over, in memory at once and in the
// folder once a minute.
func (k *keyring) sweep() error {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	for h, w := range k.held {
		if !now.Before(h.ends()) {
			clear(w.raw[:])
			delete(k.held, h)
		}
	}
	if k.folder == "" || now.Before(k.next) {
		return nil
	}
	k.next = now.Add(time.Minute)
	files, err := os.ReadDir(k.folder)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	var all error
	for _, file := range files {
		path := filepath.Join(k.folder, file.Name())
		switch {
		case !old(file, now):
		case !strings.HasSuffix(file.Name(), keySuffix):
			all = errors.Join(all, gone(os.Remove(path))) // see create
		default:
			all = errors.Join(all, shred(path))
		}
	}
	if all != nil {
		return fmt.Errorf("keys: %w", all)
	}
	return nil
}

// old says whether a file is a key, the draft of one, or the note of a node
// that is gone, past its time.
func old(file fs.DirEntry, now time.Time) bool {
	if h, ok := hourOfFile(file.Name()); ok {
		return !now.Before(h.ends())
	}
	if !strings.HasPrefix(file.Name(), draftName) && !strings.HasPrefix(file.Name(), peerName) {
		return false
	}
	info, err := file.Info()
	return err == nil && now.Sub(info.ModTime()) > grace
}

// gone is nil when another node was first to remove a file.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// forget clears what is in memory.
func (k *keyring) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for h, w := range k.held {
		clear(w.raw[:])
		delete(k.held, h)
	}
}

// Bucket turns the prefix of a source's address into its bucket for this
// hour, the same on all nodes: 10 hexadecimal digits. Once the hour's key is
// destroyed nobody can tell which address it was. "" when no key can be had:
// the visitor then stands in the line without a bucket.
func (q *Queue) Bucket(prefix string) string {
	w, err := q.keys.get(hourOf(short, q.keys.now()), true)
	if err != nil {
		return ""
	}
	mac := hmac.New(sha256.New, w.raw[:])
	mac.Write([]byte("bucket" + us + prefix))
	return hex.EncodeToString(mac.Sum(nil)[:5])
}
