package tsql

import "strings"

// from parses the sources of a FROM clause; a comma is a cross join.
func (p *parser) from() source {
	left := p.joined()
	for n := 0; p.take(","); n++ {
		p.terms(n)
		left = &join{left: left, right: p.joined()}
	}
	return left
}

// joined parses a source and the joins that follow it.
func (p *parser) joined() source {
	defer p.deeper()()
	left := p.source()
	for n := 0; ; n++ {
		p.terms(n)
		if t := p.peek(); p.take("PIVOT", "UNPIVOT") {
			p.unplayed(t.line, t.text)
			p.need("(")
			p.parentheses()
			p.tableAlias()
		}
		j := &join{left: left}
		switch {
		case p.takeAll("CROSS", "APPLY"), p.takeAll("OUTER", "APPLY"):
			j.apply = true
			j.keepLeft = p.ahead(-2).is("OUTER")
			j.right = p.source()
			left = j
			continue
		case p.takeAll("CROSS", "JOIN"):
			j.right = p.source()
			left = j
			continue
		case p.peek().is("LEFT"), p.peek().is("RIGHT"), p.peek().is("FULL"):
			j.keepLeft = !p.peek().is("RIGHT")
			j.keepRight = !p.peek().is("LEFT")
			p.next()
			p.take("OUTER")
			p.joinHint()
			p.need("JOIN")
		case p.take("INNER"):
			p.joinHint()
			p.need("JOIN")
		case p.take("JOIN"):
		default:
			return left
		}
		j.right = p.joinedOrSource()
		p.need("ON")
		j.on = p.cond()
		left = j
	}
}

// joinedOrSource parses the right side of a join: with a second JOIN before
// ON, that one binds first.
func (p *parser) joinedOrSource() source {
	defer p.deeper()()
	right := p.source()
	if p.peek().is("ON") {
		return right
	}
	at := p.at
	for p.takeAll("LEFT", "OUTER", "JOIN") || p.takeAll("LEFT", "JOIN") || p.takeAll("INNER", "JOIN") || p.take("JOIN") {
		outer := p.tokens[at].is("LEFT")
		inner := &join{left: right, right: p.joinedOrSource(), keepLeft: outer}
		p.need("ON")
		inner.on = p.cond()
		right, at = inner, p.at
	}
	return right
}

func (p *parser) joinHint() { p.take("LOOP", "HASH", "MERGE", "REMOTE") }

// source parses a table, a derived table, or joins in parentheses.
func (p *parser) source() source {
	defer p.deeper()()
	t := p.peek()
	if t.kind == tokenVariable && !strings.HasPrefix(t.text, "@@") {
		p.next()
		if !p.tables[fold(t.text)] {
			p.missing(syntax(1087, t.line, "Must declare the table variable \"%s\".", t.text), 1)
		}
		s := &tableSource{parts: []string{t.text}, line: t.line}
		s.alias = p.tableAlias()
		return s
	}
	if p.take("(") {
		return p.inParentheses()
	}
	if rowsets[strings.ToUpper(t.text)] && t.kind == tokenWord && p.ahead(1).is("(") {
		p.unplayed(t.line, p.next().text)
		p.next()
		p.parentheses()
		return &valuesTable{alias: p.tableAlias()}
	}
	s := &tableSource{parts: p.dotted(), line: t.line}
	p.unplayedName(t.line, s.parts)
	if p.peek().is("(") && !p.ahead(1).is("NOLOCK") {
		return p.tableFunction(s.parts, t.line)
	}
	p.hints()
	s.alias = p.tableAlias()
	p.hints()
	return s
}

// rowsets are the functions of FROM that read what is no table of the server.
var rowsets = words("OPENROWSET OPENQUERY OPENDATASOURCE OPENXML OPENJSON CONTAINSTABLE FREETEXTTABLE")

func refuseAt(number, line int32, format string, args ...any) *Error {
	err := refuse(number, format, args...)
	err.Line = line
	return err
}

// inParentheses parses what an opening parenthesis in FROM may begin.
func (p *parser) inParentheses() source {
	if p.take("VALUES") {
		s := &valuesTable{rows: p.valueLists()}
		p.need(")")
		s.alias, s.columns = p.derivedAlias()
		return s
	}
	if p.peek().is("SELECT") {
		s := &derivedTable{query: p.subquery()}
		p.need(")")
		s.alias, s.columns = p.derivedAlias()
		return s
	}
	s := p.from()
	p.need(")")
	return s
}

func (p *parser) valueLists() [][]expr {
	var out [][]expr
	for {
		p.need("(")
		out = append(out, p.exprs())
		p.need(")")
		if !p.take(",") {
			return out
		}
	}
}

func (p *parser) derivedAlias() (string, []string) {
	p.take("AS")
	return p.name(), p.columnNames()
}

func (p *parser) tableAlias() string {
	if p.take("AS") || p.peek().name() {
		return p.name()
	}
	return ""
}

// hints skips WITH (NOLOCK), and (NOLOCK) without WITH.
func (p *parser) hints() {
	if p.takeAll("WITH", "(") || p.peek().is("(") && p.takeAll("(", "NOLOCK") {
		p.parentheses()
	}
}
