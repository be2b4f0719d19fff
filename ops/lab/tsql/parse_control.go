package tsql

import "strings"

func (p *parser) begin(at line) stmt {
	p.next()
	switch {
	case p.take("TRY"):
		return p.try(at)
	case p.peek().is("TRAN"), p.peek().is("TRANSACTION"), p.peek().is("DISTRIBUTED"):
		p.take("DISTRIBUTED")
		p.need(p.tran())
		return &transactionStmt{at, "BEGIN", p.transactionName()}
	}
	list := p.statements()
	if len(list) == 0 {
		p.fail()
	}
	p.need("END")
	return &block{at, list}
}

// tran is the word for transaction that stands here.
func (p *parser) tran() string {
	if p.peek().is("TRAN") {
		return "TRAN"
	}
	return "TRANSACTION"
}

// transactionName parses the name that a transaction or a savepoint may have.
func (p *parser) transactionName() (name expr) {
	if t := p.peek(); t.kind == tokenVariable {
		name = &variable{p.local()}
	} else if t.name() && starters[strings.ToUpper(t.text)] == nil {
		name = &literal{stringValue(p.next().text)}
	}
	if p.takeAll("WITH", "MARK") && p.peek().kind == tokenString {
		p.next()
	}
	return name
}

func (p *parser) commit(at line) stmt {
	s := &transactionStmt{line: at}
	what := strings.ToUpper(p.next().text)
	if what == "SAVE" {
		p.need(p.tran())
	}
	if p.take("TRAN", "TRANSACTION") || what == "SAVE" {
		s.name = p.transactionName()
	} else {
		p.take("WORK")
	}
	if s.what = what; what == "SAVE" && s.name == nil {
		p.fail()
	}
	return s
}

func (p *parser) try(at line) stmt {
	s := &tryStmt{line: at}
	s.body = p.statements()
	p.need("END", "TRY")
	p.semicolons()
	p.need("BEGIN", "CATCH")
	s.handler = p.statements()
	p.need("END", "CATCH")
	return s
}

func (p *parser) ifElse(at line) stmt {
	p.next()
	s := &ifStmt{line: at, when: p.cond()}
	s.then = p.one()
	if p.take("ELSE") {
		s.els = p.one()
	}
	return s
}

func (p *parser) while(at line) stmt {
	p.next()
	s := &whileStmt{line: at, when: p.cond()}
	p.loops++
	s.body = p.one()
	p.loops--
	return s
}

func (p *parser) loopJump(at line) stmt {
	t := p.next()
	word := strings.ToUpper(t.text)
	if p.loops == 0 {
		panic(syntax(map[string]int32{"BREAK": 135, "CONTINUE": 136}[word], t.line, "Cannot use a %s statement outside the scope of a WHILE statement.", word))
	}
	if word == "BREAK" {
		return &jump{at, breakLoop}
	}
	return &jump{at, nextRound}
}

func (p *parser) returns(at line) stmt {
	p.next()
	s := &returnStmt{at}
	t := p.peek()
	if t.kind == tokenEnd || t.is(";") || t.is("END") || t.is("ELSE") || t.kind == tokenWord && starters[strings.ToUpper(t.text)] != nil {
		return s
	}
	panic(syntax(178, t.line, "A RETURN statement with a return value cannot be used in this context."))
}
