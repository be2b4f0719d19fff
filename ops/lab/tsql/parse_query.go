package tsql

import "strings"

// selectStatement parses a query with its WITH and ORDER BY.
func (p *parser) selectStatement() *query {
	q := &query{line: p.peek().line}
	if p.take("WITH") {
		q.ctes = p.commonTables()
		if !p.peek().is("SELECT") {
			p.fail()
		}
	}
	p.unions(q)
	p.orderBy(q)
	if p.peek().is("FOR") {
		kind := strings.ToUpper(p.ahead(1).text)
		p.next()
		p.needOne("XML", "BROWSE", "JSON")
		p.unplayed(q.line, "FOR "+kind)
		p.skipStatement(false)
	}
	if p.peek().is("OFFSET") && len(q.orderBy) > 0 {
		p.unplayed(q.line, "OFFSET … FETCH")
		p.skipStatement(false)
	}
	if p.take("OPTION") {
		p.need("(")
		p.parentheses()
	}
	return q
}

// subquery parses a query inside parentheses, which the caller reads.
func (p *parser) subquery() *query {
	defer p.deeper()()
	q := &query{line: p.peek().line}
	outer := p.query
	p.unions(q)
	p.orderBy(q)
	p.query = outer
	for _, part := range q.parts {
		if part.assigns() {
			panic(syntax(102, q.line, "Incorrect syntax near '='."))
		}
	}
	if len(q.orderBy) > 0 && q.parts[0].top == nil {
		panic(syntax(1033, q.line, "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP or FOR XML is also specified."))
	}
	return q
}

// oneColumn parses a subquery that stands for a value or a list of values.
func (p *parser) oneColumn() *query {
	q := p.subquery()
	for _, part := range q.parts {
		if len(part.items) != 1 {
			panic(syntax(116, q.line, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS."))
		}
	}
	return q
}

func (p *parser) commonTables() []cte {
	var out []cte
	for {
		c := cte{name: p.name(), columns: p.columnNames()}
		p.need("AS", "(")
		c.query = p.subquery()
		p.need(")")
		out = append(out, c)
		if !p.take(",") {
			return out
		}
	}
}

// columnNames parses (a, b, …) where it is there.
func (p *parser) columnNames() []string {
	if !p.take("(") {
		return nil
	}
	out := []string{p.name()}
	for p.take(",") {
		out = append(out, p.name())
	}
	p.need(")")
	return out
}

func (p *parser) unions(q *query) {
	q.parts = append(q.parts, p.selectPart())
	for {
		op := strings.ToUpper(p.peek().text)
		if !p.take("UNION", "EXCEPT", "INTERSECT") {
			return
		}
		p.terms(len(q.parts))
		if op == "UNION" && p.take("ALL") {
			op = "UNION ALL"
		}
		q.ops = append(q.ops, op)
		q.parts = append(q.parts, p.selectPart())
	}
}

// selectPart parses one SELECT, which may stand in parentheses.
func (p *parser) selectPart() *selectCore {
	if p.take("(") {
		defer p.deeper()()
		c := p.selectPart()
		p.need(")")
		return c
	}
	return p.core()
}

func (p *parser) orderBy(q *query) {
	if !p.takeAll("ORDER", "BY") {
		return
	}
	p.query = q.parts[len(q.parts)-1]
	q.orderBy = p.orderItems()
}

func (p *parser) orderItems() []orderItem {
	var out []orderItem
	for {
		item := orderItem{x: p.expr()}
		if p.take("DESC") {
			item.descending = true
		} else {
			p.take("ASC")
		}
		out = append(out, item)
		if !p.take(",") {
			return out
		}
	}
}

// parentheses skips to the parenthesis that closes one already read.
func (p *parser) parentheses() {
	for depth := 1; depth > 0; {
		if p.peek().kind == tokenEnd {
			p.fail()
		}
		switch t := p.next(); {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
	}
}
