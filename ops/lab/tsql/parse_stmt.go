package tsql

import "strings"

// batch parses all the statements. A procedure may be called without EXEC by
// the first of them.
func (p *parser) batch() []stmt {
	var out []stmt
	p.semicolons()
	if t := p.peek(); t.name() && p.startsCall() && !p.refusal(line(t.line)) {
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
		"UPDATE": one((*parser).update), "DBCC": one((*parser).dbcc), "USE": one((*parser).use), "WAITFOR": one((*parser).wait), "WHILE": one((*parser).while),
		"WITH": one((*parser).selects), "(": one((*parser).selects),
	}
	for _, phrase := range phrases {
		if _, known := starters[phrase[0]]; !known && reserved[phrase[0]] {
			starters[phrase[0]] = one(func(p *parser, _ line) stmt { p.fail(); return nil })
		}
	}
}

func (p *parser) statement() []stmt {
	defer p.deeper()()
	t := p.peek()
	if p.refusal(line(t.line)) {
		p.boundary()
		return []stmt{&block{line: line(t.line)}}
	}
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
