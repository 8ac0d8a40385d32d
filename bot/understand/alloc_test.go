//go:build !race

package understand

import "testing"

// Not under the race detector, which empties pools at will.
func TestAMessageAllocatesLittle(t *testing.T) {
	u := real(t, "nl")
	u.Message(twenty)
	if n := testing.AllocsPerRun(100, func() { u.Message(twenty) }); n > 20 {
		t.Errorf("a message of twenty words takes %.0f allocations", n)
	}
}
