package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/redis/go-redis/v9"
)

const (
	lineMost   = 200              // of the line that a desk is shown
	beatMost   = 500              // signs of life in one script call
	deadAfter  = 25 * time.Second // a socket that missed two signs of life
	touchMost  = 50               // conversations that one call of Alive prolongs
	dangerMost = book.Emergency
)

// Join puts a visitor in the line, at the end of those with the same danger.
// Joining again keeps the place; with a higher danger it moves up. Since, when
// set, is when the visitor joined a line that the store has lost since, and
// counts when it is less than a day ago. ErrTaken when a counsellor has
// claimed it already.
func (q *Queue) Join(ctx context.Context, w Waiting) (Place, error) {
	if err := w.check(); err != nil {
		return Place{}, fmt.Errorf("join: %w", err)
	}
	bucket := w.Bucket
	if bucket == "" {
		bucket = "_" + w.ID // alone in it
	}
	var since int64
	if !w.Since.IsZero() {
		since = w.Since.UnixMicro()
	}
	reply, err := q.write(ctx, q.scripts.join, q.names.line,
		w.ID, int(w.Danger), bucket, w.Lang, q.labels(w), since, q.names.lines, flag(w.As == "parent"))
	if err == nil {
		err = refusal(reply)
	}
	if err != nil {
		return Place{}, fmt.Errorf("join: %w", err)
	}
	return q.placeAt(ctx, reply)
}

func (w Waiting) check() error {
	if err := checkWord("id", w.ID); err != nil {
		return err
	}
	if w.Danger < book.None || w.Danger > dangerMost {
		return errors.New("danger is none of the four")
	}
	if w.Bucket != "" {
		if err := checkWord("bucket", w.Bucket); err != nil {
			return err
		}
	}
	for _, label := range []string{w.Topic, w.Role, w.As, w.Lang} {
		if strings.ContainsRune(label, ' ') {
			return errors.New("a label has a space: it is no label")
		}
		if err := checkText("label", label); err != nil {
			return err
		}
	}
	return nil
}

// labels is what the desk shows of a stay and the line does not need, sealed.
func (q *Queue) labels(w Waiting) string {
	return q.keys.sealLabels(w.ID, w.Topic+us+w.Role+us+w.As)
}

// parseStay reads what the scripts show of a stay.
func (q *Queue) parseStay(id, text string) Waiting {
	parts := strings.Split(text, us)
	if len(parts) != 6 {
		return Waiting{ID: id} // of another version of ours
	}
	w := Waiting{
		ID: id, Since: time.UnixMicro(number(parts[0])), Danger: book.Danger(number(parts[1])), Bucket: parts[2],
		Connected: parts[3] == "1", Lang: parts[4],
	}
	if told := strings.Split(q.keys.openLabels(id, parts[5]), us); len(told) == 3 {
		w.Topic, w.Role, w.As = told[0], told[1], told[2]
	}
	if strings.HasPrefix(w.Bucket, "_") {
		w.Bucket = ""
	}
	return w
}

// Place says where a visitor stands, and how long it may last; Position is 0
// once a counsellor has claimed it. ErrGone when not in the line.
func (q *Queue) Place(ctx context.Context, id string) (Place, error) {
	if checkWord("id", id) != nil {
		return Place{}, fmt.Errorf("place: %w", ErrGone)
	}
	reply, err := q.read(ctx, q.scripts.place, q.names.line, id)
	if err == nil {
		err = refusal(reply)
	}
	if err != nil {
		return Place{}, fmt.Errorf("place: %w", err)
	}
	return q.placeAt(ctx, reply)
}

// placeAt reads a place as stay.lua gives it. How long it may last hangs on all
// who wait; the position is that among those of one's own entrance.
func (q *Queue) placeAt(ctx context.Context, reply any) (Place, error) {
	at, ok := words(reply)
	if !ok || len(at) != 4 {
		return Place{}, errors.New("place: unknown answer from the store")
	}
	e, err := q.estimated(ctx)
	if err != nil {
		return Place{}, fmt.Errorf("place: %w", err)
	}
	p := e.place(int(number(at[0])), book.Danger(min(max(0, number(at[1])), int64(dangerMost))))
	p.Position, p.Since = int(number(at[3])), time.UnixMicro(number(at[2]))
	return p, nil
}

// Leave takes a visitor out of the line, or away from the counsellor, with
// the outcome that is counted. One who is not there is no error, and is not
// counted: so it may be called twice.
func (q *Queue) Leave(ctx context.Context, id string, how Outcome) error {
	if err := checkOutcome(how); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	if checkWord("id", id) != nil {
		return nil
	}
	fence, _, err := q.leave(ctx, id, how, false)
	if err == nil && fence != "0" {
		err = q.free(ctx, id, fence)
	}
	if err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

// leave ends a stay in the line's slot; it gives the fence of the claim that
// ended with it, or "0", and whether there was a stay.
func (q *Queue) leave(ctx context.Context, id string, how Outcome, erase bool) (fence string, stayed bool, err error) {
	reply, err := q.write(ctx, q.scripts.leave, q.names.line, id, string(how), q.day(), q.names.lines, flag(erase))
	if err != nil {
		return "", false, err
	}
	parts, ok := words(reply)
	if !ok || len(parts) != 2 {
		return "", false, errors.New("unknown answer from the store")
	}
	return parts[0], parts[1] == "1", nil
}

// Alive notes that the sockets of these visitors live; call it every 10 s for
// all who wait or are with a counsellor. Others do no harm. It also keeps the
// conversation of who waits in silence from running out.
func (q *Queue) Alive(ctx context.Context, ids ...string) error {
	for len(ids) > 0 {
		n := min(len(ids), beatMost)
		if err := q.beat(ctx, ids[:n]); err != nil {
			return fmt.Errorf("alive: %w", err)
		}
		ids = ids[n:]
	}
	return nil
}

func (q *Queue) beat(ctx context.Context, ids []string) error {
	args := make([]any, len(ids))
	for i, id := range ids {
		if err := checkWord("id", id); err != nil {
			return err
		}
		args[i] = id
	}
	reply, err := q.read(ctx, q.scripts.alive, q.names.line, args...)
	if err != nil {
		return err
	}
	outside, _ := words(reply)
	none := make(map[string]bool, len(outside))
	for _, id := range outside {
		none[id] = true
	}
	touched := 0
	for _, id := range ids {
		if none[id] || touched == touchMost || !q.stale(id) {
			continue
		}
		touched++
		if err := q.touch(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// stale says whether a conversation must be prolonged soon.
func (q *Queue) stale(id string) bool {
	s, ok := q.chest.get(id)
	return !ok || q.clock.now().Sub(s.prolonged) > touchTime
}

// touch prolongs a conversation, and wraps its key anew where needed.
func (q *Queue) touch(ctx context.Context, id string) error {
	_, err := q.Turn(ctx, Turn{ID: id, Expect: Any})
	if errors.Is(err, ErrGone) {
		// Nobody can be helped without a conversation: the place goes too.
		_, _, err = q.leave(ctx, id, Expired, false)
	}
	return err
}

// Line gives the first 200 in the order of serving, and after them who waits
// but has no socket now.
func (q *Queue) Line(ctx context.Context) ([]Waiting, error) {
	reply, err := q.read(ctx, q.scripts.list, q.names.line, lineMost, deadAfter.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	parts, _ := words(reply)
	out := make([]Waiting, 0, len(parts)/2)
	for i := 0; i+1 < len(parts); i += 2 {
		out = append(out, q.parseStay(parts[i], parts[i+1]))
	}
	return out, nil
}

// waiting reads one stay; ErrGone.
func (q *Queue) waiting(ctx context.Context, id string) (Waiting, error) {
	text, err := q.client.HGet(ctx, q.names.line[0], id).Result()
	if errors.Is(err, redis.Nil) {
		return Waiting{}, ErrGone
	}
	if err != nil {
		return Waiting{}, err
	}
	parts := strings.SplitN(text, us, 6) // as stay.lua writes it
	if len(parts) != 6 {
		return Waiting{}, errors.New("stay is cut short")
	}
	return q.parseStay(id, strings.Join([]string{parts[0], parts[1], parts[2], "0", parts[4], parts[5]}, us)), nil
}
