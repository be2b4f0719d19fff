package tsql

import "strings"

// execute parses EXEC of a procedure or of a text.
func (p *parser) execute(at line) stmt {
	p.next()
	if p.take("(") {
		s := &execText{line: at, parts: p.exprs()}
		p.need(")")
		return s
	}
	return p.exec(int32(at))
}

// exec parses what follows EXEC; in the first statement of a batch the word
// itself may be missing.
func (p *parser) exec(at int32) stmt {
	s := &execStmt{line: line(at)}
	if p.peek().kind == tokenVariable {
		name := p.local()
		if p.take("=") {
			s.status = name
		} else {
			s.from = name
		}
	}
	if s.from == "" {
		if p.peek().kind == tokenVariable {
			s.from = p.local()
		} else {
			s.parts = p.dotted()
			if name := s.parts[len(s.parts)-1]; refusedProcedures[fold(name)] {
				p.unplayed(at, name)
			}
		}
	}
	if !p.endsExec() {
		p.execArgs(s)
	}
	p.takeAll("WITH", "RECOMPILE")
	p.boundary()
	return s
}

// endsExec reports that no argument follows.
func (p *parser) endsExec() bool {
	t := p.peek()
	if t.kind == tokenEnd || t.is(";") || t.is("END") || t.is("ELSE") || t.is("WITH") {
		return true
	}
	_, ok := starters[strings.ToUpper(t.text)]
	return ok && t.kind == tokenWord
}

func (p *parser) execArgs(s *execStmt) {
	named := false
	for {
		a := execArg{}
		if p.peek().kind == tokenVariable && p.ahead(1).is("=") {
			a.name = p.next().text
			p.next()
			named = true
		} else if named {
			t := p.peek()
			panic(syntax(119, t.line, "Must pass parameter number %d and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.", len(s.args)+1))
		}
		p.execValue(&a)
		s.args = append(s.args, a)
		if !p.take(",") {
			return
		}
		p.terms(len(s.args))
	}
}

// execValue parses an argument: a constant, a variable, or a bare word, which
// stands for a string.
func (p *parser) execValue(a *execArg) {
	t := p.peek()
	switch {
	case t.kind == tokenVariable && !strings.HasPrefix(t.text, "@@"):
		name := p.local()
		a.x = &variable{name}
		if p.take("OUTPUT", "OUT") {
			a.output = name
		}
		return
	case p.take("DEFAULT"):
		return
	case t.name():
		a.x = &literal{stringValue(p.next().text)}
		return
	}
	if t.is("-") || t.is("+") {
		a.x = p.scalar(p.unary())
		return
	}
	if t.kind == tokenSymbol || t.kind == tokenWord && !t.is("NULL") {
		p.fail()
	}
	a.x = p.scalar(p.primary())
}

// parseFormals parses the declaration of parameters that sp_executesql takes.
func parseFormals(text string, known func(string) bool) (out []formal, err *Error) {
	// A declaration has the form of a DECLARE, save for the direction.
	tokens, _, err := lex(text, true)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, declared: declarations{}, tables: map[string]bool{}, known: known}
	err = p.catch(func() {
		for p.peek().kind == tokenVariable {
			f := formal{name: p.next().text}
			p.take("AS")
			f.t = p.typeName(1)
			if p.take("=") {
				f.init = p.scalar(p.unary())
			}
			f.output = p.take("OUTPUT", "OUT")
			p.take("READONLY")
			out = append(out, f)
			if !p.take(",") {
				break
			}
		}
		if p.peek().kind != tokenEnd {
			p.fail()
		}
	})
	return out, err
}
