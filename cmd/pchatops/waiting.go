package main

import (
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/await"
)

// waitLine is what a command prints that has printed nothing for a while.
type waitLine struct {
	Type  string     `json:"type"` // "wait"
	For   string     `json:"for"`
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until,omitempty"` // at the latest; absent: no limit is known
}

// pulse notes when something was printed last.
type pulse struct {
	mu   sync.Mutex
	w    io.Writer
	last time.Time
}

// Write prints.
func (p *pulse) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	return p.w.Write(b)
}

func (p *pulse) quiet(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Sub(p.last)
}

// repeated is after how long a wait is told once more.
const repeated = 3 * await.Quiet

// waiting lets a command say, whenever it has printed nothing for a while, what it
// waits for and how long at most, until end is called.
func (g *global) waiting(cmd *cobra.Command) (end func()) {
	ctx, book := await.With(cmd.Context())
	p := &pulse{w: cmd.OutOrStdout(), last: time.Now()}
	cmd.SetContext(ctx)
	cmd.SetOut(p)
	done := make(chan struct{})
	var told sync.WaitGroup
	told.Go(func() { g.out(cmd).tellWaits(p, book, done) })
	return func() { close(done); told.Wait() }
}

func (o output) tellWaits(p *pulse, book *await.Book, done <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var told await.Wait
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			w := book.Long(now, await.Quiet/2)
			if w == nil {
				w = &await.Wait{For: "what is under way to end", Since: now.Add(-p.quiet(now))}
			}
			gap := await.Quiet
			if w.For == told.For {
				gap = repeated
			}
			if p.quiet(now) < gap {
				continue
			}
			told = *w
			l := waitLine{Type: "wait", For: w.For, Since: w.Since.UTC()}
			if !w.Until.IsZero() {
				until := w.Until.UTC()
				l.Until = &until
			}
			o.line(l, w.Says())
		}
	}
}
