package tsql

import (
	"context"
	"strings"
)

// dbccCommands are the statements of DBCC that a real server knows.
var dbccCommands = words(`CHECKALLOC CHECKCATALOG CHECKCONSTRAINTS CHECKDB CHECKFILEGROUP CHECKIDENT CHECKTABLE CLEANTABLE CLONEDATABASE DBREINDEX
DROPCLEANBUFFERS FREEPROCCACHE FREESESSIONCACHE FREESYSTEMCACHE HELP IND INDEXDEFRAG INPUTBUFFER LOG LOGINFO MEMORYSTATUS OPENTRAN OUTPUTBUFFER
PAGE PROCCACHE SHOW_STATISTICS SHOWCONTIG SHRINKDATABASE SHRINKFILE SQLPERF TRACEOFF TRACEON TRACESTATUS UPDATEUSAGE USEROPTIONS DBINFO ERRORLOG`)

// dbccStmt is DBCC OPENTRAN, or DBCC SQLPERF (LOGSPACE).
type dbccStmt struct {
	line
	what     string
	database string
}

// dbcc parses DBCC. The host answers the two that an administrator asks for
// first; the others are refused.
func (p *parser) dbcc(at line) stmt {
	p.next()
	t := p.peek()
	s := &dbccStmt{line: at, what: strings.ToUpper(t.text)}
	if t.kind != tokenWord {
		p.fail()
	}
	if !dbccCommands[s.what] {
		panic(refuseAt(2526, t.line, "Incorrect DBCC statement. Check the documentation for the correct DBCC syntax and options."))
	}
	p.next()
	played := s.what == "OPENTRAN"
	if p.take("(") {
		if s.what == "SQLPERF" {
			played = p.peek().is("LOGSPACE")
		}
		if k := p.peek().kind; !p.peek().is(")") && s.what == "OPENTRAN" && (k == tokenString || p.peek().name()) {
			s.database = p.next().text
			played = p.peek().is(")")
		}
		p.parentheses()
	}
	if p.takeAll("WITH", "NO_INFOMSGS") && p.ends() {
		return s
	}
	if !played || p.peek().is("WITH") || p.peek().is(",") {
		p.unplayed(int32(at), "DBCC "+s.what)
		p.skipStatement(false)
	}
	return s
}

func (s *dbccStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	args := []Param{}
	if s.what == "OPENTRAN" {
		args = append(args, Param{Name: "@database", Kind: NVarChar, Value: s.database})
	}
	_, err := f.procedure(ctx, []string{"dbcc " + strings.ToLower(s.what)}, args, s.where())
	if err == nil {
		f.done(-1)
	}
	return goOn, err
}
