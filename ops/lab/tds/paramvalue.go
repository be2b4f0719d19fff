package tds

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"pchatops/ops/lab/tsql"
)

// raw reads the bytes of a value; nil is NULL.
func (c *cursor) raw(t paramType) []byte {
	switch {
	case t.code == 0x1F:
		return nil
	case fixedTypes[t.code].length > 0:
		return c.bytes(t.length)
	case t.long:
		return c.chunks()
	case t.code == typeNText || t.code == typeText || t.code == typeImage:
		n := c.u32()
		if n == math.MaxUint32 {
			return nil
		}
		return c.bytes(int(n))
	case t.code == typeNVarChar || t.code == typeNChar || t.code == typeVarChar || t.code == typeChar ||
		t.code == typeVarBinary || t.code == typeBinary:
		n := c.u16()
		if n == math.MaxUint16 {
			return nil
		}
		return c.bytes(int(n))
	}
	n := int(c.u8())
	if n == 0 {
		return nil
	}
	return c.bytes(n)
}

// chunks reads a value of a max type.
func (c *cursor) chunks() []byte {
	if c.u64() == math.MaxUint64 {
		return nil
	}
	out := []byte{}
	for c.err == nil {
		n := c.u32()
		if n == 0 {
			break
		}
		out = append(out, c.bytes(int(n))...)
	}
	return out
}

// value reads a value as a Go value of the type's kind.
func (c *cursor) value(t paramType) any {
	b := c.raw(t)
	if b == nil || c.err != nil {
		return nil
	}
	v, ok := t.decode(b)
	if !ok {
		c.fail(fmt.Errorf("a value of %d bytes for the data type %#x", len(b), t.code))
	}
	return v
}

func (t paramType) decode(b []byte) (any, bool) {
	if width := int(widths[t.kind]); t.kind != tsql.DateTime && width > 0 && len(b) != width {
		return nil, false
	}
	switch t.kind {
	case tsql.NVarChar:
		if t.wide {
			return fromUTF16(b), true
		}
		s, err := charmap.Windows1252.NewDecoder().String(string(b))
		return s, err == nil
	case tsql.VarBinary:
		return b, true
	case tsql.Bit:
		return b[0] != 0, true
	case tsql.TinyInt:
		return int64(b[0]), true
	case tsql.SmallInt:
		return int64(int16(binary.LittleEndian.Uint16(b))), true
	case tsql.Int:
		return int64(int32(binary.LittleEndian.Uint32(b))), true
	case tsql.BigInt:
		return int64(binary.LittleEndian.Uint64(b)), true
	case tsql.Real:
		return finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	case tsql.Float:
		return finite(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case tsql.UniqueIdentifier:
		return tsql.SwapGUID([16]byte(b)), true
	case tsql.Numeric:
		return t.numeric(b)
	default:
		return t.time(b)
	}
}

func finite(f float64) (any, bool) { return f, !math.IsNaN(f) && !math.IsInf(f, 0) }

// numeric decodes decimals and money to digits with a point.
func (t paramType) numeric(b []byte) (any, bool) {
	n := new(big.Int)
	switch {
	case t.scale > maxPrecision:
		return nil, false
	case t.code == 0x7A || t.code == typeMoneyN && len(b) == 4:
		n.SetInt64(int64(int32(binary.LittleEndian.Uint32(b))))
	case t.code == 0x3C || t.code == typeMoneyN:
		if len(b) != 8 {
			return nil, false
		}
		// The high half comes first.
		n.SetInt64(int64(binary.LittleEndian.Uint32(b))<<32 | int64(binary.LittleEndian.Uint32(b[4:])))
	default:
		if len(b) < 2 || len(b) > 17 {
			return nil, false
		}
		magnitude := make([]byte, len(b)-1)
		for i, x := range b[1:] {
			magnitude[len(magnitude)-1-i] = x
		}
		n.SetBytes(magnitude)
		if b[0] == 0 {
			n.Neg(n)
		}
	}
	digits := fmt.Sprintf("%0*s", t.scale+1, new(big.Int).Abs(n).String())
	if t.scale > 0 {
		at := len(digits) - t.scale
		digits = digits[:at] + "." + digits[at:]
	}
	if n.Sign() < 0 {
		digits = "-" + digits
	}
	return strings.TrimSuffix(digits, "."), true
}

// time decodes the old and the new date types to what the wall clock says.
func (t paramType) time(b []byte) (any, bool) {
	switch {
	case t.code == 0x3A || t.code == typeDateTimeN && len(b) == 4:
		return day0.AddDate(0, 0, int(binary.LittleEndian.Uint16(b))).
			Add(time.Duration(binary.LittleEndian.Uint16(b[2:])) * time.Minute), true
	case t.code == 0x3D || t.code == typeDateTimeN:
		if len(b) != 8 {
			return nil, false
		}
		ticks := time.Duration(binary.LittleEndian.Uint32(b[4:]))
		return day0.AddDate(0, 0, int(int32(binary.LittleEndian.Uint32(b)))).Add(ticks * time.Second / 300), true
	}
	var offset time.Duration
	if t.code == typeOffset {
		if len(b) < 2 {
			return nil, false
		}
		offset = time.Duration(int16(binary.LittleEndian.Uint16(b[len(b)-2:]))) * time.Minute
		b = b[:len(b)-2]
	}
	at := day0
	if t.code != typeTime {
		if len(b) < 3 {
			return nil, false
		}
		d := b[len(b)-3:]
		at = time.Date(1, 1, 1+(int(d[0])|int(d[1])<<8|int(d[2])<<16), 0, 0, 0, 0, time.UTC)
		b = b[:len(b)-3]
	}
	if len(b) > 5 || t.scale > 7 {
		return nil, false
	}
	var fraction uint64
	for i, x := range b {
		fraction |= uint64(x) << (8 * i)
	}
	for i := t.scale; i < 9; i++ {
		fraction *= 10
	}
	return at.Add(time.Duration(fraction)).Add(offset), true
}
