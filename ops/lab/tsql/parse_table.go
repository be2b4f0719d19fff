package tsql

import "strings"

func (p *parser) selects(at line) stmt {
	if p.peek().is("WITH") && !p.ahead(1).name() {
		p.next()
		p.fail()
	}
	s := &selectStmt{line: at, query: p.selectStatement()}
	p.query = nil
	return s
}

func (p *parser) insert(at line) stmt {
	p.next()
	p.take("INTO")
	s := &insertStmt{line: at, parts: p.target()}
	if p.peek().is("(") && !p.ahead(1).is("SELECT") {
		s.columns = p.columnNames()
	}
	switch {
	case p.output(at):
	case p.take("VALUES"):
		s.values = p.valueLists()
	case p.peek().is("EXEC"), p.peek().is("EXECUTE"):
		s.exec = p.execute(line(p.peek().line))
	default:
		s.query = p.selectStatement()
	}
	return s
}

// output refuses the OUTPUT clause.
func (p *parser) output(at line) bool {
	if !p.peek().is("OUTPUT") {
		return false
	}
	p.unplayed(int32(at), "OUTPUT")
	p.skipStatement(false)
	return true
}

// target is the table that a statement changes.
func (p *parser) target() []string {
	if t := p.peek(); t.kind == tokenVariable {
		p.next()
		if !p.tables[fold(t.text)] {
			p.missing(syntax(1087, t.line, "Must declare the table variable \"%s\".", t.text), 1)
		}
		return []string{t.text}
	}
	parts := p.dotted()
	if p.peek().is("WITH") {
		p.hints()
	}
	return parts
}

func (p *parser) deleteFrom(at line) stmt {
	p.next()
	p.take("FROM")
	s := &deleteStmt{line: at, parts: p.target()}
	if !p.output(at) && p.take("WHERE") {
		s.match = p.cond()
	}
	return s
}

func (p *parser) create(at line) stmt {
	p.next()
	p.need("TABLE")
	parts := p.dotted()
	name := parts[len(parts)-1]
	if !strings.HasPrefix(name, "#") {
		p.unplayed(int32(at), "CREATE TABLE")
		p.skipStatement(false)
		return &block{line: at}
	}
	return &createStmt{at, name, p.columnDefinitions()}
}

func (p *parser) drop(at line) stmt {
	p.next()
	if p.take("LOGIN") {
		return &dropLoginStmt{at, p.name()}
	}
	s := &dropStmt{line: at, database: p.take("DATABASE")}
	if !s.database {
		p.need("TABLE")
	}
	s.ifExists = p.takeAll("IF", "EXISTS")
	for {
		parts := p.dotted()
		s.names = append(s.names, parts[len(parts)-1])
		if !p.take(",") {
			return s
		}
	}
}
