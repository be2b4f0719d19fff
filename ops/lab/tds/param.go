package tds

import (
	"fmt"
	"math"

	"pchatops/ops/lab/tsql"
)

// paramType is the type of a parameter as the client describes it.
type paramType struct {
	code   byte
	kind   tsql.Kind
	length int // bytes of a value, or the longest
	scale  int
	long   bool // the value comes in chunks
	wide   bool // UTF-16
}

// fixedTypes are the types without a length: their kind and width.
var fixedTypes = map[byte]paramType{
	0x1F: {kind: tsql.NVarChar},
	0x30: {kind: tsql.TinyInt, length: 1}, 0x32: {kind: tsql.Bit, length: 1}, 0x34: {kind: tsql.SmallInt, length: 2},
	0x38: {kind: tsql.Int, length: 4}, 0x7F: {kind: tsql.BigInt, length: 8}, 0x3B: {kind: tsql.Real, length: 4},
	0x3E: {kind: tsql.Float, length: 8}, 0x3A: {kind: tsql.DateTime, length: 4}, 0x3D: {kind: tsql.DateTime, length: 8},
	0x3C: {kind: tsql.Numeric, length: 8, scale: 4}, 0x7A: {kind: tsql.Numeric, length: 4, scale: 4},
}

// Types with a length, beside those that the server itself sends.
const (
	typeDecimalN = 0x6A
	typeMoneyN   = 0x6E
	typeDate     = 0x28
	typeTime     = 0x29
	typeDateTm2  = 0x2A
	typeOffset   = 0x2B
	typeVarChar  = 0xA7
	typeBinary   = 0xAD
	typeChar     = 0xAF
	typeNChar    = 0xEF
	typeText     = 0x23
	typeXML      = 0xF1
)

// notTaken are types of a real server that the lab takes no parameters of.
var notTaken = map[byte]string{0x62: "sql_variant", 0xF0: "UDT", 0xF3: "table", 0xF4: "json", 0xF5: "vector"}

// paramType decodes a type.
func (c *cursor) paramType() paramType {
	code := c.u8()
	if t, ok := fixedTypes[code]; ok {
		t.code = code
		return t
	}
	t := paramType{code: code}
	switch code {
	case typeIntN, typeBitN, typeFloatN, typeMoneyN, typeDateTimeN, typeGUID:
		t.length = int(c.u8())
		t.kind = c.sizedKind(code, t.length)
		if code == typeMoneyN {
			t.scale = 4
		}
	case typeNumericN, typeDecimalN:
		t.kind, t.length = tsql.Numeric, int(c.u8())
		c.u8()
		t.scale = int(c.u8())
	case typeDate:
		t.kind = tsql.DateTime
	case typeTime, typeDateTm2, typeOffset:
		t.kind, t.scale = tsql.DateTime, int(c.u8())
	case typeNVarChar, typeNChar, typeVarChar, typeChar:
		t.wide = code == typeNVarChar || code == typeNChar
		t.length = int(c.u16())
		t.long = t.length == math.MaxUint16
		c.bytes(len(collation))
	case typeVarBinary, typeBinary:
		t.kind, t.length = tsql.VarBinary, int(c.u16())
		t.long = t.length == math.MaxUint16
	case typeNText, typeText:
		t.wide = code == typeNText
		t.length = int(c.u32())
		c.bytes(len(collation))
	case typeImage:
		t.kind, t.length = tsql.VarBinary, int(c.u32())
	case typeXML:
		t.wide, t.long = true, true
		if c.u8() != 0 {
			c.fail(fmt.Errorf("an XML schema"))
		}
	default:
		if name := notTaken[code]; name != "" {
			c.fail(tsql.Unplayed("A parameter of the type " + name))
			break
		}
		c.fail(fmt.Errorf("the data type %#x is unknown", code))
	}
	return t
}

// sizedKind is the kind of a type whose width tells which it is.
func (c *cursor) sizedKind(code byte, length int) tsql.Kind {
	kinds := map[[2]int]tsql.Kind{
		{typeIntN, 1}: tsql.TinyInt, {typeIntN, 2}: tsql.SmallInt, {typeIntN, 4}: tsql.Int, {typeIntN, 8}: tsql.BigInt,
		{typeBitN, 1}: tsql.Bit, {typeFloatN, 4}: tsql.Real, {typeFloatN, 8}: tsql.Float,
		{typeMoneyN, 4}: tsql.Numeric, {typeMoneyN, 8}: tsql.Numeric,
		{typeDateTimeN, 4}: tsql.DateTime, {typeDateTimeN, 8}: tsql.DateTime, {typeGUID, 16}: tsql.UniqueIdentifier,
	}
	kind, ok := kinds[[2]int{int(code), length}]
	if !ok {
		c.fail(fmt.Errorf("the data type %#x of %d bytes is unknown", code, length))
	}
	return kind
}
