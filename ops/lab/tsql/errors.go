package tsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// refuse makes the run-time error of class 16 that most refusals are. Its line
// is filled in by the statement that fails.
func refuse(number int32, format string, args ...any) *Error {
	return &Error{Number: number, State: 1, Class: 16, Message: fmt.Sprintf(format, args...)}
}

// syntax makes an error of the compiler, class 15.
func syntax(number, line int32, format string, args ...any) *Error {
	return &Error{Number: number, State: 1, Class: 15, Line: line, Message: fmt.Sprintf(format, args...)}
}

// near is error 102, or 156 near a reserved word.
func near(line int32, text string) *Error {
	if reserved[strings.ToUpper(text)] {
		return syntax(156, line, "Incorrect syntax near the keyword '%s'.", text)
	}
	return syntax(102, line, "Incorrect syntax near '%s'.", clip(text, maxIdentifier))
}

// clip shortens s to at most n characters, as SQL Server does with what it quotes.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
