package mssql

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

// A server that is slow is waited for, as long as it takes connections. One that takes
// none any more is not, though the connection to it looks alive.
func TestAReadIsGivenUpOnlyWhereTheServerTakesNoConnections(t *testing.T) {
	for name, c := range map[string]struct {
		dies  func(*link)
		reach fault.Reach
	}{
		"it is slow":          {func(l *link) { l.Hang(true) }, ""},
		"it died silently":    {func(l *link) { _ = l.Swallow() }, fault.NoAnswer},
		"it died at once":     {func(l *link) { l.Strand(); _ = l.Swallow() }, fault.NoAnswer},
		"its service is gone": {func(l *link) { l.Hang(true) }, fault.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, nil)
			s, to := e.server(secondary)
			s.pace.knock = 20 * time.Millisecond
			facts(t, s)
			var knocks atomic.Int32
			dial := s.gate.dial
			s.gate.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if knocks.Add(1) == 10 { // more than it would take
					to.Hang(false)
				}
				if c.reach == fault.Closed {
					address = "127.0.0.1:1"
				}
				return dial(ctx, network, address)
			}
			c.dies(to)
			_, err := s.Facts(t.Context())
			if c.reach == "" {
				require.NoError(t, err)
				require.GreaterOrEqual(t, knocks.Load(), int32(10))
				return
			}
			require.True(t, fault.Is(err, fault.Unreachable), "%v", err)
			require.Equal(t, c.reach, fault.ReachOf(err))
			require.ErrorContains(t, err, "the server takes no new connection")
			require.LessOrEqual(t, knocks.Load(), int32(misses+1), "nor is it asked again")
		})
	}
}
