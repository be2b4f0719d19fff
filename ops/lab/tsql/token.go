package tsql

import "strings"

// tokenKind is the class of a token.
type tokenKind uint8

const (
	tokenEnd      tokenKind = iota
	tokenWord               // bare identifier or keyword
	tokenQuoted             // [identifier] or "identifier"
	tokenString             // 'text' or N'text'
	tokenInteger            // 42
	tokenDecimal            // 4.2
	tokenFloat              // 4e2
	tokenBinary             // 0x2A
	tokenVariable           // @name or @@name
	tokenSymbol             // operators and punctuation
)

// token is a lexical unit with the line it starts on (from 1).
type token struct {
	kind tokenKind
	text string // without quotes, doubled quotes undone
	line int32
}

// is reports whether the token is the given keyword or symbol. A quoted
// identifier is never a keyword.
func (t token) is(text string) bool {
	switch t.kind {
	case tokenWord:
		return strings.EqualFold(t.text, text)
	case tokenSymbol:
		return t.text == text
	default:
		return false
	}
}

// name reports whether the token can name an object, a column or an alias. GO
// belongs to the clients, which cut scripts at it: it never names anything.
func (t token) name() bool {
	return t.kind == tokenQuoted || t.kind == tokenWord && !reserved[strings.ToUpper(t.text)] && !t.is("GO")
}

// reserved holds the words that can name nothing without brackets. The list
// is Transact-SQL's own: a syntax error near one of them is 156, not 102.
var reserved = words(`
ADD ALL ALTER AND ANY AS ASC AUTHORIZATION BACKUP BEGIN BETWEEN BREAK BROWSE
BULK BY CASCADE CASE CHECK CHECKPOINT CLOSE CLUSTERED COALESCE COLLATE COLUMN
COMMIT COMPUTE CONSTRAINT CONTAINS CONTAINSTABLE CONTINUE CONVERT CREATE CROSS
CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR
DATABASE DBCC DEALLOCATE DECLARE DEFAULT DELETE DENY DESC DISK DISTINCT
DISTRIBUTED DOUBLE DROP DUMP ELSE END ERRLVL ESCAPE EXCEPT EXEC EXECUTE EXISTS
EXIT EXTERNAL FETCH FILE FILLFACTOR FOR FOREIGN FREETEXT FREETEXTTABLE FROM
FULL FUNCTION GOTO GRANT GROUP HAVING HOLDLOCK IDENTITY IDENTITYCOL
IDENTITY_INSERT IF IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY KILL LEFT
LIKE LINENO LOAD MERGE NATIONAL NOCHECK NONCLUSTERED NOT NULL NULLIF OF OFF
OFFSETS ON OPEN OPENDATASOURCE OPENQUERY OPENROWSET OPENXML OPTION OR ORDER
OUTER OVER PERCENT PIVOT PLAN PRECISION PRIMARY PRINT PROC PROCEDURE PUBLIC
RAISERROR READ READTEXT RECONFIGURE REFERENCES REPLICATION RESTORE RESTRICT
RETURN REVERT REVOKE RIGHT ROLLBACK ROWCOUNT ROWGUIDCOL RULE SAVE SCHEMA
SELECT SEMANTICKEYPHRASETABLE SESSION_USER SET SETUSER SHUTDOWN SOME STATISTICS
SYSTEM_USER TABLE TABLESAMPLE TEXTSIZE THEN TO TOP TRAN TRANSACTION TRIGGER
TRUNCATE TRY_CONVERT TSEQUAL UNION UNIQUE UNPIVOT UPDATE UPDATETEXT USE USER
VALUES VARYING VIEW WAITFOR WHEN WHERE WHILE WITH WITHIN WRITETEXT`)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}
