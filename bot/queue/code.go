package queue

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/crypto/argon2"
)

// codeSalt is the same for all: a code must be found by its words alone. Each
// guess costs as much as one at a password, and the words are 50 random bits.
const codeSalt = "praatpaal words to come back with"

// code is what the store knows of some words: the name of a record, and the
// key that the conversation's token is sealed with in it. Neither leads back
// to the words, and the record is of no use without them.
type code struct {
	name string
	key  []byte
}

func (q *Queue) code(ctx context.Context, words string) (c code, err error) {
	err = q.through(ctx, q.codeGate, func() {
		sum := argon2.IDKey([]byte(words), []byte(codeSalt), argonTime, argonMemory, argonThreads, idBytes+keyBytes)
		c = code{name: hex.EncodeToString(sum[:idBytes]), key: sum[idBytes:]}
	})
	return c, err
}

// GiveCode lets words lead to a conversation for 24 hours, and keeps the
// conversation for as long. Former words of it lead nowhere from then on. The
// same call again does the same. ErrGone.
func (q *Queue) GiveCode(ctx context.Context, token, words string) (until time.Time, err error) {
	id := IDOf(token)
	c, err := q.code(ctx, words)
	if err == nil {
		_, err = q.Turn(ctx, Turn{ID: id, Expect: Any, Kept: true})
	}
	if err == nil {
		err = q.putCode(ctx, id, c, token)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("give code: %w", err)
	}
	return q.clock.now().Add(keptTime), nil
}

// putCode notes the record with the conversation first, so that erasing finds
// it, and looks again afterwards: it may have been erased in between.
func (q *Queue) putCode(ctx context.Context, id string, c code, token string) error {
	conversation := []string{q.names.conversation(id)}
	old, err := q.write(ctx, q.scripts.code, conversation, c.name)
	if err == nil {
		err = refusal(old)
	}
	if err != nil {
		return err
	}
	sealed := newAEAD(c.key).Seal(nil, nil, []byte(token), []byte(c.name))
	if _, err := q.write(ctx, q.scripts.keep, []string{q.names.code(c.name)}, sealed, keptTime.Milliseconds()); err != nil {
		return err
	}
	if name, _ := old.(string); name != "" && name != c.name {
		if err := q.client.Del(ctx, q.names.code(name)).Err(); err != nil {
			return err
		}
	}
	if now, err := q.write(ctx, q.scripts.code, conversation, c.name); err != nil || refusal(now) != nil {
		return errors.Join(err, refusal(now), q.client.Del(ctx, q.names.code(c.name)).Err())
	}
	return nil
}

// TakeCode gives the token of the conversation that words lead to. ErrGone,
// after the same time, when they lead nowhere.
func (q *Queue) TakeCode(ctx context.Context, words string) (token string, err error) {
	c, err := q.code(ctx, words)
	if err != nil {
		return "", fmt.Errorf("take code: %w", err)
	}
	sealed, err := q.client.Get(ctx, q.names.code(c.name)).Result()
	if errors.Is(err, redis.Nil) {
		err = ErrGone
	}
	if err != nil {
		return "", fmt.Errorf("take code: %w", err)
	}
	plain, err := newAEAD(c.key).Open(nil, nil, []byte(sealed), []byte(c.name))
	if err != nil {
		return "", fmt.Errorf("take code: %w", err)
	}
	return string(plain), nil
}

// dropCode erases the record of the words that lead to a conversation.
func (q *Queue) dropCode(ctx context.Context, id string) error {
	name, err := q.client.HGet(ctx, q.names.conversation(id), "c").Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	return q.client.Del(ctx, q.names.code(name)).Err()
}
