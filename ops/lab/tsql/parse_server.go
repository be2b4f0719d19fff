package tsql

import "strings"

// Names of BACKUP and RESTORE options, as the server lists them.
var (
	backupOptions = words(`NORECOVERY STANDBY NO_TRUNCATE COPY_ONLY DIFFERENTIAL INIT NOINIT FORMAT NOFORMAT SKIP NOSKIP
STATS CHECKSUM NO_CHECKSUM STOP_ON_ERROR CONTINUE_AFTER_ERROR RESTART NAME DESCRIPTION MEDIANAME MEDIADESCRIPTION
BLOCKSIZE BUFFERCOUNT MAXTRANSFERSIZE COMPRESSION NO_COMPRESSION RETAINDAYS EXPIREDATE PASSWORD MEDIAPASSWORD
REWIND NOREWIND UNLOAD NOUNLOAD TRUNCATE_ONLY NO_LOG`)
	restoreOptions = words(`RECOVERY NORECOVERY STANDBY REPLACE FILE STATS CHECKSUM NO_CHECKSUM STOP_ON_ERROR
CONTINUE_AFTER_ERROR RESTART RESTRICTED_USER STOPAT STOPATMARK STOPBEFOREMARK PARTIAL KEEP_REPLICATION KEEP_CDC
ENABLE_BROKER ERROR_BROKER_CONVERSATIONS NEW_BROKER MEDIANAME MEDIAPASSWORD PASSWORD BLOCKSIZE BUFFERCOUNT
MAXTRANSFERSIZE LOADHISTORY REWIND NOREWIND UNLOAD NOUNLOAD DBNAME CREDENTIAL`)
)

func (p *parser) backup(at line) stmt {
	p.next()
	s := &backupStmt{line: at, what: strings.ToUpper(p.peek().text)}
	p.needOne("DATABASE", "LOG")
	s.database = p.nameOrVariable()
	p.need("TO")
	s.disks = p.devices()
	s.with = p.backupWith("BACKUP", backupOptions)
	return s
}

func (p *parser) restore(at line) stmt {
	p.next()
	s := &backupStmt{line: at, restore: true, what: strings.ToUpper(p.peek().text)}
	p.needOne("DATABASE", "LOG", "HEADERONLY", "FILELISTONLY", "LABELONLY", "VERIFYONLY")
	if s.what == "DATABASE" || s.what == "LOG" {
		s.database = p.nameOrVariable()
		if p.take("FROM") {
			s.disks = p.devices()
		}
	} else {
		p.need("FROM")
		s.disks = p.devices()
	}
	s.with = p.backupWith("RESTORE", restoreOptions)
	return s
}

// needOne consumes one of several words.
func (p *parser) needOne(texts ...string) {
	if !p.take(texts...) {
		p.fail()
	}
}

func (p *parser) nameOrVariable() expr {
	if p.peek().kind == tokenVariable {
		return &variable{p.local()}
	}
	return &literal{stringValue(p.name())}
}

func (p *parser) devices() []expr {
	var out []expr
	for {
		p.need("DISK", "=")
		out = append(out, p.stringOrVariable())
		if !p.take(",") {
			return out
		}
		p.terms(len(out))
	}
}

func (p *parser) stringOrVariable() expr {
	if k := p.peek().kind; k != tokenString && k != tokenVariable {
		p.fail()
	}
	return p.scalar(p.primary())
}

func (p *parser) backupWith(verb string, known map[string]bool) []backupOption {
	if !p.take("WITH") {
		return nil
	}
	var out []backupOption
	for {
		out = append(out, p.backupOption(verb, known))
		if !p.take(",") {
			return out
		}
		p.terms(len(out))
	}
}

func (p *parser) backupOption(verb string, known map[string]bool) backupOption {
	t := p.peek()
	if verb == "RESTORE" && p.take("MOVE") {
		from := p.stringOrVariable()
		p.need("TO")
		return backupOption{move: [2]expr{from, p.stringOrVariable()}}
	}
	if t.kind != tokenWord {
		p.fail()
	}
	o := backupOption{name: strings.ToUpper(t.text)}
	if !known[o.name] {
		panic(syntax(155, t.line, "'%s' is not a recognized %s option.", t.text, verb))
	}
	p.next()
	if p.take("=") {
		if p.peek().kind == tokenWord {
			p.fail()
		}
		o.value = p.scalar(p.primary())
		if p.take("AFTER") {
			p.stringOrVariable()
		}
	}
	return o
}

func (p *parser) kill(at line) stmt {
	p.next()
	sign := ""
	if p.take("-") {
		sign = "-"
	}
	t := p.peek()
	if t.kind != tokenInteger && (t.kind != tokenString || sign != "") {
		p.fail()
	}
	s := &killStmt{line: at, spid: sign + p.next().text}
	s.statusOnly = p.takeAll("WITH", "STATUSONLY")
	return s
}

func (p *parser) use(at line) stmt {
	p.next()
	return &useStmt{at, p.name()}
}

// alter parses ALTER DATABASE name SET …: the options are the host's. It also
// knows MODIFY NAME, logins and server roles.
func (p *parser) alter(at line) stmt {
	p.next()
	switch {
	case p.take("LOGIN"):
		return p.alterLogin(at)
	case p.takeAll("SERVER", "ROLE"):
		return p.alterRole(at)
	}
	p.need("DATABASE")
	s := &alterStmt{line: at}
	if !p.take("CURRENT") {
		s.database = p.name()
	}
	if t := p.peek(); t.is("ADD") || t.is("REMOVE") || t.is("COLLATE") || t.is("MODIFY") && !p.ahead(1).is("NAME") {
		p.unplayed(int32(at), "ALTER DATABASE … "+strings.ToUpper(t.text))
		p.skipStatement(false)
		return s
	}
	if p.take("MODIFY") {
		p.need("NAME", "=")
		s.rename = p.name()
		return s
	}
	p.need("SET")
	for !p.endsOptions() {
		t := p.next()
		if t.kind == tokenWord {
			t.text = strings.ToUpper(t.text)
		}
		s.set = append(s.set, t.text)
	}
	if len(s.set) == 0 {
		p.fail()
	}
	return s
}

// endsOptions reports that a new statement begins. ROLLBACK after WITH is a
// part of the options.
func (p *parser) endsOptions() bool {
	t := p.peek()
	if t.kind == tokenEnd || t.is(";") || t.is("END") || t.is("ELSE") {
		return true
	}
	_, ok := starters[strings.ToUpper(t.text)]
	return ok && t.kind == tokenWord && !t.is("WITH") && !p.ahead(-1).is("WITH")
}
