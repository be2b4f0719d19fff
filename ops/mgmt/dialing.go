package mgmt

import (
	"context"
	"net"
	"time"
)

// dialing is how connections to hosts are opened.
type dialing struct {
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	limit time.Duration // of one attempt
}

// DialContext is what an HTTP transport asks.
func (d dialing) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	return d.dial(ctx, network, address)
}
