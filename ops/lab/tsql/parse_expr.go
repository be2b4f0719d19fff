package tsql

// operand is what the expression grammar yields: one of the two.
type operand struct {
	e expr
	c cond
}

// expr parses a scalar expression.
func (p *parser) expr() expr {
	defer p.deeper()()
	e := p.additive()
	return p.scalar(e)
}

// scalar refuses a condition where a value is expected.
func (p *parser) scalar(o operand) expr {
	if o.e == nil {
		p.fail()
	}
	return o.e
}

// cond parses a search condition.
func (p *parser) cond() cond {
	defer p.deeper()()
	return p.condition(p.or())
}

func (p *parser) condition(o operand) cond {
	if o.c == nil {
		t := p.peek()
		if t.kind == tokenEnd && p.at > 0 {
			t = p.tokens[p.at-1]
		}
		panic(syntax(4145, t.line, "An expression of non-boolean type specified in a context where a condition is expected, near '%s'.", clip(t.text, maxIdentifier)))
	}
	return o.c
}

// terms bounds the operators in a row.
func (p *parser) terms(n int) {
	if n > maxTerms {
		panic(syntax(191, p.peek().line, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries."))
	}
}

func (p *parser) or() operand {
	left := p.and()
	for n := 0; p.peek().is("OR"); n++ {
		p.terms(n)
		a := p.condition(left)
		p.next()
		left = operand{c: &logical{or: true, a: a, b: p.condition(p.and())}}
	}
	return left
}

func (p *parser) and() operand {
	left := p.not()
	for n := 0; p.peek().is("AND"); n++ {
		p.terms(n)
		a := p.condition(left)
		p.next()
		left = operand{c: &logical{a: a, b: p.condition(p.not())}}
	}
	return left
}

func (p *parser) not() operand {
	if p.take("NOT") {
		defer p.deeper()()
		return operand{c: &negation{p.condition(p.not())}}
	}
	return p.predicate()
}

func (p *parser) predicate() operand {
	if p.take("EXISTS") {
		p.need("(")
		q := p.subquery()
		p.need(")")
		return operand{c: &exists{q}}
	}
	left := p.additive()
	if left.c != nil {
		return left
	}
	for _, op := range [...]string{"=", "<>", "!=", "<=", ">=", "<", ">", "!<", "!>"} {
		if p.take(op) {
			return p.compared(op, left.e)
		}
	}
	if p.take("IS") {
		not := p.take("NOT")
		p.need("NULL")
		return negated(&isNullTest{left.e}, not)
	}
	not := p.peek().is("NOT") && (p.ahead(1).is("IN") || p.ahead(1).is("LIKE") || p.ahead(1).is("BETWEEN")) && p.take("NOT")
	switch {
	case p.take("IN"):
		return negated(p.among(left.e), not)
	case p.take("LIKE"):
		c := &like{x: left.e, pattern: p.expr()}
		if p.take("ESCAPE") {
			c.escape = p.expr()
		}
		return negated(c, not)
	case p.take("BETWEEN"):
		low := p.expr()
		p.need("AND")
		return negated(&between{left.e, low, p.expr()}, not)
	}
	return left
}

func negated(c cond, not bool) operand {
	if not {
		c = &negation{c}
	}
	return operand{c: c}
}

func (p *parser) compared(op string, left expr) operand {
	all := p.peek().is("ALL")
	if all || p.peek().is("ANY") || p.peek().is("SOME") {
		p.next()
		p.need("(")
		q := p.oneColumn()
		p.need(")")
		return operand{c: &quantified{op, left, all, q}}
	}
	return operand{c: &comparison{op, left, p.scalar(p.additive())}}
}

func (p *parser) among(x expr) cond {
	p.need("(")
	c := &among{x: x}
	if p.peek().is("SELECT") {
		c.query = p.oneColumn()
	} else {
		c.list = p.exprs()
	}
	p.need(")")
	return c
}

func (p *parser) exprs() []expr {
	list := []expr{p.expr()}
	for p.take(",") {
		list = append(list, p.expr())
	}
	return list
}

func (p *parser) additive() operand {
	return p.chain(p.multiplicative, "+", "-", "&", "|", "^")
}

func (p *parser) multiplicative() operand {
	return p.chain(p.unary, "*", "/", "%")
}

// chain parses operators of one precedence, from left to right.
func (p *parser) chain(part func() operand, ops ...string) operand {
	left := part()
	for n := 0; ; n++ {
		t := p.peek()
		if !p.take(ops...) {
			return left
		}
		p.terms(n)
		a := p.scalar(left)
		left = operand{e: &arithmeticExpr{t.text, a, p.scalar(part())}}
	}
}
