package understand

// table finds the row of a feature. It is a plain open hash table: filled while
// loading, read-only after, and kind to the processor's cache.
type table struct {
	keys []uint64 // 0 is an empty place
	rows []int32
	used int
}

func newTable(room int) *table {
	size := 64
	for size < room*2 {
		size *= 2
	}
	return &table{keys: make([]uint64, size), rows: make([]int32, size)}
}

func (t *table) place(k uint64) int {
	mask := uint64(len(t.keys) - 1)
	h := k * 0x9E3779B97F4A7C15
	h ^= h >> 29
	for at := h & mask; ; at = (at + 1) & mask {
		if t.keys[at] == k || t.keys[at] == 0 {
			return int(at)
		}
	}
}

// find gives the row of a feature, or -1.
func (t *table) find(k uint64) int32 {
	at := t.place(k)
	if t.keys[at] == 0 {
		return -1
	}
	return t.rows[at]
}

// put notes the row of a feature. The table must have room: at least as much
// as newTable was asked for.
func (t *table) put(k uint64, row int32) {
	at := t.place(k)
	if t.keys[at] == 0 {
		t.used++
	}
	t.keys[at], t.rows[at] = k, row
}
