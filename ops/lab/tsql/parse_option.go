package tsql

import "strings"

// switches are the SET options that are ON or OFF.
var switches = words(`NOCOUNT XACT_ABORT ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ANSI_NULL_DFLT_ON ANSI_NULL_DFLT_OFF
ANSI_DEFAULTS ARITHABORT ARITHIGNORE CONCAT_NULL_YIELDS_NULL QUOTED_IDENTIFIER NUMERIC_ROUNDABORT
CURSOR_CLOSE_ON_COMMIT IMPLICIT_TRANSACTIONS FMTONLY FORCEPLAN NOEXEC PARSEONLY NO_BROWSETABLE REMOTE_PROC_TRANSACTIONS
SHOWPLAN_ALL SHOWPLAN_TEXT SHOWPLAN_XML`)

// notPlayed are the values of switches that would change results in a way that
// the lab does not.
var notPlayed = map[string]string{
	"ANSI_NULLS": "OFF", "ANSI_WARNINGS": "OFF", "ANSI_DEFAULTS": "OFF", "CONCAT_NULL_YIELDS_NULL": "OFF",
	"ARITHIGNORE": "ON", "NUMERIC_ROUNDABORT": "ON", "SHOWPLAN_ALL": "ON", "SHOWPLAN_TEXT": "ON", "SHOWPLAN_XML": "ON",
}

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
		for name, level := range isolationLevels {
			if p.takeAll(strings.Fields(name)...) {
				return &isolationStmt{at, level}
			}
		}
		p.fail()
	case p.take("STATISTICS"):
		name := "SET STATISTICS " + strings.ToUpper(p.peek().text)
		p.needOne("IO", "TIME", "PROFILE", "XML")
		if p.onOff() {
			p.unplayed(t.line, name+" ON")
		}
		return &optionStmt{line: at}
	case p.take("CONTEXT_INFO"):
		return p.setContext(at)
	case settings[name]:
		p.next()
		s := &settingStmt{line: at, name: name, x: p.settingValue()}
		if l, ok := s.x.(*literal); ok && !played(name, l.value) {
			p.unplayed(t.line, "SET "+name+" "+l.value.String())
		}
		return s
	}
	return p.setSwitches(at)
}

// settingValue parses a constant, a variable or a bare word, which stands for a
// string.
func (p *parser) settingValue() expr {
	switch t := p.peek(); {
	case t.kind == tokenVariable:
		return &variable{p.local()}
	case t.is("-"), t.is("+"):
		p.next()
		if k := p.peek().kind; k != tokenInteger && k != tokenDecimal {
			p.fail()
		}
		x := p.scalar(p.primary())
		if t.is("-") {
			x = &unary{"-", x}
		}
		return x
	case t.name():
		return &literal{stringValue(p.next().text)}
	case t.kind == tokenString, t.kind == tokenInteger, t.kind == tokenDecimal:
		return p.scalar(p.primary())
	}
	p.fail()
	return nil
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
	word := strings.ToUpper(p.peek().text)
	s.on = p.onOff()
	for _, name := range s.names {
		if notPlayed[name] == word {
			p.unplayed(int32(at), "SET "+name+" "+word)
		}
		if name == "PARSEONLY" {
			p.parseOnly = &s.on
		}
	}
	return s
}

func (p *parser) onOff() bool {
	on := p.peek().is("ON")
	if !p.take("ON", "OFF") {
		p.fail()
	}
	return on
}
