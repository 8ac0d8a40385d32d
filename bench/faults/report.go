package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/praatpaal/praatpaal/bench/history"
)

// result is what one seed led to.
type result struct {
	seed      int
	verdict   history.Verdict
	astray    int             // escalations or entries that are nowhere, or in two places
	recovered []time.Duration // of each child or claim that was hit
	missed    []string        // targets that were missed
	notes     []string        // figures of this fault's own
	err       error           // the run itself did not work
}

// row is a fault over all its seeds.
type row struct {
	fault   fault
	results []result
}

func (r *row) add(one result) { r.results = append(r.results, one) }

func (r *row) total() (t result) {
	for _, one := range r.results {
		t.verdict.Add(one.verdict)
		t.astray += one.astray
		t.recovered = append(t.recovered, one.recovered...)
	}
	return t
}

func (r *row) good() bool {
	for _, one := range r.results {
		if !one.verdict.OK() || one.astray > 0 || len(one.missed) > 0 || one.err != nil {
			return false
		}
	}
	return len(r.results) > 0
}

const columns = "%-4s %-36s %5s %7s %5s %7s %6s %7s %7s %14s  %s\n"

func heading(w io.Writer) {
	fmt.Fprintf(w, columns, "", "fault", "seeds", "acked", "lost", "doubled", "order", "claims", "astray", "recovered in", "verdict")
}

func (r *row) print(w io.Writer, wordy bool) {
	t := r.total()
	verdict := "good"
	if !r.good() {
		verdict = "BAD"
	}
	fmt.Fprintf(w, columns, r.fault.id, r.fault.title, fmt.Sprint(len(r.results)), fmt.Sprint(t.verdict.Acked),
		fmt.Sprint(t.verdict.Lost), fmt.Sprint(t.verdict.Doubled), fmt.Sprint(t.verdict.Disordered),
		fmt.Sprint(t.verdict.Claims), fmt.Sprint(t.astray+t.verdict.DoubleHeld), spread(t.recovered), verdict)
	slices.SortFunc(r.results, func(a, b result) int { return a.seed - b.seed })
	for _, one := range r.results {
		one.explain(w, wordy)
	}
}

// explain prints what stands behind the figures of a seed.
func (one result) explain(w io.Writer, wordy bool) {
	say := func(format string, args ...any) {
		fmt.Fprintf(w, "       seed %d: %s\n", one.seed, fmt.Sprintf(format, args...))
	}
	if one.err != nil {
		say("did not run: %v", one.err)
	}
	if len(one.notes) > 0 {
		say("%s", strings.Join(one.notes, "; "))
	}
	for _, m := range one.missed {
		say("MISSED %s", m)
	}
	for i, f := range one.verdict.Findings {
		if i < 3 || wordy {
			say("FOUND %s", f)
		}
	}
}

// spread shows the median and the 99th percentile.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "-"
	}
	return fmt.Sprintf("%s/%s", short(part(all, 50)), short(part(all, 99)))
}

// part gives a percentile.
func part(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000)
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}

// machine says what the figures were taken on.
func machine() string {
	load, _ := os.ReadFile("/proc/loadavg")
	now, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%s, %d cores, load %s, %s", runtime.Version(), runtime.NumCPU(), now, time.Now().Format(time.DateTime))
}
