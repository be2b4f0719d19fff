package tsql

import (
	"bytes"
	"math"
	"math/big"
	"unicode/utf8"
)

// arithmetic applies + - * / % to two values.
func arithmetic(op string, a, b value) (value, *Error) {
	t := promote(a.typ, b.typ)
	if t.kind == NVarChar || t.kind == VarBinary || t.null && op == "+" && a.kind == NVarChar {
		return concatenate(op, a, b, t)
	}
	if t.kind == DateTime {
		return shift(op, a, b)
	}
	if !t.kind.number() {
		return value{}, refuse(8117, "Operand data type %s is invalid for %s operator.", t.kind, operation[op])
	}
	if t.kind == Bit || t.null {
		t = typ{kind: Int}
	}
	if t.kind == Numeric {
		return exactly(op, a, b)
	}
	if a.v == nil || b.v == nil {
		return value{typ: t}, nil
	}
	a, err := convert(a, t)
	if err != nil {
		return value{}, err
	}
	if b, err = convert(b, t); err != nil {
		return value{}, err
	}
	if t.kind.integer() {
		return wholly(op, a, b, t)
	}
	return floating(op, a, b, t)
}

var operation = map[string]string{"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}

func divideByZero() *Error { return refuse(8134, "Divide by zero error encountered.") }

func concatenate(op string, a, b value, t typ) (value, *Error) {
	if op != "+" {
		return value{}, refuse(8117, "Operand data type %s is invalid for %s operator.", t.kind, operation[op])
	}
	size := a.size + b.size
	if a.size == 0 && !a.null || b.size == 0 && !b.null {
		size = 0
	}
	out := value{typ: typ{kind: t.kind, size: size, exact: a.exact || b.exact}}
	if t.kind == NVarChar && size > maxChars {
		out.size = maxChars
	}
	if a.v == nil || b.v == nil {
		return out, nil
	}
	if t.kind == VarBinary {
		out.v = append(bytes.Clone(a.v.([]byte)), toBinary(b, typ{})...)
		return out, nil
	}
	joined := a.String() + b.String()
	if len(joined) > maxText {
		return value{}, tooBig()
	}
	if out.size != 0 && utf8.RuneCountInString(joined) > out.size {
		joined = clip(joined, out.size)
	}
	out.v = joined
	return out, nil
}

// shift adds days to a datetime, or takes them away.
func shift(op string, a, b value) (value, *Error) {
	t := typ{kind: DateTime}
	if op != "+" && op != "-" {
		return value{}, refuse(402, "The data types %s and %s are incompatible in the %s operator.", a.kind, b.kind, operation[op])
	}
	if a.v == nil || b.v == nil {
		return value{typ: t}, nil
	}
	x, err := toFloat(a, Float)
	if a.kind == NVarChar || err != nil {
		return value{}, clash(a.kind, b.kind)
	}
	y, err := toFloat(b, Float)
	if b.kind == NVarChar || err != nil {
		return value{}, clash(a.kind, b.kind)
	}
	d := y.(float64)
	if op == "-" {
		d = -d
	}
	return convert(value{typ{kind: Float}, x.(float64) + d}, t)
}

func wholly(op string, a, b value, t typ) (value, *Error) {
	x, y := big.NewInt(a.v.(int64)), big.NewInt(b.v.(int64))
	if (op == "/" || op == "%") && y.Sign() == 0 {
		return value{}, divideByZero()
	}
	n := new(big.Int)
	switch op {
	case "+":
		n.Add(x, y)
	case "-":
		n.Sub(x, y)
	case "*":
		n.Mul(x, y)
	case "/":
		n.Quo(x, y)
	case "%":
		n.Rem(x, y)
	}
	if limits := integerRange[t.kind]; !n.IsInt64() || n.Int64() < limits[0] || n.Int64() > limits[1] {
		return value{}, overflow(t.kind)
	}
	return value{t, n.Int64()}, nil
}

func floating(op string, a, b value, t typ) (value, *Error) {
	x, y := a.float(), b.float()
	var f float64
	switch op {
	case "+":
		f = x + y
	case "-":
		f = x - y
	case "*":
		f = x * y
	case "/":
		if y == 0 {
			return value{}, divideByZero()
		}
		f = x / y
	default:
		return value{}, refuse(402, "The data types float and float are incompatible in the modulo operator.")
	}
	if math.IsInf(f, 0) {
		return value{}, overflow(t.kind)
	}
	return value{t, f}, nil
}

// exactly computes with numerics; the scale of the result follows the operator.
func exactly(op string, a, b value) (value, *Error) {
	t := typ{kind: Numeric, size: maxPrecision, scale: max(a.scale, b.scale)}
	switch op {
	case "*":
		t.scale = min(a.scale+b.scale, 12)
	case "/":
		t.scale = max(6, a.scale)
	}
	if a.v == nil || b.v == nil {
		return value{typ: t}, nil
	}
	wide := typ{kind: Numeric, size: maxPrecision, scale: max(a.scale, b.scale)}
	a, err := convert(a, wide)
	if err != nil {
		return value{}, err
	}
	if b, err = convert(b, wide); err != nil {
		return value{}, err
	}
	x, y, r := a.rat(), b.rat(), new(big.Rat)
	if (op == "/" || op == "%") && y.Sign() == 0 {
		return value{}, divideByZero()
	}
	switch op {
	case "+":
		r.Add(x, y)
	case "-":
		r.Sub(x, y)
	case "*":
		r.Mul(x, y)
	case "/":
		r.Quo(x, y)
	case "%":
		q := new(big.Rat).Quo(x, y)
		whole := new(big.Rat).SetInt(new(big.Int).Quo(q.Num(), q.Denom()))
		r.Sub(x, whole.Mul(whole, y))
	}
	return convert(value{t, r.FloatString(t.scale)}, t)
}
