package tsql

import "strings"

// declare parses DECLARE of variables and table variables.
func (p *parser) declare(at line) []stmt {
	p.next()
	var out []stmt
	if p.peek().name() && (p.ahead(1).is("CURSOR") || p.ahead(1).is("INSENSITIVE") || p.ahead(1).is("SCROLL")) {
		p.unplayed(int32(at), "DECLARE CURSOR")
		p.skipStatement(false)
		return []stmt{&block{line: at}}
	}
	for {
		t := p.peek()
		if t.kind != tokenVariable || strings.HasPrefix(t.text, "@@") {
			p.fail()
		}
		p.next()
		p.take("AS")
		if p.take("TABLE") {
			p.tables[fold(t.text)] = true
			out = append(out, &createStmt{at, t.text, p.columnDefinitions()})
		} else {
			out = append(out, p.declareVariable(at, t))
		}
		if !p.take(",") {
			return out
		}
	}
}

func (p *parser) declareVariable(at line, t token) stmt {
	s := &declareStmt{line: at, name: fold(t.text), t: p.typeName(1)}
	if _, ok := p.declared[s.name]; ok {
		p.missing(syntax(134, t.line, "The variable name '%s' has already been declared. Variable names must be unique within a query batch or stored procedure.", t.text), 2)
	}
	if p.take("=") {
		s.init = p.expr()
	}
	p.declared[s.name] = s.t
	return s
}

// columnDefinitions parses (name type constraints, …).
func (p *parser) columnDefinitions() []Column {
	p.need("(")
	var out []Column
	for {
		name := p.name()
		out = append(out, p.typeName(1).column(name))
		p.constraints()
		if !p.take(",") {
			break
		}
	}
	p.need(")")
	return out
}

// constraints skips what the lab's tables do not enforce.
func (p *parser) constraints() {
	for {
		switch {
		case p.takeAll("NOT", "NULL"), p.takeAll("PRIMARY", "KEY"), p.take("NULL", "UNIQUE", "CLUSTERED", "NONCLUSTERED"):
		case p.take("DEFAULT"):
			p.expr()
		case p.take("COLLATE"):
			p.name()
		default:
			return
		}
	}
}

// setVariable parses SET @x = …, and += and -=.
func (p *parser) setVariable(at line) stmt {
	s := &setStmt{line: at, name: p.local()}
	op := p.peek().text
	if p.take("+=", "-=") {
		s.x = &arithmeticExpr{op[:1], &variable{s.name}, p.expr()}
		return s
	}
	p.need("=")
	s.x = p.expr()
	return s
}
