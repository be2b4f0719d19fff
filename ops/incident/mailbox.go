package incident

import (
	"context"
	"sync"
)

// Mailbox holds the newest State for one viewer. Publishing overwrites and
// never blocks, so that a stalled viewer can hold up nobody.
type Mailbox struct {
	mu     sync.Mutex
	newest *State
	tap    chan struct{}
	closed chan struct{}
	once   sync.Once
	leave  func(*Mailbox)
}

func newMailbox(leave func(*Mailbox)) *Mailbox {
	return &Mailbox{tap: make(chan struct{}, 1), closed: make(chan struct{}), leave: leave}
}

// Next waits for a State that this mailbox has not handed out. It ends with
// ctx's error, or with context.Canceled when the mailbox is closed.
func (m *Mailbox) Next(ctx context.Context) (*State, error) {
	for {
		m.mu.Lock()
		s := m.newest
		m.newest = nil
		m.mu.Unlock()
		if s != nil {
			return s, nil
		}
		select {
		case <-m.tap:
		case <-m.closed:
			return nil, context.Canceled
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the subscription.
func (m *Mailbox) Close() {
	m.once.Do(func() {
		close(m.closed)
		if m.leave != nil {
			m.leave(m)
		}
	})
}

func (m *Mailbox) put(s *State) {
	m.mu.Lock()
	m.newest = s
	m.mu.Unlock()
	select {
	case m.tap <- struct{}{}:
	default:
	}
}
