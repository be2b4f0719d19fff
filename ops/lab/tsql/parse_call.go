package tsql

import "strings"

// named parses what begins with a word: a construct of its own, a function
// call or a column.
func (p *parser) named() expr {
	t := p.peek()
	if t.kind == tokenWord {
		switch strings.ToUpper(t.text) {
		case "CASE":
			return p.caseExpr()
		case "CAST", "TRY_CAST":
			return p.castCall()
		case "CONVERT", "TRY_CONVERT":
			return p.convertCall()
		case "CURRENT_TIMESTAMP", "SYSTEM_USER", "SESSION_USER", "USER", "CURRENT_USER":
			p.next()
			return p.function(t, nil)
		case "LEFT", "RIGHT", "COALESCE", "NULLIF":
			if p.ahead(1).is("(") {
				return p.call(p.next())
			}
		}
	}
	if t.name() && p.ahead(1).is("(") {
		return p.call(p.next())
	}
	x := &column{line: t.line, parts: p.dotted()}
	return x
}

// call parses the arguments of a function. The parenthesis is next.
func (p *parser) call(t token) expr {
	defer p.deeper()()
	p.need("(")
	name := strings.ToUpper(t.text)
	switch {
	case t.kind == tokenWord && aggregates[name]:
		return p.aggregate(name)
	case t.kind == tokenWord && rankings[name]:
		p.need(")")
		return p.over(&window{name: name}, true)
	case name == "IIF":
		return p.iif()
	}
	var args []expr
	if dateParts[name] {
		args = append(args, &literal{stringValue(p.datePart(name))})
		p.need(",")
	}
	if !p.peek().is(")") {
		args = append(args, p.exprs()...)
	}
	p.need(")")
	switch name {
	case "ISNULL":
		p.arguments(t, args, 2, 2)
		return &isNull{args[0], args[1]}
	case "COALESCE":
		p.arguments(t, args, 2, maxTerms)
		return coalesce(args)
	case "NULLIF":
		p.arguments(t, args, 2, 2)
		return &caseWhen{[]cond{&comparison{"=", args[0], args[1]}}, []expr{&cast{x: &literal{null}, to: null.typ}}, args[0]}
	}
	return p.function(t, args)
}

// arguments checks the number of arguments.
func (p *parser) arguments(t token, args []expr, least, most int) {
	switch n := len(args); {
	case n >= least && n <= most:
	case least == most:
		panic(syntax(174, t.line, "The %s function requires %d argument(s).", fold(t.text), least))
	default:
		panic(syntax(189, t.line, "The %s function requires %d to %d arguments.", fold(t.text), least, most))
	}
}

// function makes the call of a built-in function, or of one of the server.
func (p *parser) function(t token, args []expr) expr {
	name := strings.ToUpper(t.text)
	if f, ok := builtins[name]; ok {
		p.arguments(t, args, f.least, f.most)
		return &call{name: name, builtin: f, args: args}
	}
	if !p.known(name) {
		if refusedFunctions[name] {
			p.unplayed(t.line, t.text)
		} else if strings.HasPrefix(name, "@@") {
			p.missing(syntax(137, t.line, "Must declare the scalar variable \"%s\".", t.text), 2)
		} else {
			p.missing(syntax(195, t.line, "'%s' is not a recognized built-in function name.", t.text), 10)
		}
	}
	return &serverCall{name: name, args: args, line: t.line}
}

func coalesce(args []expr) expr {
	out := &caseWhen{els: args[len(args)-1]}
	for _, x := range args[:len(args)-1] {
		out.when = append(out.when, &negation{&isNullTest{x}})
		out.then = append(out.then, x)
	}
	return out
}

func (p *parser) iif() expr {
	c := p.cond()
	p.need(",")
	then := p.expr()
	p.need(",")
	els := p.expr()
	p.need(")")
	return &caseWhen{[]cond{c}, []expr{then}, els}
}

func (p *parser) caseExpr() expr {
	defer p.deeper()()
	p.need("CASE")
	var input expr
	if !p.peek().is("WHEN") {
		input = p.expr()
	}
	out := &caseWhen{els: &literal{null}}
	for p.take("WHEN") {
		if input != nil {
			out.when = append(out.when, &comparison{"=", input, p.expr()})
		} else {
			out.when = append(out.when, p.cond())
		}
		p.need("THEN")
		out.then = append(out.then, p.expr())
	}
	if len(out.when) == 0 {
		p.fail()
	}
	if p.take("ELSE") {
		out.els = p.expr()
	}
	p.need("END")
	return out
}

func (p *parser) castCall() expr {
	try := strings.EqualFold(p.next().text, "TRY_CAST")
	p.need("(")
	x := p.expr()
	p.need("AS")
	to := p.typeName(30)
	p.need(")")
	return &cast{x: x, to: to, try: try}
}

func (p *parser) convertCall() expr {
	try := strings.EqualFold(p.next().text, "TRY_CONVERT")
	p.need("(")
	c := &cast{to: p.typeName(30), try: try}
	p.need(",")
	c.x = p.expr()
	if p.take(",") {
		c.style = p.expr()
	}
	p.need(")")
	return c
}

// datePart parses the bare word that names a part of a date.
func (p *parser) datePart(function string) string {
	t := p.peek()
	if t.kind != tokenWord && t.kind != tokenQuoted {
		p.fail()
	}
	part, ok := partNames[fold(t.text)]
	if !ok {
		panic(syntax(155, t.line, "'%s' is not a recognized %s option.", t.text, fold(function)))
	}
	p.next()
	return part
}
