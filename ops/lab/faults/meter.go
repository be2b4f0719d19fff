package faults

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Meter tells what passes over links: how often a client speaks and waits for
// an answer, and for how long the servers themselves had something to answer.
type Meter struct {
	mu    sync.Mutex
	trips map[*Link]int
	last  map[*Link]span // of the last exchange over a link
	spans []span         // of those before
}

// span is from the arrival of a request to the end of its answer, both at the
// server; to is zero while nothing has been answered.
type span struct{ from, to time.Time }

// Watch lets a link be counted, and makes its round trips take so long. It is
// the link's only watcher (CutWhen).
func (m *Meter) Watch(l *Link, roundTrip time.Duration) {
	l.SetDelay(roundTrip / 2)
	l.CutWhen(func(d Direction, _ []byte) bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.note(l, d, time.Now(), roundTrip/2)
		return false
	})
}

// note takes a piece of data that arrives now and was sent one way ago.
func (m *Meter) note(l *Link, d Direction, now time.Time, oneWay time.Duration) {
	if m.trips == nil {
		m.trips, m.last = map[*Link]int{}, map[*Link]span{}
	}
	s, asked := m.last[l]
	switch {
	case d == ToClient:
		s.to = now.Add(-oneWay)
	case !asked || !s.to.IsZero(): // else it is more of the same request
		m.trips[l]++
		m.spans = append(m.spans, s)
		s = span{from: now}
	}
	m.last[l] = s
}

// Trips is how often the client has spoken over a link and was answered.
func (m *Meter) Trips(l *Link) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.trips[l]
}

// Busy is for how long at least one of the servers had a request to answer.
func (m *Meter) Busy() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	spans := slices.AppendSeq(slices.Clone(m.spans), maps.Values(m.last))
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var sum time.Duration
	var end time.Time
	for _, s := range spans {
		if s.from.Before(end) {
			s.from = end
		}
		if !s.from.IsZero() && s.to.After(s.from) {
			sum += s.to.Sub(s.from)
			end = s.to
		}
	}
	return sum
}

// Reset forgets what was counted.
func (m *Meter) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trips, m.last, m.spans = map[*Link]int{}, map[*Link]span{}, nil
}
