package tds

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Types of packets.
const (
	packetBatch       = 0x01
	packetRPC         = 0x03
	packetReply       = 0x04
	packetAttention   = 0x06
	packetTransaction = 0x0E
	packetLogin       = 0x10
	packetSSPI        = 0x11
	packetPrelogin    = 0x12
)

// fromClients are the types that a client may send.
var fromClients = map[byte]bool{
	packetBatch: true, packetRPC: true, packetAttention: true, packetTransaction: true,
	packetLogin: true, packetSSPI: true, packetPrelogin: true,
}

// Bits of a packet's status.
const (
	statusLast      = 0x01
	statusIgnore    = 0x02
	statusReset     = 0x08
	statusResetKeep = 0x10
)

const (
	headerSize        = 8
	defaultPacketSize = 4096
	minPacketSize     = 512
	maxPacketSize     = 32767
)

// Bounds on what a client may send: before it has logged in, and after.
const (
	maxLoginMessage = 1 << 16
	maxMessage      = 4 << 20
)

var errTooLong = errors.New("the message is too long")

// message is what a client has sent: one or more packets of one type.
type message struct {
	kind   byte
	status byte // of the first packet, and statusIgnore of the last
	body   []byte
}

// readMessage reads packets up to the last of a message.
func readMessage(r io.Reader, limit int) (message, error) {
	var m message
	var header [headerSize]byte
	for first := true; ; first = false {
		if _, err := io.ReadFull(r, header[:]); err != nil {
			return m, err
		}
		size := int(binary.BigEndian.Uint16(header[2:])) - headerSize
		switch {
		case !fromClients[header[0]]:
			return m, fmt.Errorf("a packet of the unknown type %#x", header[0])
		case size < 0 || size > maxPacketSize:
			return m, fmt.Errorf("a packet of %d bytes", size+headerSize)
		case len(m.body)+size > limit:
			return m, errTooLong
		case !first && header[0] != m.kind:
			return m, fmt.Errorf("a packet of type %#x inside a message of type %#x", header[0], m.kind)
		}
		if first {
			m.kind, m.status = header[0], header[1]
		}
		at := len(m.body)
		m.body = append(m.body, make([]byte, size)...)
		if _, err := io.ReadFull(r, m.body[at:]); err != nil {
			return m, err
		}
		if header[1]&statusLast != 0 {
			m.status |= header[1] & statusIgnore
			return m, nil
		}
	}
}

// packetWriter cuts what is written into packets of one message. The last
// packet is held back until the message ends.
type packetWriter struct {
	w    io.Writer
	kind byte
	size int
	spid uint16
	id   byte
	buf  []byte // the payload of the packet being filled
	err  error  // the first; nothing is written after it
}

func newPacketWriter(w io.Writer, kind byte) *packetWriter {
	return &packetWriter{w: w, kind: kind, size: defaultPacketSize}
}

// Write adds to the message.
func (p *packetWriter) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 && p.err == nil {
		room := p.size - headerSize - len(p.buf)
		if room == 0 {
			p.send(0)
			continue
		}
		k := min(room, len(b))
		p.buf = append(p.buf, b[:k]...)
		b = b[k:]
	}
	return n, p.err
}

// flush sends what there is, so that the client sees it before the message ends.
func (p *packetWriter) flush() {
	if len(p.buf) > 0 {
		p.send(0)
	}
}

// end sends the last packet of the message.
func (p *packetWriter) end() error {
	p.send(statusLast)
	p.id = 0
	return p.err
}

func (p *packetWriter) send(status byte) {
	if p.err != nil {
		return
	}
	p.id++
	out := make([]byte, headerSize, headerSize+len(p.buf))
	out[0], out[1], out[6] = p.kind, status, p.id
	binary.BigEndian.PutUint16(out[2:], uint16(headerSize+len(p.buf)))
	binary.BigEndian.PutUint16(out[4:], p.spid)
	_, p.err = p.w.Write(append(out, p.buf...))
	p.buf = p.buf[:0]
}
