package tds

import (
	"encoding/binary"
	"strconv"

	"pchatops/ops/lab/tsql"
)

// Tokens of a reply.
const (
	tokenReturnStatus = 0x79
	tokenMetadata     = 0x81
	tokenError        = 0xAA
	tokenInfo         = 0xAB
	tokenReturnValue  = 0xAC
	tokenLoginAck     = 0xAD
	tokenRow          = 0xD1
	tokenEnvChange    = 0xE3
	tokenSSPI         = 0xED
	tokenDone         = 0xFD
	tokenDoneProc     = 0xFE
	tokenDoneInProc   = 0xFF
)

// Bits of a DONE token's status.
const (
	doneMore      = 0x0001
	doneError     = 0x0002
	doneCount     = 0x0010
	doneAttention = 0x0020
	doneFatal     = 0x0100
)

// Kinds of ENVCHANGE.
const (
	envDatabase   = 1
	envLanguage   = 2
	envPacketSize = 4
	envCollation  = 7
	envBegin      = 8
	envCommit     = 9
	envRollback   = 10
	envPartner    = 13
	envReset      = 18
)

// collation is SQL_Latin1_General_CP1_CI_AS.
var collation = []byte{0x09, 0x04, 0xD0, 0x00, 0x34}

// maxMessageText bounds the text of an error, in characters.
const maxMessageText = 4000

// encoder builds tokens in the client's version of the protocol.
type encoder struct {
	b        []byte
	protocol uint32
}

func (e *encoder) u8(v byte)    { e.b = append(e.b, v) }
func (e *encoder) u16(v uint16) { e.b = binary.LittleEndian.AppendUint16(e.b, v) }
func (e *encoder) u32(v uint32) { e.b = binary.LittleEndian.AppendUint32(e.b, v) }
func (e *encoder) u64(v uint64) { e.b = binary.LittleEndian.AppendUint64(e.b, v) }
func (e *encoder) raw(b []byte) { e.b = append(e.b, b...) }

// shortText writes a string with its length in one byte.
func (e *encoder) shortText(s string) {
	u := toUTF16(s)
	u = u[:min(len(u), 2*255)]
	e.u8(byte(len(u) / 2))
	e.raw(u)
}

// longText writes a string with its length in two bytes.
func (e *encoder) longText(s string) {
	u := toUTF16(s)
	u = u[:min(len(u), 2*maxMessageText)]
	e.u16(uint16(len(u) / 2))
	e.raw(u)
}

// sized writes a token with its length before what body writes.
func (e *encoder) sized(token byte, body func(*encoder)) {
	inner := encoder{protocol: e.protocol}
	body(&inner)
	e.u8(token)
	e.u16(uint16(len(inner.b)))
	e.raw(inner.b)
}

// message writes an error or information.
func (e *encoder) message(err *tsql.Error, server string) {
	token := byte(tokenInfo)
	if err.Class > 10 {
		token = tokenError
	}
	e.sized(token, func(e *encoder) {
		e.u32(uint32(err.Number))
		e.u8(err.State)
		e.u8(err.Class)
		e.longText(err.Message)
		e.shortText(server)
		e.shortText(err.Proc)
		if e.protocol >= tds72 {
			e.u32(uint32(err.Line))
		} else {
			e.u16(uint16(err.Line))
		}
	})
}

// envText tells of a new value of a setting that is text.
func (e *encoder) envText(kind byte, now, before string) {
	e.sized(tokenEnvChange, func(e *encoder) {
		e.u8(kind)
		e.shortText(now)
		e.shortText(before)
	})
}

// envBytes tells of a new value of a setting that is bytes.
func (e *encoder) envBytes(kind byte, now, before []byte) {
	e.sized(tokenEnvChange, func(e *encoder) {
		e.u8(kind)
		for _, v := range [...][]byte{now, before} {
			e.u8(byte(len(v)))
			e.raw(v)
		}
	})
}

func (e *encoder) packetSize(now, before int) {
	e.envText(envPacketSize, strconv.Itoa(now), strconv.Itoa(before))
}

// loginAck accepts a login. The version of the protocol is in network order.
func (e *encoder) loginAck(s *Server) {
	major, minor, build := s.version()
	e.sized(tokenLoginAck, func(e *encoder) {
		e.u8(1) // T-SQL
		e.b = binary.BigEndian.AppendUint32(e.b, e.protocol)
		e.shortText("Microsoft SQL Server")
		e.raw([]byte{major, minor, byte(build >> 8), byte(build)})
	})
}

// done is a DONE token of any kind.
type done struct {
	token   byte
	status  uint16
	command uint16
	rows    uint64
}

func (e *encoder) done(d done) {
	e.u8(d.token)
	e.u16(d.status)
	e.u16(d.command)
	if e.protocol >= tds72 {
		e.u64(d.rows)
	} else {
		e.u32(uint32(d.rows))
	}
}
