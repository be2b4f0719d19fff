package tsql

func (p *parser) print(at line) stmt {
	p.next()
	return &printStmt{at, p.expr()}
}

func (p *parser) raise(at line) stmt {
	p.next()
	p.need("(")
	s := &raiseStmt{line: at, args: p.exprs()}
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
