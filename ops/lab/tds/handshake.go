package tds

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
)

// tunnel carries the TLS handshake inside pre-login packets, as the protocol
// demands; once it is done, TLS runs on the bare connection.
type tunnel struct {
	net.Conn
	open    bool // the handshake is over
	pending []byte
}

// Read takes handshake bytes out of their packets.
func (t *tunnel) Read(b []byte) (int, error) {
	if t.open && len(t.pending) == 0 {
		return t.Conn.Read(b)
	}
	for len(t.pending) == 0 {
		m, err := readMessage(t.Conn, maxLoginMessage)
		if err != nil {
			return 0, err
		}
		if m.kind != packetPrelogin {
			return 0, fmt.Errorf("a packet of type %#x inside the TLS handshake", m.kind)
		}
		t.pending = m.body
	}
	n := copy(b, t.pending)
	t.pending = t.pending[n:]
	return n, nil
}

// Write puts a flight of the handshake into a message of its own.
func (t *tunnel) Write(b []byte) (int, error) {
	if t.open {
		return t.Conn.Write(b)
	}
	w := newPacketWriter(t.Conn, packetPrelogin)
	if _, err := w.Write(b); err != nil {
		return 0, err
	}
	return len(b), w.end()
}

// encrypt runs the handshake and returns the encrypted side of nc.
func (s *Server) encrypt(ctx context.Context, nc net.Conn) (io.ReadWriter, error) {
	config := s.TLS.Clone()
	// A session ticket would come after the handshake, where no client of this
	// protocol looks for it.
	config.SessionTicketsDisabled = true
	if config.MaxVersion == 0 {
		config.MaxVersion = tls.VersionTLS12
	}
	t := &tunnel{Conn: nc}
	secure := tls.Server(t, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("TLS handshake with %s: %w", nc.RemoteAddr(), err)
	}
	t.open = true
	return secure, nil
}
