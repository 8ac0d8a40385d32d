package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// loop is what one measurement of a closed loop gave.
type loop struct {
	turn      time.Duration // of the server's processors, for one turn
	store     time.Duration // of Redis' processor, for one turn
	perSecond float64
}

// opened is what one measurement of many open sockets gave.
type opened struct {
	p50, p99 time.Duration // of an answer at a steady rate
	memory   int64         // bytes for an idle open child
}

// table holds all measurements, by server and in the order of the rounds.
type table struct {
	talk map[string][]loop
	open map[string][]opened
	line lineFigures
}

func newTable() *table {
	return &table{talk: map[string][]loop{}, open: map[string][]opened{}}
}

// row is one line of the table: what each server gave in each round.
type row struct {
	what, bar         string
	echo, floor, ours []float64
	show              func(float64) string
}

const columns = "%-46s %10s %10s %10s %20s  %s\n"

func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, columns, "measure, median of the rounds", "echo", "floor", "ours", "ratio (range)", "bar")
	for _, r := range t.rows() {
		ratio := "-"
		if n := min(len(r.floor), len(r.ours)); n > 0 {
			all := make([]float64, n)
			for i := range all {
				all[i] = r.ours[i] / r.floor[i]
			}
			slices.Sort(all)
			ratio = fmt.Sprintf("%.2f (%.2f to %.2f)", median(all), all[0], all[n-1])
		}
		fmt.Fprintf(w, columns, r.what, shown(r.echo, r.show), shown(r.floor, r.show), shown(r.ours, r.show), ratio, r.bar)
	}
	if t.line.waiting > 0 {
		fmt.Fprintf(w, columns, fmt.Sprintf("claim p99 at %d waiting", t.line.waiting), "", "", micro(float64(t.line.p99)), "", "at most 20 ms")
		fmt.Fprintf(w, columns, "Redis for that line", "", "", fmt.Sprintf("%.1f MB", float64(t.line.bytes)/1e6), "", "at most 100 MB")
	}
}

func (t *table) rows() []row {
	loops := func(what, bar string, of func(loop) float64, show func(float64) string) row {
		return row{what, bar, each(t.talk["echo"], of), each(t.talk["floor"], of), each(t.talk["ours"], of), show}
	}
	sockets := func(what, bar string, of func(opened) float64, show func(float64) string) row {
		return row{what, bar, each(t.open["echo"], of), each(t.open["floor"], of), each(t.open["ours"], of), show}
	}
	turn := func(f loop) float64 { return float64(f.turn) }
	return []row{
		loops("processor time of the server, a turn", "at most 2.5, aim 1.5", turn, micro),
		loops("processor time of Redis, a turn", "", func(f loop) float64 { return float64(f.store) }, micro),
		loops("turns a second, 200 talking children", "at least 0.4, aim 0.7", func(f loop) float64 { return f.perSecond }, count),
		sockets("p50 at 1,000 turns a second, 5,000 open", "", func(f opened) float64 { return float64(f.p50) }, micro),
		sockets("p99 at 1,000 turns a second, 5,000 open", "at most 3", func(f opened) float64 { return float64(f.p99) }, micro),
		sockets("memory of an idle open child", "ours at most 20 KiB", func(f opened) float64 { return float64(f.memory) }, kib),
		{"a turn on 3 nodes (ours), against 1 (floor)", "0.85 to 1.15", nil, each(t.talk["one"], turn), each(t.talk["three"], turn), micro},
	}
}

// each takes one figure of every measurement.
func each[T any](all []T, of func(T) float64) []float64 {
	var out []float64
	for _, one := range all {
		out = append(out, of(one))
	}
	return out
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

func shown(all []float64, show func(float64) string) string {
	if len(all) == 0 {
		return ""
	}
	return show(median(all))
}

func micro(ns float64) string {
	if ns >= 1e7 {
		return fmt.Sprintf("%.1f ms", ns/1e6)
	}
	return fmt.Sprintf("%.0f µs", ns/1e3)
}

func count(n float64) string { return fmt.Sprintf("%.0f", n) }

func kib(n float64) string { return fmt.Sprintf("%.1f KiB", n/1024) }

// load says what the machine is and what else it does.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	now, _, _ := strings.Cut(string(text), " ")
	return fmt.Sprintf("%s, %d cores, load %s, %s", runtime.Version(), runtime.NumCPU(), now, time.Now().Format(time.DateTime))
}
