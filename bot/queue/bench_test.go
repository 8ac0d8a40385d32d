package queue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// openBench opens a queue on a Redis of its own.
func openBench(b *testing.B) *Queue {
	b.Helper()
	server, err := startRedis(b.TempDir(), "--appendonly", "yes")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.stop)
	q, err := Open(b.Context(), Options{URLs: []string{server.url()}, Keys: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { q.Close() })
	return q
}

// processor is the time that this process has spent on its processors.
func processor() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// talkers runs a benchmark as 200 children who each wait for their answer, and
// reports the processor time of this process a turn, Redis left out.
func talkers(b *testing.B, talk func(child int) func()) {
	const children = 200
	b.SetParallelism(children)
	var next atomic.Int64
	b.ReportAllocs()
	before := processor()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		turn := talk(int(next.Add(1)))
		for pb.Next() {
			turn()
		}
	})
	b.StopTimer()
	b.ReportMetric(float64((processor()-before).Microseconds())/float64(b.N), "µs-cpu/turn")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}

var (
	said   = []byte(`{"text":"hij zegt dat hij mijn foto doorstuurt als ik niet betaal"}`)
	answer = make([]byte, 900)
	state  = make([]byte, 400)
)

// BenchmarkTurn is what a bot turn costs here, beside BenchmarkFloor: the two
// messages and nothing else, in the clear, pipelined.
func BenchmarkTurn(b *testing.B) {
	q := openBench(b)
	talkers(b, func(child int) func() {
		id := IDOf(fmt.Sprint(b.N, child))
		if _, err := q.Begin(b.Context(), Turn{ID: id, State: state}); err != nil {
			b.Fatal(err)
		}
		version := int64(1)
		return func() {
			message := fmt.Sprintf("m%d", version)
			stored, err := q.Turn(b.Context(), Turn{
				ID: id, Message: message, Expect: version, State: state,
				Entries: []Entry{{From: "child", ID: message, Body: said}, {From: "bot", Body: answer}},
			})
			if err != nil {
				b.Error(err)
				return
			}
			version = stored.Version
		}
	})
}

func BenchmarkFloor(b *testing.B) {
	q := openBench(b)
	client := q.client.(*redis.Client)
	talkers(b, func(child int) func() {
		key := fmt.Sprintf("floor:%d:%d", b.N, child)
		return func() {
			pipe := client.Pipeline()
			pipe.RPush(b.Context(), key, said, answer)
			pipe.Expire(b.Context(), key, time.Hour)
			if _, err := pipe.Exec(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkTurnAlone(b *testing.B) {
	q := openBench(b)
	id := IDOf("alone")
	if _, err := q.Begin(b.Context(), Turn{ID: id, State: state}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		message := fmt.Sprintf("m%d", i)
		if _, err := q.Turn(b.Context(), Turn{
			ID: id, Message: message, Expect: int64(i + 1), State: state,
			Entries: []Entry{{From: "child", ID: message, Body: said}, {From: "bot", Body: answer}},
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClaim claims and ends with 100,000 waiting, from 70,000 sources.
func BenchmarkClaim(b *testing.B) {
	const waiting = 100_000
	q := openBench(b)
	fill(b, q, waiting)
	memory := field(q.client.Info(b.Context(), "memory").Val(), "used_memory_human")
	var took []time.Duration
	for b.Loop() {
		before := time.Now()
		c, err := q.Claim(b.Context(), "Anna", "")
		took = append(took, time.Since(before))
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := q.Release(b.Context(), c, ToLine); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
	b.Logf("redis holds %s with %d waiting", memory, waiting)
}

// fill puts many in the line. They share one conversation's slot of the store
// no more than real ones do; only the claimed ones have a conversation.
func fill(b *testing.B, q *Queue, many int) {
	random := rand.New(rand.NewPCG(1, 2))
	pipe := q.client.Pipeline()
	for i := range many {
		id := IDOf(fmt.Sprint("waiting", i))
		bucket := fmt.Sprintf("%010x", random.IntN(70_000))
		pipe.EvalSha(b.Context(), q.scripts.join.sha, q.names.line, id, random.IntN(4), bucket,
			"nl", "labels", 0, q.names.lines)
		if pipe.Len() == 1000 || i == many-1 {
			if _, err := pipe.Exec(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	line, err := q.Line(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range line { // released ones come again, so these are enough
		if _, err := q.Begin(b.Context(), Turn{ID: w.ID, State: state}); err != nil {
			b.Fatal(err)
		}
	}
}
