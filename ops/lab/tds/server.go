// Package tds serves the wire protocol of SQL Server (MS-TDS 7.1 to 7.4) for
// the lab: pre-login, TLS, login, batches, procedure calls, attention. What
// statements mean is ops/lab/tsql's; what they act on, the world's.
package tds

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/tsql"
)

// Encryption is what the server offers in the pre-login.
type Encryption uint8

// The modes of encryption.
const (
	// EncryptLogin encrypts the login, and everything when the client asks.
	EncryptLogin Encryption = iota
	// EncryptOff has no certificate: nothing is ever encrypted.
	EncryptOff
	// EncryptRequired refuses clients that cannot encrypt everything.
	EncryptRequired
)

// Server is one simulated instance on the network.
type Server struct {
	// Name is what errors name as their server; Version is "11.0.7001.0".
	Name    string
	Version string

	Encryption Encryption
	// TLS has the certificate, and the versions that the instance speaks. As
	// SQL Server before 2022 it stops at 1.2 unless MaxVersion says otherwise.
	TLS *tls.Config

	// Integrated begins an integrated logon (NTLM); nil refuses them all.
	Integrated func() Negotiation

	// Authenticate opens a session for a login, or refuses it with 18456. The
	// context lives as long as the connection. The function it returns is
	// called once, when the connection is gone.
	Authenticate func(context.Context, Login) (tsql.Host, func(), *tsql.Error)

	// Say gives a message in the server's language; nil: as it is.
	Say func(*tsql.Error) *tsql.Error

	// Partner is the address of the server that mirrors a database, in a form
	// that clients can dial; "" or nil: no server does.
	Partner func(database string) string

	// Tap decides what becomes of each request after the login.
	Tap *faults.Tap
}

// maxConnections is how many connections an instance holds at a time; more are
// closed unheard.
const maxConnections = 1000

// Serve accepts connections until ctx ends, then ends them all, with
// tsql.ErrShutdown as the cause, and closes the listener.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	life, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(tsql.ErrShutdown)
	var connections sync.WaitGroup
	defer connections.Wait()
	defer end(tsql.ErrShutdown)
	stop := context.AfterFunc(ctx, func() {
		end(tsql.ErrShutdown)
		_ = ln.Close()
	})
	defer stop()
	defer func() { _ = ln.Close() }()
	room := make(chan struct{}, maxConnections)
	for {
		nc, err := ln.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("accept a connection for %s on %s: %w", s.Name, ln.Addr(), err)
		}
		select {
		case room <- struct{}{}:
			connections.Go(func() {
				defer func() { <-room }()
				s.connection(life, nc)
			})
		default:
			_ = nc.Close()
		}
	}
}

// version splits the version into what the wire wants: major, minor, build.
func (s *Server) version() (major, minor byte, build uint16) {
	parts := strings.Split(s.Version+"...", ".")
	numbers := [3]uint64{}
	for i := range numbers {
		numbers[i], _ = strconv.ParseUint(parts[i], 10, 16)
	}
	return byte(numbers[0]), byte(numbers[1]), uint16(numbers[2])
}

// The versions of the protocol, as LOGIN7 has them.
const (
	tds71  = 0x71000001
	tds72  = 0x72090002
	tds73a = 0x730A0003
	tds73b = 0x730B0003
	tds74  = 0x74000004
)

// protocol is the version that the server and a client share.
func (s *Server) protocol(client uint32) uint32 {
	newest := uint32(tds74)
	if major, _, _ := s.version(); major < 11 {
		newest = tds73b
	}
	for _, v := range [...]uint32{tds74, tds73b, tds73a, tds72} {
		if v <= newest && client >= v {
			return v
		}
	}
	return tds71
}
