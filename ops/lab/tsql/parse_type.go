package tsql

import (
	"strconv"
	"strings"
)

// typeName parses the name of a data type. length is what a character type
// without one has: 30 in CAST, 1 in DECLARE.
func (p *parser) typeName(length int) typ {
	line := p.peek().line
	parts := p.dottedType()
	name := fold(parts[len(parts)-1])
	p.take("VARYING")
	if name == "double" {
		p.need("PRECISION")
		name = "float"
	}
	t, ok := baseTypes[name]
	if !ok {
		panic(refuseAt(243, line, "Type %s is not a defined system type.", parts[len(parts)-1]))
	}
	t.base = name
	if sized[name] {
		t.size = length
	}
	if p.take("(") {
		p.typeSize(&t, line)
		p.need(")")
	}
	return t
}

// dottedType reads a type name, which may be a reserved word or qualified.
func (p *parser) dottedType() []string {
	if p.peek().is("DOUBLE") || p.peek().is("NATIONAL") {
		return []string{p.next().text}
	}
	return p.dotted()
}

func (p *parser) typeSize(t *typ, line int32) {
	if p.take("MAX") {
		t.size = 0
		return
	}
	n := p.integerLiteral()
	switch {
	case sized[t.base]:
		if n < 1 || n > 8000 {
			panic(refuseAt(131, line, "The size (%d) given to the type '%s' exceeds the maximum allowed for any data type (8000).", n, t.base))
		}
		t.size = n
	case t.kind == Numeric && !strings.HasSuffix(t.base, "money"):
		t.size = n
		if p.take(",") {
			t.scale = p.integerLiteral()
		}
		if n < 1 || n > maxPrecision || t.scale > n {
			panic(refuseAt(2750, line, "Column, parameter, or variable #1: Specified column precision %d is greater than the maximum precision of %d.", n, maxPrecision))
		}
	case t.base == "float":
		if n <= 24 {
			t.kind = Real
		}
	case t.kind == DateTime:
		// The digits of a second: all of them are kept.
	default:
		panic(refuseAt(2716, line, "Column, parameter, or variable #1: Cannot specify a column width on data type %s.", t.base))
	}
}

func (p *parser) integerLiteral() int {
	if p.peek().kind != tokenInteger {
		p.fail()
	}
	n, err := strconv.Atoi(p.peek().text)
	if err != nil {
		p.fail()
	}
	p.next()
	return n
}
