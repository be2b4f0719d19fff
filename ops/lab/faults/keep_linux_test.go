package faults

import (
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// claim asks for a port as a program that shares none.
func claim(t *testing.T, a net.Addr) error {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	defer syscall.Close(fd)
	return syscall.Bind(fd, &syscall.SockaddrInet4{Port: a.(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}})
}

func TestThePortOfAMachineThatIsOffIsNobodyElses(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	for range 2 {
		l.Down()
		l.Down()
		require.ErrorIs(t, knock(t, l, 5*time.Second), syscall.ECONNREFUSED)
		require.ErrorIs(t, claim(t, l.Addr()), syscall.EADDRINUSE)
		require.NoError(t, l.Swallow())
		l.Down()
		require.ErrorIs(t, knock(t, l, 5*time.Second), syscall.ECONNREFUSED)
		require.NoError(t, l.Up())
		require.NoError(t, knock(t, l, 5*time.Second))
	}
	l.Down()
	require.NoError(t, l.Close())
	require.NoError(t, claim(t, l.Addr()), "the port is free again")
}
