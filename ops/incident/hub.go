package incident

import "sync"

// hub gives every viewer the newest State. Publishing never waits for one.
type hub struct {
	mu     sync.Mutex
	newest *State
	boxes  map[*Mailbox]bool
	over   bool
}

func (h *hub) subscribe() *Mailbox {
	m := newMailbox(h.leave)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.newest != nil {
		m.put(h.newest)
	}
	if h.over {
		m.end()
		return m
	}
	if h.boxes == nil {
		h.boxes = map[*Mailbox]bool{}
	}
	h.boxes[m] = true
	return m
}

func (h *hub) leave(m *Mailbox) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.boxes, m)
}

func (h *hub) publish(s *State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.newest = s
	for m := range h.boxes {
		m.put(s)
	}
}

// close ends all mailboxes; the last State can still be taken out of them.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	for m := range h.boxes {
		m.end()
	}
	h.boxes = nil
}
