package tds

import (
	"math"
	"strings"
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
