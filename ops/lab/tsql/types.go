package tsql

import "strings"

// typ is the type of an expression, a variable or a column.
type typ struct {
	kind  Kind
	size  int  // characters, bytes or precision; 0 is max
	scale int  // Numeric
	exact bool // a collation that tells upper case from lower case
	null  bool // the type of the literal NULL, which takes any other
	base  string
}

// maxChars is the longest nvarchar that is not nvarchar(max).
const maxChars = 4000

// baseTypes maps the names of types to what the lab holds them as.
var baseTypes = map[string]typ{
	"int": {kind: Int}, "integer": {kind: Int}, "bigint": {kind: BigInt}, "smallint": {kind: SmallInt},
	"tinyint": {kind: TinyInt}, "bit": {kind: Bit}, "float": {kind: Float}, "real": {kind: Real},
	"decimal": {kind: Numeric, size: 18}, "numeric": {kind: Numeric, size: 18}, "dec": {kind: Numeric, size: 18},
	"money": {kind: Numeric, size: 19, scale: 4}, "smallmoney": {kind: Numeric, size: 10, scale: 4},
	"datetime": {kind: DateTime}, "smalldatetime": {kind: DateTime}, "datetime2": {kind: DateTime},
	"datetimeoffset": {kind: DateTime}, "date": {kind: DateTime}, "time": {kind: DateTime},
	"uniqueidentifier": {kind: UniqueIdentifier},
	"varbinary":        {kind: VarBinary}, "binary": {kind: VarBinary}, "image": {kind: VarBinary},
	"nvarchar": {kind: NVarChar}, "varchar": {kind: NVarChar}, "nchar": {kind: NVarChar}, "char": {kind: NVarChar},
	"ntext": {kind: NVarChar}, "text": {kind: NVarChar}, "xml": {kind: NVarChar},
	"sysname": {kind: NVarChar, size: maxIdentifier}, "sql_variant": {kind: NVarChar, size: maxChars},
}

// sized tells for which base types a length in parentheses is a size in
// characters or bytes, with the length they have without one.
var sized = map[string]bool{"nvarchar": true, "varchar": true, "nchar": true, "char": true, "varbinary": true, "binary": true}

var kindNames = [...]string{
	NVarChar: "nvarchar", Int: "int", BigInt: "bigint", SmallInt: "smallint", TinyInt: "tinyint", Bit: "bit",
	DateTime: "datetime", Numeric: "numeric", UniqueIdentifier: "uniqueidentifier", VarBinary: "varbinary",
	Real: "real", Float: "float",
}

// String is the T-SQL name of the kind.
func (k Kind) String() string { return kindNames[k] }

// precedence orders kinds: the higher decides what two operands become.
var precedence = [...]int{
	VarBinary: 0, NVarChar: 1, UniqueIdentifier: 2, Bit: 3, TinyInt: 4, SmallInt: 5, Int: 6, BigInt: 7,
	Numeric: 8, Real: 9, Float: 10, DateTime: 11,
}

func (k Kind) integer() bool { return k == Int || k == BigInt || k == SmallInt || k == TinyInt }

func (k Kind) number() bool {
	return k.integer() || k == Bit || k == Numeric || k == Real || k == Float
}

// promote gives the type of an expression that may be either a or b.
func promote(a, b typ) typ {
	switch {
	case a.null:
		return b
	case b.null:
		return a
	case precedence[a.kind] < precedence[b.kind]:
		a, b = b, a
	case a.kind == b.kind:
		if a.size == 0 || b.size == 0 {
			a.size = 0
		}
		if a.kind == Numeric {
			whole := max(a.size-a.scale, b.size-b.scale)
			a.scale = max(a.scale, b.scale)
			a.size = min(whole+a.scale, maxPrecision)
			return a
		}
		if a.size != 0 {
			a.size = max(a.size, b.size)
		}
	}
	a.exact = a.exact || b.exact
	a.base = ""
	return a
}

// column describes a result column of this type.
func (t typ) column(name string) Column {
	if t.null {
		return Column{Name: name, Kind: Int}
	}
	return Column{Name: name, Kind: t.kind, Size: t.size, Scale: t.scale}
}

// typeOf is the type of a column as a host describes it.
func typeOf(c Column) typ { return typ{kind: c.Kind, size: c.Size, scale: c.Scale} }

// text is the type of a string of at most n characters.
func text(n int) typ {
	if n > maxChars {
		n = 0
	}
	return typ{kind: NVarChar, size: n}
}

// fixed reports whether values of the type are padded to its size.
func (t typ) fixed() bool {
	return strings.HasSuffix(t.base, "char") && !strings.Contains(t.base, "var")
}
