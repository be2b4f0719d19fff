//go:build !linux

package faults

import (
	"io"
	"net"
)

// keep leaves the port to whoever asks for it.
func keep(net.Addr) (io.Closer, error) { return closer(func() error { return nil }), nil }
