package tsql

import "strings"

func (p *parser) core() *selectCore {
	c := &selectCore{line: p.peek().line}
	p.query = c
	p.need("SELECT")
	if p.take("DISTINCT") {
		c.distinct = true
	} else {
		p.take("ALL")
	}
	if p.take("TOP") {
		p.top(c)
	}
	c.items = append(c.items, p.selectItem())
	for p.take(",") {
		c.items = append(c.items, p.selectItem())
	}
	for _, item := range c.items {
		if (item.assign != "") != c.assigns() {
			panic(syntax(141, c.line, "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations."))
		}
	}
	if p.take("INTO") {
		parts := p.dotted()
		if c.into = parts[len(parts)-1]; !strings.HasPrefix(c.into, "#") {
			p.unplayed(c.line, "SELECT INTO a table of a database")
		}
	}
	if p.take("FROM") {
		c.from = p.from()
	}
	if p.take("WHERE") {
		c.where = p.cond()
		hintJoins(c.from, c.where)
	}
	if p.takeAll("GROUP", "BY") {
		c.groupBy = p.exprs()
	}
	if p.take("HAVING") {
		c.having = p.cond()
	}
	return c
}

func (p *parser) top(c *selectCore) {
	if p.take("(") {
		c.top = p.expr()
		p.need(")")
	} else {
		switch p.peek().kind {
		case tokenInteger, tokenVariable:
			c.top = p.scalar(p.primary())
		default:
			p.fail()
		}
	}
	c.percent = p.take("PERCENT")
	if p.takeAll("WITH", "TIES") {
		p.unplayed(c.line, "TOP … WITH TIES")
	}
}

func (p *parser) selectItem() selectItem {
	t := p.peek()
	item := selectItem{line: t.line}
	switch {
	case p.take("*"):
		item.star = true
	case p.tableStar(&item):
	case t.kind == tokenVariable && !strings.HasPrefix(t.text, "@@") && p.ahead(1).is("="):
		item.assign = p.local()
		p.next()
		item.x = p.expr()
	case (t.name() || t.kind == tokenString) && p.ahead(1).is("="):
		item.alias = p.alias()
		p.next()
		item.x = p.expr()
	default:
		item.x = p.expr()
		if p.take("AS") || p.peek().name() || p.peek().kind == tokenString {
			item.alias = p.alias()
		}
	}
	return item
}

// tableStar parses t.* or db.schema.t.*.
func (p *parser) tableStar(item *selectItem) bool {
	for n := 0; p.ahead(n).name() && p.ahead(n+1).is("."); n += 2 {
		if p.ahead(n + 2).is("*") {
			for i := 0; i <= n; i += 2 {
				item.of = append(item.of, p.ahead(i).text)
			}
			p.at += n + 3
			item.star = true
			return true
		}
	}
	return false
}

// hintJoins shows WHERE to the joins without ON: in the old way to write a
// join, it has the condition.
func hintJoins(s source, where cond) {
	for {
		j, ok := s.(*join)
		if !ok || j.on != nil || j.apply {
			return
		}
		j.hint = where
		s = j.left
	}
}
