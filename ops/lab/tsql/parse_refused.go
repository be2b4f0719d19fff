package tsql

import "strings"

// phrases are the beginnings of statements that a real server knows and the lab
// refuses. What follows one is skipped to the end of the statement.
var phrases = func() [][]string {
	var out [][]string
	for _, line := range strings.Split(`CREATE LOGIN|CREATE USER|CREATE DATABASE|CREATE INDEX|CREATE UNIQUE|CREATE CLUSTERED|CREATE NONCLUSTERED|CREATE COLUMNSTORE
CREATE VIEW|CREATE PROC|CREATE PROCEDURE|CREATE FUNCTION|CREATE TRIGGER|CREATE SCHEMA|CREATE ROLE|CREATE SERVER|CREATE APPLICATION|CREATE CERTIFICATE
CREATE ENDPOINT|CREATE CREDENTIAL|CREATE TYPE|CREATE SYNONYM|CREATE STATISTICS|CREATE MASTER|CREATE SYMMETRIC|CREATE ASYMMETRIC|CREATE ASSEMBLY|CREATE QUEUE
CREATE SERVICE|CREATE CONTRACT|CREATE MESSAGE|CREATE ROUTE|CREATE EVENT|CREATE PARTITION|CREATE FULLTEXT|CREATE XML|CREATE RULE|CREATE DEFAULT
CREATE AGGREGATE|CREATE AVAILABILITY|CREATE SEQUENCE|CREATE SECURITY|CREATE REMOTE|CREATE RESOURCE|CREATE WORKLOAD|CREATE BROKER|CREATE CRYPTOGRAPHIC
CREATE COLUMN|CREATE EXTERNAL|CREATE SELECTIVE|CREATE SPATIAL|CREATE PRIMARY|CREATE SEARCH
ALTER TABLE|ALTER INDEX|ALTER VIEW|ALTER PROC|ALTER PROCEDURE|ALTER FUNCTION|ALTER TRIGGER|ALTER SCHEMA|ALTER ROLE|ALTER APPLICATION|ALTER USER
ALTER SERVER|ALTER CERTIFICATE|ALTER ENDPOINT|ALTER CREDENTIAL|ALTER MASTER|ALTER SYMMETRIC|ALTER ASYMMETRIC|ALTER ASSEMBLY|ALTER QUEUE|ALTER SERVICE
ALTER MESSAGE|ALTER ROUTE|ALTER EVENT|ALTER PARTITION|ALTER FULLTEXT|ALTER XML|ALTER AVAILABILITY|ALTER SEQUENCE|ALTER SECURITY|ALTER REMOTE
ALTER RESOURCE|ALTER WORKLOAD|ALTER BROKER|ALTER CRYPTOGRAPHIC|ALTER COLUMN|ALTER EXTERNAL|ALTER AUTHORIZATION|ALTER SEARCH
DROP INDEX|DROP VIEW|DROP PROC|DROP PROCEDURE|DROP FUNCTION|DROP TRIGGER|DROP SCHEMA|DROP ROLE|DROP APPLICATION|DROP USER|DROP SERVER|DROP CERTIFICATE
DROP ENDPOINT|DROP CREDENTIAL|DROP TYPE|DROP SYNONYM|DROP STATISTICS|DROP MASTER|DROP SYMMETRIC|DROP ASYMMETRIC|DROP ASSEMBLY|DROP QUEUE|DROP SERVICE
DROP CONTRACT|DROP MESSAGE|DROP ROUTE|DROP EVENT|DROP PARTITION|DROP FULLTEXT|DROP XML|DROP RULE|DROP DEFAULT|DROP AGGREGATE|DROP AVAILABILITY|DROP SEQUENCE
DROP SECURITY|DROP REMOTE|DROP RESOURCE|DROP WORKLOAD|DROP BROKER|DROP CRYPTOGRAPHIC|DROP COLUMN|DROP EXTERNAL|DROP DATABASE AUDIT|DROP SEARCH
GRANT|DENY|REVOKE|MERGE|TRUNCATE TABLE|BULK INSERT|INSERT BULK|INSERT TOP|UPDATE TOP|DELETE TOP|UPDATE STATISTICS|CHECKPOINT|RECONFIGURE|SHUTDOWN|REVERT
OPEN MASTER|OPEN SYMMETRIC|CLOSE MASTER|CLOSE SYMMETRIC|CLOSE ALL|OPEN|CLOSE|FETCH|DEALLOCATE|GOTO|READTEXT|WRITETEXT|UPDATETEXT|ENABLE TRIGGER|DISABLE TRIGGER
SETUSER|ADD SIGNATURE|EXECUTE AS|EXEC AS|BEGIN DIALOG|BEGIN CONVERSATION|END CONVERSATION|SEND ON|RECEIVE|MOVE CONVERSATION|GET CONVERSATION|WAITFOR (
BACKUP CERTIFICATE|BACKUP MASTER|BACKUP SERVICE|RESTORE MASTER|RESTORE SERVICE|RESTORE REWINDONLY|KILL QUERY|KILL STATS|SET IDENTITY_INSERT|SET OFFSETS|DUMP|LOAD`, "\n") {
		for _, phrase := range strings.Split(line, "|") {
			out = append(out, strings.Fields(phrase))
		}
	}
	return out
}()

// wholeBatch are the second words of statements that take the rest of their batch.
var wholeBatch = words("VIEW PROC PROCEDURE FUNCTION TRIGGER SCHEMA")

// bare are phrases that nothing has to follow.
var bare = words("CHECKPOINT RECONFIGURE SHUTDOWN REVERT SETUSER")

// refusal recognises a statement that the lab refuses.
func (p *parser) refusal(at line) bool {
	first := p.peek()
	if first.kind != tokenWord {
		return false
	}
	for _, phrase := range phrases {
		from := p.at
		if !p.takeAll(phrase...) {
			continue
		}
		if first.is("ALTER") && (p.peek().is("ROLE") || p.ahead(-1).is("DATABASE")) {
			p.at = from // ALTER SERVER ROLE is the lab's own
			continue
		}
		if p.ends() && !bare[phrase[0]] {
			p.fail()
		}
		p.unplayed(int32(at), strings.Join(phrase, " "))
		said := p.skipStatement(len(phrase) > 1 && wholeBatch[phrase[1]] && !first.is("DROP"))
		if (first.is("GRANT") || first.is("DENY") || first.is("REVOKE")) && !said["TO"] && !said["FROM"] {
			p.fail()
		}
		return true
	}
	return false
}

// ends reports that no word of the statement is left.
func (p *parser) ends() bool {
	t := p.peek()
	return t.kind == tokenEnd || t.is(";") || t.is("END") || t.is("ELSE")
}

// skipStatement reads to the end of a statement, and gives the words in it. One
// that begins a line begins a statement, unless it is a part of many. Parentheses
// must match.
func (p *parser) skipStatement(batch bool) map[string]bool {
	said := map[string]bool{}
	depth, cases := 0, 0
	for {
		t := p.peek()
		fresh := p.at > 0 && p.tokens[p.at-1].line < t.line
		_, starts := starters[strings.ToUpper(t.text)]
		switch {
		case t.kind == tokenEnd && depth > 0, t.is(")") && depth == 0:
			p.fail()
		case t.kind == tokenEnd:
			return said
		case batch:
		case depth == 0 && cases == 0 && p.ends():
			return said
		case depth == 0 && fresh && starts && t.kind == tokenWord && !continues[strings.ToUpper(t.text)]:
			return said
		}
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case t.is("CASE"):
			cases++
		case t.is("END") && cases > 0:
			cases--
		}
		if t.kind == tokenWord {
			said[strings.ToUpper(t.text)] = true
		}
		p.next()
	}
}

// continues are words that begin statements, and lines inside of others.
var continues = words("SET WITH SELECT INSERT UPDATE DELETE EXECUTE ALTER DROP FETCH")

// update parses UPDATE, which the lab does not carry out.
func (p *parser) update(at line) stmt {
	p.next()
	p.unplayed(int32(at), "UPDATE")
	p.target()
	p.need("SET")
	for {
		if p.peek().kind == tokenVariable {
			p.next()
		} else {
			p.dotted()
		}
		p.needOne("=", "+=", "-=")
		p.expr()
		if !p.take(",") {
			break
		}
	}
	if p.take("FROM") {
		p.from()
	}
	if p.take("WHERE") {
		p.cond()
	}
	return &block{line: at}
}

// unplayedName refuses what has a name that a real server knows.
func (p *parser) unplayedName(line int32, parts []string) {
	name, schema := fold(parts[len(parts)-1]), ""
	if len(parts) > 1 {
		schema = fold(parts[len(parts)-2])
	}
	catalogue := schema == "sys" || schema == "information_schema"
	if refusedViews[name] && (catalogue || (schema == "" || schema == "dbo") && strings.HasPrefix(name, "sys")) ||
		refusedTables[name] && len(parts) == 3 && strings.EqualFold(parts[0], "msdb") {
		p.unplayed(line, strings.Join(parts, "."))
	}
}
