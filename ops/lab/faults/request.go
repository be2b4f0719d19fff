package faults

import (
	"context"
	"sync"
	"time"
)

// Request is one thing that a client asks of a server, before it is done.
type Request struct {
	Target string // `SQL11\RTC` or FE11
	Kind   string // SQL or PowerShell
	Text   string // with its values taken out
	N      int    // how often Target was asked this, from 1
	Peer   string // the client's address
}

// The kinds of requests.
const (
	SQL        = "sql"
	PowerShell = "powershell"
)

// Fate is what becomes of a request.
type Fate int

// The fates. A cut ends the connection; a stall lasts until the verdict
// releases it, or the client breaks off.
const (
	Pass        Fate = iota
	CutBefore        // nothing is done
	CutAfter         // it is done, the reply is lost
	CutMiddle        // it is done, half of the reply arrives
	StallBefore      // nothing is done until the release
	StallAfter       // it is done, the reply waits for the release
)

// Verdict is a fate with its terms.
type Verdict struct {
	Fate    Fate
	Delay   time.Duration   // before the request is looked at
	Release <-chan struct{} // ends a stall; nil: nothing does
}

// Executed tells whether the request is carried out before the client hears of
// its end.
func (v Verdict) Executed() bool { return v.Fate != CutBefore && v.Fate != StallBefore }

// Wait stands for the delay and, if that is the fate, for the release of a
// stall before the request; false: ctx, the connection, ended first.
func (v Verdict) Wait(ctx context.Context) bool {
	if v.Delay > 0 {
		timer := time.NewTimer(v.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return false
		}
	}
	return v.Fate != StallBefore || v.Released(ctx)
}

// Released stands until a stall ends; false: ctx ended first.
func (v Verdict) Released(ctx context.Context) bool {
	select {
	case <-v.Release:
		return true
	case <-ctx.Done():
		return false
	}
}

// Tap shows every request to whoever decides what becomes of it. A nil Tap
// lets everything pass and costs nothing.
type Tap struct {
	ask func(Request) Verdict

	mu   sync.Mutex
	seen map[Request]int
}

// NewTap makes a tap; nil where nobody wants to be asked.
func NewTap(ask func(Request) Verdict) *Tap {
	if ask == nil {
		return nil
	}
	return &Tap{ask: ask, seen: map[Request]int{}}
}

// Judge counts a request and asks. text is called only where somebody listens.
func (t *Tap) Judge(target, kind, peer string, text func() string) Verdict {
	if t == nil {
		return Verdict{}
	}
	r := Request{Target: target, Kind: kind, Text: text()}
	t.mu.Lock()
	t.seen[r]++
	n := t.seen[r]
	t.mu.Unlock()
	r.N, r.Peer = n, peer
	return t.ask(r)
}
