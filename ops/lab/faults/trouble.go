package faults

import "time"

// SetDelay makes everything arrive later by oneWay, so that a round trip takes
// twice as long. It costs no throughput.
func (l *Link) SetDelay(oneWay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = oneWay
}

// Hang makes the link accept connections and pass nothing on, either way,
// until it is called with false; what was sent meanwhile then arrives.
func (l *Link) Hang(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case on && l.hung == nil:
		l.hung = make(chan struct{})
	case !on:
		l.release()
	}
}

// release ends Hang. The caller holds mu.
func (l *Link) release() {
	if l.hung != nil {
		close(l.hung)
		l.hung = nil
	}
}

// Cut resets every connection now and tells how many there were.
func (l *Link) Cut() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.wires {
		w.cut()
	}
	return len(l.wires)
}

// CutAfter resets the connection that carries the n-th next byte in a
// direction, right behind that byte. It happens once.
func (l *Link) CutAfter(d Direction, n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limited[d], l.limit[d] = true, n
}

// CutWhen resets the connection on which a piece of data satisfies f, instead
// of passing that piece on. It happens once; nil takes it back. f is called
// for one piece at a time and must not call the link.
func (l *Link) CutWhen(f func(d Direction, piece []byte) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.when = f
}

// due gives the time at which data sent now arrives.
func (l *Link) due() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.delay)
}

// obstacle gives what holds data back, nil when nothing does.
func (l *Link) obstacle() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hung
}

// judge decides how much of a piece passes and whether the connection is cut
// behind that.
func (l *Link) judge(d Direction, piece []byte) (passes int, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.when != nil && l.when(d, piece) {
		l.when = nil
		return 0, true
	}
	if !l.limited[d] {
		return len(piece), false
	}
	if l.limit[d] -= int64(len(piece)); l.limit[d] > 0 {
		return len(piece), false
	}
	l.limited[d] = false
	return len(piece) + int(l.limit[d]), true
}
