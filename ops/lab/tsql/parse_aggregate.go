package tsql

func (p *parser) aggregate(name string) expr {
	a := &aggregate{name: name}
	outer := p.query
	switch {
	case p.take("*"):
		if name != "COUNT" && name != "COUNT_BIG" {
			p.at--
			p.fail()
		}
	case p.take("DISTINCT"):
		a.distinct = true
		a.x = p.expr()
	default:
		p.take("ALL")
		a.x = p.expr()
	}
	p.need(")")
	if p.peek().is("OVER") {
		return p.over(&window{aggregate: a}, false)
	}
	if outer != nil {
		outer.aggregated = true
	}
	return a
}

// over parses OVER (PARTITION BY … ORDER BY …).
func (p *parser) over(w *window, ordered bool) expr {
	line := p.peek().line
	p.need("OVER", "(")
	if p.take("PARTITION") {
		p.need("BY")
		w.partitionBy = p.exprs()
	}
	if p.takeAll("ORDER", "BY") {
		w.orderBy = p.orderItems()
	}
	if ordered && len(w.orderBy) == 0 {
		panic(syntax(4112, line, "The function '%s' must have an OVER clause with ORDER BY.", w.name))
	}
	p.need(")")
	if p.query != nil {
		p.query.windows = append(p.query.windows, w)
	}
	return w
}
