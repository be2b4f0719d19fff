package mssql

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Batch is one statement of a script with what it is.
type Batch struct {
	Title   string // "F3 restore mgc_20261121024500.trn"
	Remarks []string
	Phrases []Phrase // each is to be typed before the statement runs
	Text    string
}

// Phrase is what has to be typed where a gate does not hold.
type Phrase struct{ Gate, Text string }

// Script puts batches together so that each one runs only after all before it
// have come to their end. SQL Server Management Studio and sqlcmd go on after an
// error, an error may end a batch anywhere or spare what stands behind it, and a
// connection that broke comes back as another session. So each batch leaves a mark
// in the session when it is through, and begins with a look for the mark of the one
// before. A batch that misses it says so, and keeps the rest from being run; what
// is run all the same misses its own mark. instance is how the server names itself;
// "": that is not known.
func Script(instance string, batches []Batch) string {
	s := &script{last: len(batches)}
	s.id = sha256.Sum256([]byte(fmt.Sprint(instance, batches)))
	s.line("USE [master]\nGO")
	s.begin(instance)
	before := "The beginning"
	for i, b := range batches {
		s.batch(i+1, before, b)
		before = fmt.Sprintf("Part %d of %d (%s)", i+1, s.last, b.Title)
	}
	s.line("SET NOEXEC OFF\nGO")
	s.line("IF %s\n    PRINT N'Complete: all %d parts of this script are done.';\nELSE\n    RAISERROR(N'STOPPED: the first error above says where and why. Nothing behind it was done. Mend it, write this script again and run that.', 16, 1);\nGO", s.is(s.last), s.last)
	if sent != nil {
		sent(s.String())
	}
	return s.String()
}

type script struct {
	strings.Builder
	id   [32]byte
	last int
}

func (s *script) line(format string, args ...any) {
	s.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// mark is what the session holds once a batch is through.
func (s *script) mark(n int) string { return fmt.Sprintf("0x%x%08x", s.id[:12], n) }

// is asks whether the session holds a mark.
func (s *script) is(n int) string {
	return fmt.Sprintf("ISNULL(CONVERT(varbinary(16), CONTEXT_INFO()), 0x00) = %s", s.mark(n))
}

// begin puts the session into a state that is known. sqlcmd has QUOTED_IDENTIFIER
// off, and one may have told Management Studio to open a transaction by itself.
func (s *script) begin(instance string) {
	s.line("SET NOCOUNT, QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;")
	s.line("SET XACT_ABORT, IMPLICIT_TRANSACTIONS OFF;\nSET ROWCOUNT 0;\nSET LOCK_TIMEOUT -1;\nSET CONTEXT_INFO 0x00;")
	if instance == "" {
		instance = "@@SERVERNAME"
	} else {
		instance = expression(instance)
	}
	s.line("IF @@TRANCOUNT > 0 OR ISNULL(@@SERVERNAME, N'') <> %s\n    RAISERROR(N'This is another server, or a transaction is open in this window: nothing is done.', 16, 1);\nELSE\n    SET CONTEXT_INFO %s;\nGO", instance, s.mark(0))
}

func (s *script) batch(n int, before string, b Batch) {
	s.line("-- Part %d of %d: %s", n, s.last, Remark(b.Title))
	for _, r := range b.Remarks {
		s.line("-- %s", Remark(r))
	}
	s.line("IF NOT %s\nBEGIN\n    RAISERROR(%s, 16, 1);\n    SET NOEXEC ON;\n    RETURN;\nEND;", s.is(n-1), message(before+" has not come to its end: nothing behind it is run. Run the whole script."))
	for i, p := range b.Phrases {
		s.line("-- A gate does not hold: %s", Remark(p.Gate))
		s.line("-- To pass it all the same, type between the quotes: %s", Remark(p.Text))
		s.line("DECLARE @phrase%d nvarchar(4000); SET @phrase%[1]d = N'';", i+1)
		s.line("IF @phrase%d <> %s\nBEGIN\n    RAISERROR(%s, 16, 1);\n    RETURN;\nEND;", i+1, expression(p.Text), message("A gate does not hold: "+p.Gate+". What has to be typed to pass it stands in the script."))
	}
	s.line("%s\nIF @@ERROR = 0\n    SET CONTEXT_INFO %s;\nGO", strings.TrimSpace(b.Text), s.mark(n))
}
