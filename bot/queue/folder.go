package queue

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// proof shows that somebody has the key of an hour, and nothing of the key.
func (w *wrapping) proof() string {
	mac := hmac.New(sha256.New, w.raw[:])
	mac.Write([]byte("folder"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// sameFolder refuses a folder of keys that is another one than that of the
// other nodes on this Redis: each could read its own conversations only. Each
// hour's long key leaves a proof in Redis, for as long as the key lives.
func (q *Queue) sameFolder(ctx context.Context) error {
	h, _, err := q.keys.current(long)
	if err != nil {
		return err
	}
	w, err := q.keys.get(h, false)
	if err != nil {
		return err
	}
	if err := q.client.HSetNX(ctx, q.names.folder, h.file(), w.proof()).Err(); err != nil {
		return q.address.plain(err)
	}
	proofs, err := q.client.HGetAll(ctx, q.names.folder).Result()
	if err != nil {
		return q.address.plain(err)
	}
	for file, proof := range proofs {
		h, ok := hourOfFile(file)
		if !ok || !q.clock.now().Before(h.ends()) {
			q.client.HDel(ctx, q.names.folder, file) // else the next start does it
			continue
		}
		w, err := q.keys.get(h, false)
		if err != nil && !errors.Is(err, errNoKey) {
			return err
		}
		if err != nil || w.proof() != proof {
			return fmt.Errorf("keys: PRAATPAAL_KEYS is another folder than that of other nodes on redis %s (%s differs): give all nodes the same folder; if that folder is lost, what it sealed is lost too: then remove %q from Redis and start again",
				q.address.shown, file, q.names.folder)
		}
	}
	return nil
}
