package windows

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// errorRecord is an error as PowerShell shows it.
type errorRecord struct {
	name     string // what failed: a cmdlet or a word
	message  string
	category string // ObjectNotFound: (Foo:String) []
	kind     string // the exception's type
	id       string // FullyQualifiedErrorId
}

// Error gives the message.
func (r *errorRecord) Error() string { return r.message }

// unknownCommand is what PowerShell says of a word that it does not know.
func unknownCommand(word string) *errorRecord {
	return &errorRecord{
		name: word, category: "ObjectNotFound: (" + word + ":String) []", kind: "CommandNotFoundException", id: "CommandNotFoundException",
		message: fmt.Sprintf("The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program. "+
			"Check the spelling of the name, or if a path was included, verify that the path is correct and try again.", word),
	}
}

// record turns any error into an error record.
func record(name string, err error) *errorRecord {
	r := &errorRecord{
		name: name, message: err.Error(), category: "OperationStopped: (:) []", kind: "RuntimeException", id: "RuntimeException",
	}
	var (
		own *errorRecord
		c   *CmdletError
		f   *failure
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &c):
		r.category, r.kind, r.id = c.Category+": (:) ["+name+"]", "CmdletException", c.ID
	case errors.As(err, &f):
		r.category, r.id = f.Category+": (:) ["+name+"]", f.ID
	}
	return r
}

// die ends PowerShell with an error: CLIXML on standard error and exit code 1.
func (p *process) die(err error) int {
	r := record("powershell.exe", err)
	lines := []string{
		r.name + " : " + r.message,
		"    + CategoryInfo          : " + r.category + ", " + r.kind,
		"    + FullyQualifiedErrorId : " + r.id,
		" ",
	}
	var b strings.Builder
	b.WriteString("#< CLIXML\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">`)
	b.WriteString(`<Obj S="progress" RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN>` +
		`<MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Preparing modules for first use.</AV><AI>0</AI><Nil /><PI>-1</PI><PC>-1</PC>` +
		`<T>Completed</T><SR>-1</SR><SD> </SD></PR></MS></Obj>`)
	for _, line := range lines {
		b.WriteString(`<S S="Error">` + clixmlText(line) + `_x000D__x000A_</S>`)
	}
	b.WriteString("</Objs>")
	_, _ = io.WriteString(p.stderr, b.String())
	return 1
}

// clixmlText escapes text: XML's own characters, control characters and what
// looks like an escape.
func clixmlText(s string) string {
	s = strings.ReplaceAll(s, "_x", "_x005F_x")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			fmt.Fprintf(&b, "_x%04X_", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
