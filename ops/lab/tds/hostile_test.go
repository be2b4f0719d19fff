package tds

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMalformedInputClosesTheConnection(t *testing.T) {
	_, address := start(t, nil)
	hugeParam := append(allHeaders(), 0xFF, 0xFF, 10, 0, 0, 0, 0, 0, 0x07) // a type that does not exist
	for name, bytes := range map[string][]byte{
		"no protocol at all":      []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"a packet without length": {packetPrelogin, statusLast, 0, 0, 0, 0, 0, 0},
		"a cut pre-login":         {packetPrelogin, statusLast, 0, 10, 0, 0, 0, 0, 1, 0},
		"a login without fields":  {packetLogin, statusLast, 0, 12, 0, 0, 0, 0, 1, 2, 3, 4},
		"a batch before login":    {packetBatch, statusLast, 0, 9, 0, 0, 0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			nc, err := net.Dial("tcp", address)
			require.NoError(t, err)
			defer func() { _ = nc.Close() }()
			_, err = nc.Write(bytes)
			require.NoError(t, err)
			requireClosed(t, nc)
		})
	}
	for name, send := range map[string]func(*rawClient){
		"a call of an unknown type":  func(c *rawClient) { c.send(packetRPC, hugeParam) },
		"headers longer than all":    func(c *rawClient) { c.send(packetBatch, []byte{255, 255, 0, 0}) },
		"an unknown kind of request": func(c *rawClient) { c.send(0x55, []byte{1}) },
		"a request that never ends": func(c *rawClient) {
			part := make([]byte, 32000)
			for sent := 0; sent <= maxMessage; sent += len(part) {
				header := []byte{packetBatch, 0, 0, 0, 0, 0, 1, 0}
				binary.BigEndian.PutUint16(header[2:], uint16(len(part)+headerSize))
				if _, err := c.nc.Write(append(header, part...)); err != nil {
					return // the server has had enough
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			send(c)
			requireClosed(t, c.nc)
		})
	}
}

func requireClosed(t *testing.T, nc net.Conn) {
	t.Helper()
	require.NoError(t, nc.SetDeadline(time.Now().Add(10*time.Second)))
	_, err := io.Copy(io.Discard, nc)
	var late net.Error
	if err != nil {
		require.ErrorAs(t, err, &late)
		require.False(t, late.Timeout(), "the server keeps the connection open")
	}
}

func TestAnAttentionWithNothingToCancelIsAcknowledged(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	c.send(packetAttention)
	c.until(tokenDone)
}

func TestALongReplyIsCutIntoPackets(t *testing.T) {
	var out bytes.Buffer
	w := newPacketWriter(&out, packetBatch)
	payload := bytes.Repeat([]byte("0123456789"), 1000)
	_, err := w.Write(payload)
	require.NoError(t, err)
	require.NoError(t, w.end())
	sizes := []int{}
	for b := out.Bytes(); len(b) > 0; {
		n := int(binary.BigEndian.Uint16(b[2:]))
		sizes = append(sizes, n)
		require.Equal(t, len(b) == n, b[1] == statusLast, "only the last packet says so")
		b = b[n:]
	}
	require.Equal(t, []int{4096, 4096, 10000 - 2*4088 + headerSize}, sizes)
	m, err := readMessage(&out, len(payload))
	require.NoError(t, err)
	require.Equal(t, payload, m.body)
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte{packetBatch, statusLast, 0, 9, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMessage(bytes.NewReader(b), maxLoginMessage)
		if err == nil {
			require.LessOrEqual(t, len(m.body), len(b))
		}
	})
}

func FuzzLogin(f *testing.F) {
	f.Add(loginRecord(tds74, "sa", "secret"))
	f.Add(loginRecord(tds71, "", ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := parseLogin(b); err == nil {
			require.LessOrEqual(t, len(l.User), 3*len(b))
		}
		_, _ = preloginEncryption(b)
	})
}

func FuzzCalls(f *testing.F) {
	f.Add(append(allHeaders(), 0xFF, 0xFF, 10, 0, 0, 0, 0, 0, typeIntN, 4, 4, 1, 0, 0, 0))
	f.Add(append(allHeaders(), 0xFF, 0xFF, 10, 0, 0, 0, 0, 0, typeNVarChar, 255, 255, 9, 4, 208, 0, 52, 254, 255, 255, 255, 255, 255, 255, 255))
	f.Add(append(allHeaders(), 0xFF, 0xFF, 10, 0, 0, 0, 0, 0, typeOffset, 7, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
	f.Add(append(allHeaders(), 0xFF, 0xFF, 10, 0, 0, 0, 0, 0, typeNumericN, 17, 38, 10, 5, 1, 2, 3, 4, 5))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, protocol := range []uint32{tds71, tds74} {
			calls, err := parseCalls(b, protocol)
			if err == nil {
				require.NotEmpty(t, calls)
			}
		}
	})
}
