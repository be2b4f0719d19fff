package faults

import (
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// keep holds a port without listening: whoever connects is refused, and no other
// program is given the port meanwhile.
func keep(at net.Addr) (io.Closer, error) {
	a, err := netip.ParseAddrPort(at.String())
	if err != nil {
		return nil, err
	}
	var to syscall.Sockaddr = &syscall.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	family := syscall.AF_INET6
	if ip := a.Addr().Unmap(); ip.Is4() {
		family, to = syscall.AF_INET, &syscall.SockaddrInet4{Port: int(a.Port()), Addr: ip.As4()}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	socket := os.NewFile(uintptr(fd), a.String())
	// Connections that have just ended hold the port, too.
	if err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err == nil {
		err = syscall.Bind(fd, to)
	}
	if err != nil {
		_ = socket.Close()
		return nil, err
	}
	return socket, nil
}
