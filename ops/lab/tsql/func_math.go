package tsql

import (
	"math"
	"math/big"
)

// mathFunctions are the functions on numbers.
var mathFunctions = map[string]builtin{
	"ABS": {least: 1, most: 1, result: numeric, run: func(_ *env, a []value) (any, *Error) {
		if a[0].float() < 0 {
			v, err := (&unary{"-", &literal{a[0]}}).eval(nil)
			return v.v, err
		}
		return plain(a[0])
	}},
	"SIGN": {least: 1, most: 1, result: gives(typ{kind: Int}), run: func(_ *env, a []value) (any, *Error) {
		return int64(a[0].rat().Sign()), nil
	}},
	"CEILING": {least: 1, most: 1, result: whole, run: rounding(math.Ceil, 1)},
	"FLOOR":   {least: 1, most: 1, result: whole, run: rounding(math.Floor, -1)},
	"ROUND":   {least: 2, most: 3, result: numeric, run: round},
	"POWER": {least: 2, most: 2, result: numeric, run: func(_ *env, a []value) (any, *Error) {
		v, err := convert(value{typ{kind: Float}, math.Pow(a[0].float(), a[1].float())}, numeric(a))
		return v.v, err
	}},
	"SQRT": {least: 1, most: 1, result: gives(typ{kind: Float}), run: func(_ *env, a []value) (any, *Error) {
		if a[0].float() < 0 {
			return nil, refuse(3623, "An invalid floating point operation occurred.")
		}
		return math.Sqrt(a[0].float()), nil
	}},
	"ISNUMERIC": {least: 1, most: 1, lenient: true, result: gives(typ{kind: Int}), run: func(_ *env, a []value) (any, *Error) {
		if a[0].v == nil {
			return int64(0), nil
		}
		if _, err := toFloat(a[0], Float); err != nil || a[0].kind == DateTime {
			return int64(0), nil
		}
		return int64(1), nil
	}},
}

// numeric is the type of a number, or float for what is only convertible to one.
func numeric(a []value) typ {
	if !a[0].kind.number() || a[0].kind == Bit {
		return typ{kind: Float}
	}
	t := a[0].typ
	t.null = false
	if t.kind == SmallInt || t.kind == TinyInt {
		t.kind = Int
	}
	return t
}

// whole is numeric without digits after the point.
func whole(a []value) typ {
	t := numeric(a)
	t.scale = 0
	return t
}

func plain(v value) (any, *Error) {
	out, err := convert(v, numeric([]value{v}))
	return out.v, err
}

// rounding rounds up or down to a whole number.
func rounding(f func(float64) float64, sign int) func(*env, []value) (any, *Error) {
	return func(_ *env, a []value) (any, *Error) {
		if a[0].kind != Numeric {
			v, err := plain(a[0])
			if x, ok := v.(float64); ok {
				return f(x), err
			}
			return v, err
		}
		r := a[0].rat()
		n := new(big.Int).Quo(r.Num(), r.Denom())
		if !r.IsInt() && r.Sign() == sign {
			n.Add(n, big.NewInt(int64(sign)))
		}
		return n.String(), nil
	}
}

func round(_ *env, a []value) (any, *Error) {
	digits := argument(a, 1, 0)
	if digits > 15 || digits < -30 {
		return plain(a[0])
	}
	r := a[0].rat()
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(digits, -digits))), nil))
	if digits < 0 {
		ten.Inv(ten)
	}
	scaled := new(big.Rat).Mul(r, ten)
	rounded, _ := new(big.Rat).SetString(scaled.FloatString(0))
	if argument(a, 2, 0) != 0 {
		rounded.SetInt(new(big.Int).Quo(scaled.Num(), scaled.Denom()))
	}
	rounded.Quo(rounded, ten)
	v, err := convert(value{typ{kind: Numeric}, rounded.FloatString(max(digits, 0))}, numeric(a))
	return v.v, err
}
