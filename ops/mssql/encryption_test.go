package mssql

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/tds"
	"pchatops/ops/site"
)

// issued makes a server certificate that is good until then, and the file of
// the authority that signed it.
func issued(t *testing.T, until time.Time) (tls.Certificate, string) {
	t.Helper()
	a, err := faults.NewAuthority("Litware", time.Now())
	require.NoError(t, err)
	cert, err := a.Issue(time.Now().Add(-48*time.Hour), until, "sql11.litwareinc.com", "127.0.0.1")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, a.PEM(), 0o600))
	return cert, file
}

func tomorrow() time.Time  { return time.Now().Add(24 * time.Hour) }
func yesterday() time.Time { return time.Now().Add(-24 * time.Hour) }

// reach asks an instance with the given certificate and TLS versions.
func reach(t *testing.T, c *tls.Config, mode tds.Encryption, change func(*site.Instance)) error {
	t.Helper()
	e := newEstate(t, nil)
	r := e.listen(secondary, encrypted(c, mode))
	s := e.dial(r, secondary, "sa", e.world.Instance(secondary).Password("sa"), change)
	_, err := s.Facts(context.Background())
	return err
}

func TestTheStatusComesOverEachKindOfEncryption(t *testing.T) {
	cert, ca := issued(t, tomorrow())
	c := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	for _, mode := range []site.Encrypt{site.EncryptOff, site.EncryptLogin, site.EncryptFull} {
		require.NoError(t, reach(t, c, tds.EncryptLogin, func(i *site.Instance) {
			i.Encrypt, i.Trust.CAFile = mode, ca
		}), mode)
	}
}

func TestACertificateThatIsNotTrustedIsRefusedWithAReason(t *testing.T) {
	good, ca := issued(t, tomorrow())
	old, oldCA := issued(t, yesterday())
	for _, c := range []struct {
		what   string
		cert   tls.Certificate
		change func(*site.Instance)
		says   string
	}{
		{"of an unknown authority", good, nil, "ca_file"},
		{"expired", old, func(i *site.Instance) { i.Trust.CAFile = oldCA }, "expired"},
		{"for another name", good, func(i *site.Instance) { i.Trust = site.Trust{CAFile: ca, ServerName: "sql12.litwareinc.com"} }, "server_name"},
	} {
		for _, mode := range []site.Encrypt{site.EncryptLogin, site.EncryptFull} {
			conf := &tls.Config{Certificates: []tls.Certificate{c.cert}, MinVersion: tls.VersionTLS12}
			err := reach(t, conf, tds.EncryptLogin, func(i *site.Instance) {
				i.Encrypt = mode
				if c.change != nil {
					c.change(i)
				}
			})
			require.True(t, fault.Is(err, fault.Certificate), "%s: %v", c.what, err)
			require.Contains(t, err.Error(), c.says)
		}
	}
}

func TestTrustInAnyCertificateIsTheOperatorsChoice(t *testing.T) {
	old, _ := issued(t, yesterday())
	c := &tls.Config{Certificates: []tls.Certificate{old}, MinVersion: tls.VersionTLS12}
	require.NoError(t, reach(t, c, tds.EncryptLogin, func(i *site.Instance) { i.Encrypt, i.Trust.Any = site.EncryptFull, true }))
}

func TestAServerThatOnlySpeaksTLS10IsNamedAsSuch(t *testing.T) {
	cert, ca := issued(t, tomorrow())
	c := faults.OnlyTLS10(&tls.Config{Certificates: []tls.Certificate{cert}})
	change := func(i *site.Instance) { i.Encrypt, i.Trust.CAFile = site.EncryptFull, ca }
	err := reach(t, c, tds.EncryptLogin, change)
	require.True(t, fault.Is(err, fault.Unreachable), err)
	require.Contains(t, err.Error(), "tlsmin")

	require.NoError(t, reach(t, c, tds.EncryptLogin, func(i *site.Instance) {
		change(i)
		i.TLSMin = "1.0"
	}))
}

func TestAServerWithoutTLSIsRefusedUnlessEncryptionIsOff(t *testing.T) {
	for _, mode := range []site.Encrypt{site.EncryptLogin, site.EncryptFull} {
		err := reach(t, nil, tds.EncryptOff, func(i *site.Instance) { i.Encrypt = mode })
		require.True(t, fault.Is(err, fault.Unreachable), err)
		require.Contains(t, err.Error(), "encrypt: off")
		require.Equal(t, fault.NotUnderstood, fault.ReachOf(err), "it answers, so it lives")
	}
	require.NoError(t, reach(t, nil, tds.EncryptOff, func(i *site.Instance) { i.Encrypt = site.EncryptOff }))
}

// stripper stands between the console and a server and tells both that the
// other has no encryption. It keeps what the console sends.
type stripper struct {
	listener net.Listener
	ways     sync.WaitGroup

	mu   sync.Mutex
	sent []byte
}

// stripTo starts one in front of an address; answer is what it tells the
// console about encryption.
func stripTo(t *testing.T, to string, answer byte) *stripper {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &stripper{listener: l}
	s.ways.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			s.ways.Go(func() { s.between(client, to, answer) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.ways.Wait()
	})
	return s
}

func (s *stripper) between(client net.Conn, to string, answer byte) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	const none = 2
	if strip(server, client, none) != nil || strip(client, server, answer) != nil {
		return
	}
	s.ways.Go(func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	})
	_, _ = io.Copy(io.MultiWriter(server, s), client)
}

// Write keeps what goes by.
func (s *stripper) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, b...)
	return len(b), nil
}

// heard is what the console sent after the pre-login.
func (s *stripper) heard() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.sent)
}

// strip passes one pre-login packet on with another word on encryption.
func strip(to io.Writer, from io.Reader, encryption byte) error {
	head := make([]byte, 8)
	if _, err := io.ReadFull(from, head); err != nil {
		return err
	}
	body := make([]byte, int(binary.BigEndian.Uint16(head[2:]))-len(head))
	if _, err := io.ReadFull(from, body); err != nil {
		return err
	}
	for at := 0; body[at] != 0xff; at += 5 {
		if body[at] == 1 {
			body[binary.BigEndian.Uint16(body[at+1:])] = encryption
		}
	}
	_, err := to.Write(append(head, body...))
	return err
}

func TestSomebodyBetweenWhoTakesTheEncryptionAwayGetsNoLogin(t *testing.T) {
	cert, ca := issued(t, tomorrow())
	c := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	for _, mode := range []site.Encrypt{site.EncryptLogin, site.EncryptFull, site.EncryptOff} {
		for _, answer := range []byte{0, 1, 2, 3} {
			e := newEstate(t, nil)
			r := e.listen(secondary, encrypted(c, tds.EncryptLogin))
			s := stripTo(t, r.Addr().String(), answer)
			password := e.world.Instance(secondary).Password("sa")
			server := e.dial(r, secondary, "sa", password, func(i *site.Instance) {
				i.Port = s.listener.Addr().(*net.TCPAddr).Port
				i.Encrypt, i.Trust.CAFile = mode, ca
			})
			_, err := server.Facts(t.Context())
			if mode == site.EncryptOff && answer == 2 {
				require.NoError(t, err, "who asks for no encryption gets none")
				continue
			}
			require.Error(t, err, "%s, told %d", mode, answer)
			require.True(t, fault.ReachOf(err).Landed(), "%v", err)
			require.NotContains(t, string(s.heard()), "s\x00a\x00", "%s, told %d: the login went out", mode, answer)
			if heard := s.heard(); len(heard) > 0 {
				require.NotEqual(t, byte(0x10), heard[0], "%s, told %d", mode, answer)
			}
			if answer == 2 {
				require.Empty(t, s.heard(), "%s", mode)
			}
		}
	}
}

func TestALoginOfSeveralPacketsMayEndInTheClear(t *testing.T) {
	var wire bytes.Buffer
	s := &sealed{Conn: written{to: &wire}}
	_, err := s.Write([]byte{packetLogin, 1})
	require.ErrorIs(t, err, errInClear)
	require.Zero(t, wire.Len())
	for _, packet := range [][]byte{{0x12, 1}, {0x16, 3}, {recordContent, 3}, {packetLogin, 1}, {1, 1}, {}} {
		_, err := s.Write(packet)
		require.NoError(t, err)
	}
	require.Equal(t, []byte{0x12, 1, 0x16, 3, recordContent, 3, packetLogin, 1, 1, 1}, wire.Bytes())
}

// written is a connection that only keeps what is written.
type written struct {
	net.Conn
	to io.Writer
}

// Write is part of net.Conn.
func (w written) Write(b []byte) (int, error) { return w.to.Write(b) }
