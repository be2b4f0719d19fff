package faults

import (
	"context"
	"io"
	"net"
	"syscall"
	"time"
)

// swallow listens with a queue of one, and fills it: Linux lets one more in than
// the backlog says.
func swallow(address string) (io.Closer, error) {
	ln, err := TCP(address)
	if err != nil {
		return nil, err
	}
	raw, err := ln.(*net.TCPListener).SyscallConn()
	if err == nil {
		if failed := raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }); failed != nil {
			err = failed
		}
	}
	var filler net.Conn
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		filler, err = new(net.Dialer).DialContext(ctx, "tcp", ln.Addr().String())
	}
	if err != nil {
		_ = ln.Close()
		return nil, err
	}
	return full{ln, filler}, nil
}
