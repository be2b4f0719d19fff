package tds

import (
	"bytes"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rawClient speaks the protocol by hand, for what no driver does.
type rawClient struct {
	t  *testing.T
	nc net.Conn
}

// dial logs in without encryption.
func dial(t *testing.T, address string) *rawClient {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = nc.Close() })
	require.NoError(t, nc.SetDeadline(time.Now().Add(10*time.Second)))
	c := &rawClient{t, nc}
	c.send(packetLogin, loginRecord(tds74, "sa", "Pa$$wörd"))
	c.until(tokenLoginAck)
	return c
}

func (c *rawClient) send(kind byte, parts ...[]byte) { c.sendStatus(kind, statusLast, parts...) }

func (c *rawClient) sendStatus(kind, status byte, parts ...[]byte) {
	c.t.Helper()
	body := bytes.Join(parts, nil)
	header := []byte{kind, status, 0, 0, 0, 0, 1, 0}
	binary.BigEndian.PutUint16(header[2:], uint16(len(body)+headerSize))
	_, err := c.nc.Write(append(header, body...))
	require.NoError(c.t, err)
}

// until reads packets until one has the token in front of one of its tokens.
func (c *rawClient) until(token byte) {
	c.t.Helper()
	for {
		var header [headerSize]byte
		_, err := c.nc.Read(header[:])
		require.NoError(c.t, err)
		body := make([]byte, int(binary.BigEndian.Uint16(header[2:]))-headerSize)
		_, err = c.nc.Read(body)
		require.NoError(c.t, err)
		if bytes.IndexByte(body, token) >= 0 {
			return
		}
	}
}

// allHeaders is the smallest ALL_HEADERS.
func allHeaders() []byte { return []byte{4, 0, 0, 0} }

// loginRecord makes a LOGIN7.
func loginRecord(protocol uint32, user, password string) []byte {
	b := make([]byte, loginHeader)
	binary.LittleEndian.PutUint32(b[4:], protocol)
	binary.LittleEndian.PutUint32(b[8:], defaultPacketSize)
	field := func(at int, s string, mask bool) {
		u := toUTF16(s)
		for i, x := range u {
			if mask {
				u[i] = (x>>4 | x<<4) ^ 0xA5
			}
		}
		binary.LittleEndian.PutUint16(b[at:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(len(u)/2))
		b = append(b, u...)
	}
	field(40, user, false)
	field(44, password, true)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return b
}
