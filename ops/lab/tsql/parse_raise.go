package tsql

import "strings"

func (p *parser) print(at line) stmt {
	p.next()
	return &printStmt{at, p.expr()}
}

func (p *parser) raise(at line) stmt {
	p.next()
	p.need("(")
	s := &raiseStmt{line: at}
	for more := true; more; more = p.take(",") {
		s.args = append(s.args, p.constant())
	}
	if len(s.args) < 3 {
		p.fail()
	}
	p.need(")")
	if p.take("WITH") {
		for {
			s.log = s.log || p.peek().is("LOG")
			if !p.take("LOG", "NOWAIT", "SETERROR") {
				p.fail()
			}
			if !p.take(",") {
				break
			}
		}
	}
	return s
}

// constant parses a constant, with or without a sign, or a variable.
func (p *parser) constant() expr {
	t := p.peek()
	if p.take("-", "+") {
		if t.is("+") {
			return p.constant()
		}
		return &unary{"-", p.constant()}
	}
	switch t.kind {
	case tokenString, tokenInteger, tokenDecimal, tokenFloat, tokenBinary, tokenVariable:
		if !strings.HasPrefix(t.text, "@@") || t.kind == tokenString {
			return p.scalar(p.primary())
		}
	default:
	}
	if t.is("NULL") {
		return p.scalar(p.primary())
	}
	p.fail()
	return nil
}

func (p *parser) throw(at line) stmt {
	p.next()
	s := &throwStmt{line: at}
	if t := p.peek(); t.kind == tokenInteger || t.kind == tokenVariable {
		s.args = p.exprs()
		if len(s.args) != 3 {
			p.fail()
		}
	}
	return s
}

func (p *parser) wait(at line) stmt {
	p.next()
	p.need("DELAY")
	return &waitStmt{at, p.scalar(p.primary())}
}
