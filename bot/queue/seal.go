package queue

import (
	"container/list"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	chestMost = 100_000          // conversations whose keys are held at once
	chestIdle = 70 * time.Minute // a key that nobody used for so long is dropped
	touchTime = 20 * time.Minute // between prolongings of a waiting conversation
	// Between prolongings of one that is talked in: so much sooner than an hour
	// after its last word it may be gone.
	prolongTime = time.Minute
)

// seal is the key of one conversation, ready for use.
type seal struct {
	id      string // of the conversation
	keyID   string // random; tells one key from another without showing it
	raw     [keyBytes]byte
	aead    cipher.AEAD
	wrapped string // as it lies in Redis
	hour    hour   // of the key that wraps it
	kept    bool   // the conversation was handed over
	used    time.Time

	prolonged time.Time // when this node last prolonged the conversation
}

// newSeal makes the key of a new conversation.
func newSeal(id string) seal {
	s := seal{id: id}
	rand.Read(s.raw[:])
	name := make([]byte, 6)
	rand.Read(name)
	s.keyID = hex.EncodeToString(name)
	s.aead = newAEAD(s.raw[:])
	return s
}

// wrap gives the key wrapped for this hour, and "" when it is so already.
func (k *keyring) wrap(s *seal, kept bool) (string, error) {
	c := short
	if kept {
		c = long
	}
	h, aead, err := k.current(c)
	if err != nil && s.wrapped != "" && s.hour.class == c && k.now().Before(s.hour.ends()) {
		return "", nil // the folder refuses a new key: the old one goes on a little
	}
	if err != nil || h == s.hour {
		return "", err
	}
	head := make([]byte, 9, 9+keyBytes+aead.Overhead())
	head[0] = byte(h.class)
	binary.BigEndian.PutUint64(head[1:], uint64(h.n))
	s.wrapped = string(aead.Seal(head, nil, s.raw[:], wrapName(s.id, s.keyID)))
	s.hour = h
	return s.wrapped, nil
}

// unwrap reads the key of a conversation as it lay in Redis. When the hour's
// key is destroyed, the conversation is gone.
func (k *keyring) unwrap(id, keyID, wrapped string) (seal, error) {
	s := seal{id: id, keyID: keyID, wrapped: wrapped}
	if len(wrapped) < 9 {
		return s, errors.New("wrapped key is cut short")
	}
	s.hour = hour{class(wrapped[0]), int64(binary.BigEndian.Uint64([]byte(wrapped[1:9])))}
	s.kept = s.hour.class == long
	aead, err := k.of(s.hour)
	if errors.Is(err, errNoKey) && k.now().After(s.hour.ends().Add(-grace)) {
		return s, ErrGone
	}
	if errors.Is(err, errNoKey) {
		return s, fmt.Errorf("keys: %s is not there: do all nodes share PRAATPAAL_KEYS?", s.hour.file())
	}
	if err != nil {
		return s, err
	}
	raw, err := aead.Open(nil, nil, []byte(wrapped[9:]), wrapName(id, keyID))
	if err != nil || len(raw) != keyBytes {
		return s, fmt.Errorf("keys: %s is another key than the one that wrapped this: do all nodes share PRAATPAAL_KEYS?", s.hour.file())
	}
	copy(s.raw[:], raw)
	clear(raw)
	s.aead = newAEAD(s.raw[:])
	return s, nil
}

func wrapName(id, keyID string) []byte { return []byte("key" + us + id + us + keyID) }

// sheet is what values are sealed on, one behind the other. It is used again
// for another turn when nobody can be sending the values any more.
type sheet struct {
	sealed []byte
	name   []byte // that the last value was sealed with
}

func newSheet() *sheet { return &sheet{sealed: make([]byte, 0, 4096)} }

// state seals the state of a conversation.
func (s *seal) state(on *sheet, plain []byte) []byte {
	if plain == nil {
		return nil
	}
	on.name = stateName(on.name[:0], s.id)
	return s.put(on, len(on.sealed), plain)
}

// put seals a value under the sheet's name and gives all from a place on.
func (s *seal) put(on *sheet, from int, plain []byte) []byte {
	on.sealed = s.aead.Seal(on.sealed, nil, plain, on.name)
	return slices.Clip(on.sealed[from:])
}

func (s *seal) openState(sealed string) ([]byte, error) {
	if sealed == "" {
		return nil, nil
	}
	plain, err := s.aead.Open([]byte{}, nil, []byte(sealed), stateName(nil, s.id))
	if err != nil {
		return nil, fmt.Errorf("state of a conversation: %w", err)
	}
	return plain, nil
}

// entry seals an entry, as "from US id US sealed".
func (s *seal) entry(on *sheet, e Entry) []byte {
	from := len(on.sealed)
	on.sealed = append(appendName(on.sealed, e.From, e.ID), us...)
	on.name = entryName(on.name[:0], s.id, e.From, e.ID)
	return s.put(on, from, e.Body)
}

func (s *seal) openEntry(e *Entry, sealed string) error {
	plain, err := s.aead.Open([]byte{}, nil, []byte(sealed), entryName(nil, s.id, e.From, e.ID))
	if err != nil {
		return fmt.Errorf("entry %d of a conversation: %w", e.Seq, err)
	}
	e.Body = plain
	return nil
}

// What a value is sealed with, so that it opens in its own place alone; out is
// appended to.
func stateName(out []byte, id string) []byte { return appendName(out, "state", id) }

func entryName(out []byte, id, from, entry string) []byte {
	return appendName(out, "entry", id, from, entry)
}

// appendName appends words with a US between them.
func appendName(out []byte, words ...string) []byte {
	for i, word := range words {
		if i > 0 {
			out = append(out, us...)
		}
		out = append(out, word...)
	}
	return out
}

// sealLabels seals what the line does not need of a stay, with the key of the
// hour, so that every node can show a line without asking for each child's
// key. "" when there is no key: then nothing is shown.
func (k *keyring) sealLabels(id, plain string) string {
	h, aead, err := k.current(long)
	if err != nil {
		return ""
	}
	out := binary.BigEndian.AppendUint64(nil, uint64(h.n))
	return base64.RawStdEncoding.EncodeToString(aead.Seal(out, nil, []byte(plain), labelsName(id)))
}

// openLabels gives "" for what cannot be opened any more.
func (k *keyring) openLabels(id, sealed string) string {
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(b) < 8 {
		return ""
	}
	aead, err := k.of(hour{long, int64(binary.BigEndian.Uint64(b))})
	if err != nil {
		return ""
	}
	plain, err := aead.Open(nil, nil, b[8:], labelsName(id))
	if err != nil {
		return ""
	}
	return string(plain)
}

func labelsName(id string) []byte { return []byte("labels" + us + id) }

// chest holds the keys of the conversations that this node works on, so that a
// turn needs one round trip. It is bounded: who was used longest ago goes.
type chest struct {
	most int // fixed

	mu    sync.Mutex
	seals map[string]*list.Element // guarded by mu
	order *list.List               // guarded by mu; of *seal, just used first
}

func newChest(most int) *chest {
	return &chest{most: most, seals: map[string]*list.Element{}, order: list.New()}
}

// get gives a copy of a seal.
func (c *chest) get(id string) (seal, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.seals[id]
	if found == nil {
		return seal{}, false
	}
	c.order.MoveToFront(found)
	s := found.Value.(*seal)
	s.used = time.Now()
	return *s, true
}

func (c *chest) put(s seal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.used = time.Now()
	if found := c.seals[s.id]; found != nil {
		*found.Value.(*seal) = s
		c.order.MoveToFront(found)
		return
	}
	fresh := s // of its own, so that only a new one costs memory
	c.seals[s.id] = c.order.PushFront(&fresh)
	for len(c.seals) > c.most {
		c.remove(c.order.Back())
	}
}

func (c *chest) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found := c.seals[id]; found != nil {
		c.remove(found)
	}
}

// remove is called with mu held.
func (c *chest) remove(found *list.Element) {
	s := c.order.Remove(found).(*seal)
	delete(c.seals, s.id)
	clear(s.raw[:])
}

// age drops what nobody has used for so long.
func (c *chest) age(idle time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := time.Now().Add(-idle)
	for last := c.order.Back(); last != nil && last.Value.(*seal).used.Before(before); last = c.order.Back() {
		c.remove(last)
	}
}

func (c *chest) empty() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.order.Len() > 0 {
		c.remove(c.order.Back())
	}
}
