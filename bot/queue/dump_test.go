package queue

import (
	"fmt"
	"testing"
)

// dump reads every key of a test's prefix, with all that lies there.
func dump(t *testing.T, q *Queue) map[string]string {
	t.Helper()
	ctx := t.Context()
	out := map[string]string{}
	keys := q.client.Scan(ctx, 0, q.names.prefix+"*", 1000).Iterator()
	for keys.Next(ctx) {
		key := keys.Val()
		var value any
		switch kind := q.client.Type(ctx, key).Val(); kind {
		case "string":
			value = q.client.Get(ctx, key).Val()
		case "hash":
			value = q.client.HGetAll(ctx, key).Val()
		case "set":
			value = q.client.SMembers(ctx, key).Val()
		case "zset":
			value = q.client.ZRange(ctx, key, 0, -1).Val()
		default:
			t.Fatalf("%s is a %s", key, kind)
		}
		out[key] = fmt.Sprintf("%s", value)
	}
	if err := keys.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
