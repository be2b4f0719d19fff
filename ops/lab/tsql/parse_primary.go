package tsql

import (
	"encoding/hex"
	"strconv"
	"strings"
)

func (p *parser) unary() operand {
	t := p.peek()
	if p.take("-", "+", "~") {
		defer p.deeper()()
		return operand{e: &unary{t.text, p.scalar(p.unary())}}
	}
	o := p.primary()
	for p.peek().is("COLLATE") {
		p.next()
		name := strings.ToUpper(p.name())
		exact := strings.Contains(name, "_BIN") || strings.Contains(name, "_CS")
		o = operand{e: &collate{p.scalar(o), exact}}
	}
	return o
}

func (p *parser) primary() operand {
	t := p.peek()
	switch t.kind {
	case tokenString:
		p.next()
		return operand{e: &literal{stringValue(t.text)}}
	case tokenInteger, tokenDecimal, tokenFloat, tokenBinary:
		p.next()
		return operand{e: &literal{number(t)}}
	case tokenVariable:
		if strings.HasPrefix(t.text, "@@") {
			p.next()
			return operand{e: p.function(t, nil)}
		}
		return operand{e: &variable{p.local()}}
	default:
	}
	if p.take("(") {
		defer p.deeper()()
		var o operand
		if p.peek().is("SELECT") {
			o.e = &scalarQuery{p.oneColumn()}
		} else {
			o = p.or()
		}
		p.need(")")
		return o
	}
	if p.take("NULL") {
		return operand{e: &literal{null}}
	}
	return operand{e: p.named()}
}

// number gives the value of a numeric or binary literal.
func number(t token) value {
	switch t.kind {
	case tokenBinary:
		digits := t.text
		if len(digits)%2 == 1 {
			digits = "0" + digits
		}
		b, _ := hex.DecodeString(digits)
		return value{typ{kind: VarBinary, size: max(len(b), 1)}, b}
	case tokenFloat:
		f, _ := strconv.ParseFloat(t.text, 64)
		return value{typ{kind: Float}, f}
	case tokenInteger:
		if n, err := strconv.ParseInt(t.text, 10, 32); err == nil {
			return value{typ{kind: Int}, n}
		}
	default:
	}
	digits := clip(t.text, maxPrecision)
	_, fraction, _ := strings.Cut(digits, ".")
	digits = strings.TrimSuffix(digits, ".")
	return value{typ{kind: Numeric, size: max(len(strings.ReplaceAll(digits, ".", "")), 1), scale: len(fraction)}, digits}
}
