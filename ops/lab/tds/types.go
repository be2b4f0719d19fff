package tds

import (
	"encoding/binary"
	"math"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"pchatops/ops/lab/tsql"
)

// Data types on the wire that the server sends.
const (
	typeImage     = 0x22
	typeGUID      = 0x24
	typeIntN      = 0x26
	typeNText     = 0x63
	typeBitN      = 0x68
	typeNumericN  = 0x6C
	typeFloatN    = 0x6D
	typeDateTimeN = 0x6F
	typeVarBinary = 0xA5
	typeNVarChar  = 0xE7
)

const (
	maxChars     = 4000 // of an nvarchar that is not max
	maxBinary    = 8000
	maxPrecision = 38
)

// widths are the bytes of the kinds of a fixed size.
var widths = map[tsql.Kind]byte{
	tsql.Int: 4, tsql.BigInt: 8, tsql.SmallInt: 2, tsql.TinyInt: 1,
	tsql.Bit: 1, tsql.DateTime: 8, tsql.UniqueIdentifier: 16, tsql.Real: 4, tsql.Float: 8,
}

var wireTypes = map[tsql.Kind]byte{
	tsql.Int: typeIntN, tsql.BigInt: typeIntN, tsql.SmallInt: typeIntN, tsql.TinyInt: typeIntN,
	tsql.Bit: typeBitN, tsql.DateTime: typeDateTimeN, tsql.UniqueIdentifier: typeGUID,
	tsql.Real: typeFloatN, tsql.Float: typeFloatN,
}

// fitting widens a column to what its values need: a value is never cut.
func fitting(c tsql.Column, values func(yield func(any) bool)) tsql.Column {
	switch c.Kind {
	case tsql.Numeric:
		if c.Size == 0 {
			c.Size = maxPrecision
		}
	case tsql.VarBinary:
		if c.Size > maxBinary {
			c.Size = 0
		}
	case tsql.NVarChar:
		if c.Size > maxChars {
			c.Size = 0
		}
	default:
		return c
	}
	for v := range values {
		switch x := v.(type) {
		case string:
			if c.Kind == tsql.Numeric && len(strings.Trim(x, "-.")) > c.Size {
				c.Size = maxPrecision
			}
			if c.Kind == tsql.NVarChar && utf8.RuneCountInString(x) > c.Size {
				c.Size = 0
			}
		case []byte:
			if len(x) > c.Size {
				c.Size = 0
			}
		}
	}
	return c
}

// typeInfo describes the type of a column or output parameter.
func (e *encoder) typeInfo(c tsql.Column) {
	switch {
	case c.Kind == tsql.Numeric:
		e.raw([]byte{typeNumericN, numericWidth(c.Size), byte(c.Size), byte(c.Scale)})
	case c.Kind == tsql.NVarChar && c.Size == 0 && e.protocol < tds72:
		e.u8(typeNText)
		e.u32(math.MaxInt32)
		e.raw(collation)
		e.u16(0) // no table
	case c.Kind == tsql.NVarChar:
		e.u8(typeNVarChar)
		e.maxOr(2 * c.Size)
		e.raw(collation)
	case c.Kind == tsql.VarBinary && c.Size == 0 && e.protocol < tds72:
		e.u8(typeImage)
		e.u32(math.MaxInt32)
		e.u16(0)
	case c.Kind == tsql.VarBinary:
		e.u8(typeVarBinary)
		e.maxOr(c.Size)
	default:
		e.raw([]byte{wireTypes[c.Kind], widths[c.Kind]})
	}
}

// maxOr writes the size of a variable type; 0 is max.
func (e *encoder) maxOr(size int) {
	if size == 0 {
		size = math.MaxUint16
	}
	e.u16(uint16(size))
}

// numericWidth is the bytes that a numeric of a precision takes.
func numericWidth(precision int) byte {
	switch {
	case precision <= 9:
		return 5
	case precision <= 19:
		return 9
	case precision <= 28:
		return 13
	}
	return 17
}

// value writes a value of a column. One that is not of the column's Go type
// is written as NULL.
func (e *encoder) value(c tsql.Column, v any) {
	switch c.Kind {
	case tsql.NVarChar:
		if s, ok := v.(string); ok {
			e.variable(c.Size, toUTF16(s))
			return
		}
		e.variable(c.Size, nil)
	case tsql.VarBinary:
		b, ok := v.([]byte)
		if ok && b == nil {
			b = []byte{}
		}
		e.variable(c.Size, b)
	case tsql.Numeric:
		if s, ok := v.(string); ok {
			e.fixed(numericBytes(s, c))
			return
		}
		e.u8(0)
	case tsql.DateTime:
		if t, ok := v.(time.Time); ok {
			e.fixed(dateTimeBytes(t))
			return
		}
		e.u8(0)
	case tsql.UniqueIdentifier:
		if g, ok := v.([16]byte); ok {
			e.fixed(swapGUID(g))
			return
		}
		e.u8(0)
	default:
		e.fixed(numberBytes(c.Kind, v))
	}
}

// fixed writes a value with its length in one byte; none is NULL.
func (e *encoder) fixed(b []byte) {
	e.u8(byte(len(b)))
	e.raw(b)
}

// variable writes a string or binary value; nil is NULL.
func (e *encoder) variable(size int, b []byte) {
	switch {
	case size > 0 && b == nil:
		e.u16(math.MaxUint16)
	case size > 0:
		e.u16(uint16(len(b)))
		e.raw(b)
	case e.protocol < tds72 && b == nil:
		e.u8(0)
	case e.protocol < tds72:
		e.u8(16) // a pointer and a time stamp that nobody follows
		e.raw(make([]byte, 16+8))
		e.u32(uint32(len(b)))
		e.raw(b)
	case b == nil:
		e.u64(math.MaxUint64)
	default:
		e.u64(uint64(len(b)))
		if len(b) > 0 {
			e.u32(uint32(len(b)))
			e.raw(b)
		}
		e.u32(0)
	}
}

// numberBytes is a number in the width of its kind.
func numberBytes(kind tsql.Kind, v any) []byte {
	var n uint64
	switch x := v.(type) {
	case int64:
		n = uint64(x)
	case bool:
		if x {
			n = 1
		}
	case float64:
		n = math.Float64bits(x)
		if kind == tsql.Real {
			n = uint64(math.Float32bits(float32(x)))
		}
	default:
		return nil
	}
	return binary.LittleEndian.AppendUint64(nil, n)[:widths[kind]]
}

// numericBytes is a sign and a magnitude.
func numericBytes(s string, c tsql.Column) []byte {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction += strings.Repeat("0", max(c.Scale-len(fraction), 0))
	n, ok := new(big.Int).SetString(whole+fraction[:c.Scale], 10)
	if !ok {
		return nil
	}
	b := make([]byte, numericWidth(c.Size)-1)
	if n.BitLen() > 8*len(b) {
		return nil
	}
	n.FillBytes(b)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	sign := byte(1)
	if negative {
		sign = 0
	}
	return append([]byte{sign}, b...)
}

// day0 is where a datetime counts its days from.
var day0 = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// dateTimeBytes are days, and the 1/300 seconds of the day.
func dateTimeBytes(t time.Time) []byte {
	t = tsql.Tick(t)
	midnight := t.Truncate(24 * time.Hour)
	days := int32((midnight.Unix() - day0.Unix()) / 86400)
	ticks := uint32((t.Sub(midnight)*300 + time.Second/2) / time.Second)
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(days)), ticks)
}

// swapGUID turns the printed order into the order on the wire, and back.
func swapGUID(g [16]byte) []byte {
	g[0], g[1], g[2], g[3] = g[3], g[2], g[1], g[0]
	g[4], g[5], g[6], g[7] = g[5], g[4], g[7], g[6]
	return g[:]
}
