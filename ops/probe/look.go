package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"pchatops/ops/status"
)

// Look asks every server once, and looks on for at most patience, by the clock
// that verdicts go by, while it may still turn out whether one of them lives.
// Like Run it is the only one under way.
func (p *Prober) Look(ctx context.Context, patience time.Duration) *status.Snapshot {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	late := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		if p.clock.Wait(ctx, patience) == nil {
			close(late)
		}
	})
	work.Go(func() { p.Run(ctx) })
	var seen *status.Snapshot
	for over := false; ; {
		select {
		case s, open := <-p.Updates():
			if !open {
				work.Wait()
				last := p.current
				return &last
			}
			seen = s
		case <-late:
			late, over = nil, true
		}
		if seen != nil && p.allAsked(seen) && (over || !p.forming(seen)) {
			stop()
		}
	}
}

// allAsked reports whether an attempt on every source has ended.
func (p *Prober) allAsked(s *status.Snapshot) bool {
	return !slices.ContainsFunc(p.targets, func(t *target) bool { return t.source.asked(s).IsZero() })
}

// forming reports whether waiting may bring a verdict on a server that is
// watched.
func (p *Prober) forming(s *status.Snapshot) bool {
	return slices.ContainsFunc(p.sentries, func(w *sentry) bool { return s.Nodes[w.place].Life.Forming })
}
