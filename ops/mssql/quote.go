package mssql

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// quote makes any text a T-SQL string.
func quote(s string) string { return "N'" + strings.ReplaceAll(s, "'", "''") + "'" }

// name is a text that stands for an identifier.
type name string

// quoteName makes any text a T-SQL identifier.
func quoteName(s name) string { return "[" + strings.ReplaceAll(string(s), "]", "]]") + "]" }

// arg is a parameter of a statement, without the @.
type arg struct {
	name  string
	value any // string, name or int
}

// literal gives the value as T-SQL.
func (a arg) literal() string {
	switch v := a.value.(type) {
	case int:
		return strconv.Itoa(v)
	case name:
		return quoteName(v)
	default:
		return quote(fmt.Sprint(v))
	}
}

// statement is T-SQL with parameters. Its text is a constant of this package
// apart from whole numbers: what comes from files or servers is a parameter.
type statement struct {
	text string
	proc bool // text is the name of a procedure, and args are its parameters
	args []arg
	// bytes is how much BACKUP or RESTORE DATABASE goes through; 0: nobody knows.
	bytes int64
}

var parameter = regexp.MustCompile(`@\w+`)

// String gives the statement as an engineer would type it: with its values in
// place, and fit to be run by hand. What is sent differs from it only in that
// the values travel as parameters.
func (s statement) String() string {
	if s.proc {
		list := make([]string, len(s.args))
		for i, a := range s.args {
			list[i] = "@" + a.name + " = " + a.literal()
		}
		return "EXEC " + s.text + " " + strings.Join(list, ", ")
	}
	return parameter.ReplaceAllStringFunc(s.text, func(p string) string {
		for _, a := range s.args {
			if a.name == p[1:] {
				return a.literal()
			}
		}
		return p
	})
}
