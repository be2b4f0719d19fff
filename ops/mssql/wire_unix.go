//go:build unix

package mssql

import (
	"errors"
	"net"
	"syscall"
)

// hungUp reports whether the peer has ended a connection on which nothing is
// awaited, as far as this machine has heard. It sends nothing and does not wait.
func hungUp(wire net.Conn) bool {
	c, ok := wire.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	over := false
	err = raw.Read(func(fd uintptr) bool {
		n, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		over = err == nil && n == 0 || err != nil && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
		return true
	})
	return over || err != nil
}
