package mssql

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/pause"
)

// unheard is the cause with which a read ends whose server takes no connections any
// more: the one that the read is on leads nowhere.
type unheard struct {
	since time.Duration
	reach fault.Reach
}

// Error says how that was found.
func (d *unheard) Error() string {
	return fmt.Sprintf("no answer for %.0f s, and the server takes no new connection: %s", d.since.Seconds(), d.reach)
}

// misses is how many attempts to connect in a row have to come to nothing. With the
// pauses between them they take longer than the shortest time that makes a server dead.
const misses = 3

// whileItAnswers gives a read a context that ends once the server is found to take no
// connections any more. A peer that has died silently leaves a connection that looks
// alive; a server that is only slow still takes others, and is waited for.
func (s *Server) whileItAnswers(ctx context.Context) (context.Context, func()) {
	ctx, give := context.WithCancelCause(ctx)
	begun, over := time.Now(), make(chan struct{})
	go func() {
		defer close(over)
		for missed := 0; pause.For(ctx, s.pace.knock) == nil; {
			knock, stop := context.WithTimeout(ctx, s.pace.knock)
			err := s.Knock(knock)
			stop()
			reach := fault.ReachOf(err)
			if !reach.Silent() && reach != fault.Closed {
				missed = 0 // it took the connection, or nobody knows
				continue
			}
			if missed++; missed == misses {
				give(&unheard{time.Since(begun), reach})
				return
			}
		}
	}()
	return ctx, func() { give(nil); <-over }
}
