package web

import (
	"maps"
	"slices"
	"sync"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// Kinds of hints. The first group comes from the store itself.
const (
	hintLog       = "log"        // something was written
	hintClaim     = "claim"      // a counsellor took the conversation, or lost it
	hintTakenOver = "taken-over" // the child's end is elsewhere now
	hintForgotten = "forgotten"  // erased
	hintLine      = "line"       // the line has moved
	hintGone      = "gone"       // the desk does not have it any more

	hintTyping    = "typing"
	hintConnected = "connected" // From says whether the child's socket lives
	socketHere    = "here"
	socketGone    = "gone"
)

// hub finds the live chats and desks of this node.
type hub struct {
	mu      sync.Mutex
	closed  bool
	conns   map[*conn]struct{} // all open sockets
	chats   map[string]*chat
	waiting map[string]struct{} // who waits or is with a counsellor, and whose socket lives
	desks   map[*desk]struct{}
}

func newHub() *hub {
	return &hub{
		chats: map[string]*chat{}, waiting: map[string]struct{}{}, desks: map[*desk]struct{}{}, conns: map[*conn]struct{}{},
	}
}

// enter lets a socket in and starts it; false once the server stops.
func (h *hub) enter(c *conn, start func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.conns[c] = struct{}{}
	start()
	return true
}

func (h *hub) exit(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// close lets nobody in any more, and tells the owners of all sockets that the
// server stops.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.conns {
		close(c.drain)
	}
}

// leftOver lists the sockets that are still open.
func (h *hub) leftOver() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.conns))
}

// bind makes c the chat of a conversation and gives the one before it.
func (h *hub) bind(id string, c *chat) *chat {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.chats[id]
	h.chats[id] = c
	return old
}

// unbind takes c out, unless another has taken over.
func (h *hub) unbind(id string, c *chat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if id != "" && h.chats[id] == c {
		delete(h.chats, id)
		delete(h.waiting, id)
	}
}

func (h *hub) chat(id string) *chat {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.chats[id]
}

// waits notes whether the line must know that a child's socket lives.
func (h *hub) waits(id string, yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if yes {
		h.waiting[id] = struct{}{}
	} else {
		delete(h.waiting, id)
	}
}

// alive lists the children for whom the line must know so.
func (h *hub) alive() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.waiting))
}

// deskIn adds a desk and gives those that the same counsellor has open here.
func (h *hub) deskIn(d *desk) (others []*desk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for other := range h.desks {
		if other.name == d.name {
			others = append(others, other)
		}
	}
	h.desks[d] = struct{}{}
	return others
}

func (h *hub) deskOut(d *desk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.desks, d)
}

func (h *hub) allDesks() []*desk {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.desks))
}

// line lists the chats that wait here.
func (h *hub) line() []*chat {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []*chat
	for id := range h.waiting {
		if c := h.chats[id]; c != nil {
			all = append(all, c)
		}
	}
	return all
}

// route passes a hint to whoever it is for: the chat and the desks that have
// the conversation, or everybody who looks at the line.
func (h *hub) route(hint queue.Hint) {
	if hint.Kind == hintLine {
		for _, c := range h.line() {
			c.hint(hint)
		}
		return
	}
	if c := h.chat(hint.ID); c != nil {
		c.hint(hint)
	}
	for _, d := range h.allDesks() {
		d.hint(hint)
	}
}
