package understand

// table finds the row of a feature. It is a plain open hash table: filled while
// loading, read-only after, and kind to the processor's cache.
type table struct {
	slots []slot
	used  int
}

type slot struct {
	key uint64 // 0: the slot is empty
	row int32
}

func newTable(room int) *table {
	size := 64
	for size < room*2 {
		size *= 2
	}
	return &table{slots: make([]slot, size)}
}

// start is where a key is looked for first.
func (t *table) start(k uint64) uint64 {
	h := k * 0x9E3779B97F4A7C15
	h ^= h >> 29
	return h & uint64(len(t.slots)-1)
}

// reach touches the place of a key. Between two turns the processor's cache is
// full of other things: asked for one after another, each place would be waited
// for; touched all before, they are waited for together, since these loads do
// not depend on each other. What it gives has no meaning.
func (t *table) reach(k uint64) uint64 { return t.slots[t.start(k)].key }

func (t *table) place(k uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	for at := t.start(k); ; at = (at + 1) & mask {
		if s := &t.slots[at]; s.key == k || s.key == 0 {
			return s
		}
	}
}

// find gives the row of a feature, or -1.
func (t *table) find(k uint64) int32 {
	s := t.place(k)
	if s.key == 0 {
		return -1
	}
	return s.row
}

// put notes the row of a feature. The table must have room: at least as much
// as newTable was asked for.
func (t *table) put(k uint64, row int32) {
	s := t.place(k)
	if s.key == 0 {
		t.used++
	}
	*s = slot{k, row}
}
