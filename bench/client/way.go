package client

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// way is how a browser comes back to the nodes: which one it tries, and when.
type way struct {
	shut  string // the node that did not let it in last; empty when one did
	tries int    // since it was last welcome
}

// to picks a node, though not the one that has just refused while there is
// another: what stands before the nodes passes it over too. Empty when there
// is none.
func (w *way) to(r *rand.Rand, nodes []string) string {
	if i := slices.Index(nodes, w.shut); i >= 0 && len(nodes) > 1 {
		nodes = slices.Delete(slices.Clone(nodes), i, i+1)
	}
	if len(nodes) == 0 {
		return ""
	}
	return nodes[r.IntN(len(nodes))]
}

// tried notes whether a node let it in.
func (w *way) tried(addr string, err error) {
	w.shut = ""
	if err != nil {
		w.shut = addr
	}
}

// again is how long to wait after a socket that ended so.
func (w *way) again(r *rand.Rand, err error) time.Duration {
	wait := hint(err)
	if wait < 0 {
		wait = backoff(r, w.tries)
		w.tries++
	}
	return wait
}

// hint is how long the server asked to wait before coming back; -1 when it
// did not.
func hint(err error) time.Duration {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return -1
	}
	seconds, ok := strings.CutPrefix(closed.Text, "retry ")
	s, bad := strconv.ParseFloat(seconds, 64)
	if !ok || bad != nil {
		return -1
	}
	return time.Duration(s * float64(time.Second))
}

// backoff is full jitter: a random time up to a limit that doubles.
func backoff(r *rand.Rand, tries int) time.Duration {
	most := min(backoffFirst<<min(tries, 6), backoffMost)
	return time.Duration(r.Int64N(int64(most)))
}
