package queue

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	peerName = "node-"         // starts the name of a node's note in the folder of the keys
	peerGone = 2 * time.Second // by how much another must have been luckier than we
)

// peers tells a node that does not reach the store whether others do. They
// share one thing beside the store, the folder of the keys: in it each notes
// when it last reached the store, by Redis' clock. In memory there are none.
type peers struct {
	folder, node string // fixed
}

// reached notes that this node reached the store at a time.
func (p peers) reached(at time.Time) error {
	if p.folder == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(p.folder, peerName+p.node), strconv.AppendInt(nil, at.UnixMilli(), 10), 0o600)
}

// since says whether another node has reached the store since then.
func (p peers) since(then time.Time) bool {
	if p.folder == "" {
		return false
	}
	files, err := os.ReadDir(p.folder)
	if err != nil {
		return false
	}
	for _, file := range files {
		name, ok := strings.CutPrefix(file.Name(), peerName)
		if !ok || name == p.node {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.folder, file.Name()))
		if err == nil && time.UnixMilli(number(string(text))).After(then) {
			return true
		}
	}
	return false
}

// leave takes the note away.
func (p peers) leave() error {
	if p.folder == "" {
		return nil
	}
	err := os.Remove(filepath.Join(p.folder, peerName+p.node))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Elsewhere says that other nodes reach the store and this one does not: its
// visitors are better served there.
func (q *Queue) Elsewhere() bool {
	q.mu.Lock()
	then := q.reachedAt
	q.mu.Unlock()
	return !then.IsZero() && q.peers.since(then.Add(peerGone))
}

// reach notes that the store was reached.
func (q *Queue) reach() {
	now := q.clock.now()
	q.mu.Lock()
	q.reachedAt = now
	q.mu.Unlock()
	if err := q.peers.reached(now); err != nil {
		q.log.Warn("this node cannot tell the others that it reaches the store: see that it may write in PRAATPAAL_KEYS")
	}
}
