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
// ctx's error, or with context.Canceled when the mailbox is closed or the
// incident has ended and its last State was handed out.
func (m *Mailbox) Next(ctx context.Context) (*State, error) {
	for {
		if s := m.take(); s != nil {
			return s, nil
		}
		select {
		case <-m.tap:
		case <-m.closed:
			if s := m.take(); s != nil {
				return s, nil
			}
			return nil, context.Canceled
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m *Mailbox) take() *State {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.newest
	m.newest = nil
	return s
}

// Close ends the subscription.
func (m *Mailbox) Close() {
	m.leave(m)
	m.end()
}

// end lets Next hand out what is left and then return.
func (m *Mailbox) end() { m.once.Do(func() { close(m.closed) }) }

func (m *Mailbox) put(s *State) {
	m.mu.Lock()
	m.newest = s
	m.mu.Unlock()
	select {
	case m.tap <- struct{}{}:
	default:
	}
}
