package tsql

import "strings"

// batch parses all the statements. A procedure may be called without EXEC by
// the first of them.
func (p *parser) batch() []stmt {
	var out []stmt
	p.semicolons()
	if t := p.peek(); t.name() && p.startsCall() {
		out = append(out, p.exec(t.line))
	}
	return append(out, p.statements()...)
}

func (p *parser) semicolons() {
	for p.take(";") {
	}
}

// startsCall tells a procedure call from a word that begins nothing.
func (p *parser) startsCall() bool {
	return !p.peek().is("THROW") && !p.ahead(1).is("(") && !p.ahead(1).is(":")
}

// statements parses up to END or the end.
func (p *parser) statements() []stmt {
	var out []stmt
	for {
		p.semicolons()
		if t := p.peek(); t.kind == tokenEnd || t.is("END") {
			if t.is("END") && p.depth == 0 {
				p.fail()
			}
			return out
		}
		out = append(out, p.statement()...)
	}
}

// one parses the single statement that IF and WHILE take. A DECLARE may be
// several.
func (p *parser) one() stmt {
	at := line(p.peek().line)
	p.semicolonless()
	list := p.statement()
	p.take(";")
	if len(list) == 1 {
		return list[0]
	}
	return &block{at, list}
}

// semicolonless refuses an empty statement.
func (p *parser) semicolonless() {
	if t := p.peek(); t.is(";") || t.kind == tokenEnd {
		p.fail()
	}
}

// starters maps the first word of a statement to its parser.
var starters map[string]func(*parser, line) []stmt

func init() {
	one := func(f func(*parser, line) stmt) func(*parser, line) []stmt {
		return func(p *parser, at line) []stmt { return []stmt{f(p, at)} }
	}
	starters = map[string]func(*parser, line) []stmt{
		"ALTER": one((*parser).alter), "BACKUP": one((*parser).backup), "BEGIN": one((*parser).begin),
		"BREAK": one((*parser).loopJump), "COMMIT": one((*parser).commit), "CONTINUE": one((*parser).loopJump),
		"CREATE": one((*parser).create), "DECLARE": (*parser).declare, "DELETE": one((*parser).deleteFrom),
		"DROP": one((*parser).drop), "EXEC": one((*parser).execute), "EXECUTE": one((*parser).execute),
		"IF": one((*parser).ifElse), "INSERT": one((*parser).insert), "KILL": one((*parser).kill),
		"PRINT": one((*parser).print), "RAISERROR": one((*parser).raise), "RESTORE": one((*parser).restore),
		"RETURN": one((*parser).returns), "ROLLBACK": one((*parser).commit), "SAVE": one((*parser).commit),
		"SELECT": one((*parser).selects), "SET": one((*parser).set), "THROW": one((*parser).throw),
		"USE": one((*parser).use), "WAITFOR": one((*parser).wait), "WHILE": one((*parser).while),
		"WITH": one((*parser).selects), "(": one((*parser).selects),
	}
}

func (p *parser) statement() []stmt {
	defer p.deeper()()
	t := p.peek()
	parse, ok := starters[strings.ToUpper(t.text)]
	if !ok || t.kind != tokenWord && t.kind != tokenSymbol {
		p.fail()
	}
	list := parse(p, line(t.line))
	p.boundary()
	return list
}

// boundary checks that a new statement, or the end of something, follows.
func (p *parser) boundary() {
	t := p.peek()
	if t.kind == tokenEnd || t.is(";") || t.is("END") || t.is("ELSE") {
		return
	}
	if _, ok := starters[strings.ToUpper(t.text)]; ok && t.kind == tokenWord {
		return
	}
	p.fail()
}

func (p *parser) begin(at line) stmt {
	p.next()
	switch {
	case p.take("TRY"):
		return p.try(at)
	case p.peek().is("TRAN"), p.peek().is("TRANSACTION"), p.peek().is("DISTRIBUTED"):
		p.take("DISTRIBUTED")
		p.need(p.tran())
		p.transactionName()
		return &transactionStmt{at, "BEGIN"}
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

func (p *parser) transactionName() {
	if t := p.peek(); t.kind == tokenVariable {
		p.local()
	} else if t.name() && starters[strings.ToUpper(t.text)] == nil {
		p.next()
	}
	if p.takeAll("WITH", "MARK") && p.peek().kind == tokenString {
		p.next()
	}
}

func (p *parser) commit(at line) stmt {
	what := strings.ToUpper(p.next().text)
	if what == "SAVE" {
		p.need(p.tran())
	}
	if p.take("TRAN", "TRANSACTION") || what == "SAVE" {
		p.transactionName()
	} else {
		p.take("WORK")
	}
	return &transactionStmt{at, what}
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

func (p *parser) print(at line) stmt {
	p.next()
	return &printStmt{at, p.expr()}
}

func (p *parser) raise(at line) stmt {
	p.next()
	p.need("(")
	s := &raiseStmt{line: at, args: p.exprs()}
	if len(s.args) < 3 {
		p.fail()
	}
	p.need(")")
	if p.take("WITH") {
		for {
			s.log = s.log || p.peek().is("LOG")
			if !p.take("LOG", "NOWAIT", "SETERROR") {
				p.fail()
			}
			if !p.take(",") {
				break
			}
		}
	}
	return s
}

func (p *parser) throw(at line) stmt {
	p.next()
	s := &throwStmt{line: at}
	if t := p.peek(); t.kind == tokenInteger || t.kind == tokenVariable {
		s.args = p.exprs()
		if len(s.args) != 3 {
			p.fail()
		}
	}
	return s
}

func (p *parser) wait(at line) stmt {
	p.next()
	p.need("DELAY")
	return &waitStmt{at, p.scalar(p.primary())}
}
