package tsql

import "strings"

// declare parses DECLARE of variables and table variables.
func (p *parser) declare(at line) []stmt {
	p.next()
	var out []stmt
	for {
		t := p.peek()
		if t.kind != tokenVariable || strings.HasPrefix(t.text, "@@") {
			p.fail()
		}
		p.next()
		p.take("AS")
		if p.take("TABLE") {
			p.tables[fold(t.text)] = true
			out = append(out, &createStmt{at, t.text, p.columnDefinitions()})
		} else {
			out = append(out, p.declareVariable(at, t))
		}
		if !p.take(",") {
			return out
		}
	}
}

func (p *parser) declareVariable(at line, t token) stmt {
	s := &declareStmt{line: at, name: fold(t.text), t: p.typeName(1)}
	if _, ok := p.declared[s.name]; ok {
		p.missing(syntax(134, t.line, "The variable name '%s' has already been declared. Variable names must be unique within a query batch or stored procedure.", t.text), 2)
	}
	if p.take("=") {
		s.init = p.expr()
	}
	p.declared[s.name] = s.t
	return s
}

// columnDefinitions parses (name type constraints, …).
func (p *parser) columnDefinitions() []Column {
	p.need("(")
	var out []Column
	for {
		name := p.name()
		out = append(out, p.typeName(1).column(name))
		p.constraints()
		if !p.take(",") {
			break
		}
	}
	p.need(")")
	return out
}

// constraints skips what the lab's tables do not enforce.
func (p *parser) constraints() {
	for {
		switch {
		case p.takeAll("NOT", "NULL"), p.takeAll("PRIMARY", "KEY"), p.take("NULL", "UNIQUE", "CLUSTERED", "NONCLUSTERED"):
		case p.take("DEFAULT"):
			p.expr()
		case p.take("COLLATE"):
			p.name()
		default:
			return
		}
	}
}

// switches are the SET options that are ON or OFF.
var switches = words(`NOCOUNT XACT_ABORT ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ANSI_NULL_DFLT_ON ANSI_NULL_DFLT_OFF
ANSI_DEFAULTS ARITHABORT ARITHIGNORE CONCAT_NULL_YIELDS_NULL QUOTED_IDENTIFIER NUMERIC_ROUNDABORT
CURSOR_CLOSE_ON_COMMIT IMPLICIT_TRANSACTIONS FMTONLY FORCEPLAN NOEXEC PARSEONLY NO_BROWSETABLE REMOTE_PROC_TRANSACTIONS`)

// settings are the SET options with a value.
var settings = words("LOCK_TIMEOUT DEADLOCK_PRIORITY TEXTSIZE LANGUAGE DATEFORMAT DATEFIRST ROWCOUNT QUERY_GOVERNOR_COST_LIMIT")

func (p *parser) set(at line) stmt {
	p.next()
	t := p.peek()
	if t.kind == tokenVariable {
		return p.setVariable(at)
	}
	if t.kind != tokenWord {
		p.fail()
	}
	name := strings.ToUpper(t.text)
	switch {
	case p.takeAll("TRANSACTION", "ISOLATION", "LEVEL"):
		if !p.takeAll("READ", "UNCOMMITTED") && !p.takeAll("READ", "COMMITTED") && !p.takeAll("REPEATABLE", "READ") && !p.take("SNAPSHOT", "SERIALIZABLE") {
			p.fail()
		}
		return &optionStmt{line: at}
	case p.take("STATISTICS"):
		if !p.take("IO", "TIME", "PROFILE", "XML") {
			p.fail()
		}
		p.onOff()
		return &optionStmt{line: at}
	case p.take("CONTEXT_INFO"):
		return p.setContext(at)
	case settings[name]:
		p.next()
		s := &optionStmt{line: at, names: []string{name}}
		if name == "ROWCOUNT" && p.peek().kind == tokenInteger {
			s.limit = p.integerLiteral()
			return s
		}
		p.settingValue()
		return s
	}
	return p.setSwitches(at)
}

func (p *parser) settingValue() {
	p.take("-")
	switch t := p.peek(); t.kind {
	case tokenVariable:
		p.local()
	case tokenEnd, tokenSymbol:
		p.fail()
	default:
		p.next()
	}
}

func (p *parser) setSwitches(at line) stmt {
	s := &optionStmt{line: at}
	for {
		t := p.next()
		name := strings.ToUpper(t.text)
		if !switches[name] {
			panic(syntax(195, t.line, "'%s' is not a recognized SET option.", clip(t.text, maxIdentifier)))
		}
		s.names = append(s.names, name)
		if !p.take(",") {
			break
		}
	}
	s.on = p.onOff()
	return s
}

func (p *parser) onOff() bool {
	on := p.peek().is("ON")
	if !p.take("ON", "OFF") {
		p.fail()
	}
	return on
}

// setVariable parses SET @x = …, and += and -=.
func (p *parser) setVariable(at line) stmt {
	s := &setStmt{line: at, name: p.local()}
	op := p.peek().text
	if p.take("+=", "-=") {
		s.x = &arithmeticExpr{op[:1], &variable{s.name}, p.expr()}
		return s
	}
	p.need("=")
	s.x = p.expr()
	return s
}
