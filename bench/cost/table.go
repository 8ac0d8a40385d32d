package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// figures are those of one server.
type figures struct {
	turn      time.Duration // of its processors, for one turn
	store     time.Duration // of Redis' processor, for one turn
	perSecond float64
	p50, p99  time.Duration // at a steady rate over many open sockets
	memory    int64         // bytes for an idle open child
}

type table struct {
	echo, floor, ours, three figures
	line                     lineFigures
}

const columns = "%-46s %10s %10s %10s %8s  %s\n"

func (t table) print(w io.Writer) {
	fmt.Fprintf(w, columns, "measure", "echo", "floor", "ours", "ratio", "bar")
	duration := func(what string, of func(figures) time.Duration, bar string) {
		fmt.Fprintf(w, columns, what, micro(of(t.echo)), micro(of(t.floor)), micro(of(t.ours)), ratio(float64(of(t.ours)), float64(of(t.floor))), bar)
	}
	duration("processor time of the server, a turn", func(f figures) time.Duration { return f.turn }, "at most 2.5, aim 1.5")
	duration("processor time of Redis, a turn", func(f figures) time.Duration { return f.store }, "")
	fmt.Fprintf(w, columns, "turns a second, 200 talking children", count(t.echo.perSecond), count(t.floor.perSecond),
		count(t.ours.perSecond), ratio(t.ours.perSecond, t.floor.perSecond), "at least 0.4, aim 0.7")
	duration("p50 at 1,000 turns a second, 5,000 open", func(f figures) time.Duration { return f.p50 }, "")
	duration("p99 at 1,000 turns a second, 5,000 open", func(f figures) time.Duration { return f.p99 }, "at most 3")
	fmt.Fprintf(w, columns, "memory of an idle open child", kib(t.echo.memory), kib(t.floor.memory), kib(t.ours.memory), "", "at most 20 KiB")
	fmt.Fprintf(w, columns, fmt.Sprintf("claim p99 at %d waiting", t.line.waiting), "", "", micro(t.line.p99), "", "at most 20 ms")
	fmt.Fprintf(w, columns, "Redis for that line", "", "", fmt.Sprintf("%.1f MB", float64(t.line.bytes)/1e6), "", "at most 100 MB")
	fmt.Fprintf(w, columns, "a turn on 3 nodes, against 1 node", "", "", micro(t.three.turn), ratio(float64(t.three.turn), float64(t.ours.turn)), "0.85 to 1.15")
}

func micro(d time.Duration) string {
	if d >= 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.0f µs", d.Seconds()*1e6)
}

func count(n float64) string { return fmt.Sprintf("%.0f", n) }

func kib(n int64) string { return fmt.Sprintf("%.1f KiB", float64(n)/1024) }

func ratio(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

// load says what the machine is and what else it does.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	now, _, _ := strings.Cut(string(text), " ")
	return fmt.Sprintf("%s, %d cores, load %s, %s", runtime.Version(), runtime.NumCPU(), now, time.Now().Format(time.DateTime))
}
