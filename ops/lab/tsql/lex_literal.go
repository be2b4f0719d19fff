package tsql

import (
	"strings"
	"unicode/utf8"
)

// quoted reads to the closing mark; doubled, it stands for itself.
func (l *lexer) quoted(mark byte, kind tokenKind) (token, *Error) {
	start, from := l.line, l.at+1
	l.at++
	var b strings.Builder
	for l.at < len(l.text) {
		c := l.text[l.at]
		if c == mark {
			if l.peek(1) != mark {
				l.at++
				return l.checked(token{kind: kind, text: b.String()}, start)
			}
			l.at++
		}
		b.WriteByte(c)
		l.skip(1)
	}
	return token{}, syntax(105, start, "Unclosed quotation mark after the character string '%s'.", clip(l.text[from:], maxIdentifier))
}

// checked refuses identifiers that are empty or too long.
func (l *lexer) checked(t token, line int32) (token, *Error) {
	switch {
	case t.kind == tokenString:
	case t.text == "":
		return t, syntax(1038, line, "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as \"\" or [] are not allowed. Change the alias to a valid name.")
	case utf8.RuneCountInString(t.text) > maxIdentifier:
		return t, syntax(103, line, "The identifier that starts with '%s' is too long. Maximum length is %d.", clip(t.text, maxIdentifier), maxIdentifier)
	}
	return t, nil
}

func (l *lexer) number() token {
	start, kind := l.at, tokenInteger
	if l.text[l.at] == '0' && (l.peek(1) == 'x' || l.peek(1) == 'X') {
		l.at += 2
		l.run(isHex)
		return token{kind: tokenBinary, text: l.text[start+2 : l.at]}
	}
	l.run(isDigit)
	if l.peek(0) == '.' {
		kind = tokenDecimal
		l.at++
		l.run(isDigit)
	}
	if e := l.peek(0); e == 'e' || e == 'E' {
		sign := 0
		if s := l.peek(1); s == '+' || s == '-' {
			sign = 1
		}
		if isDigit(l.peek(1 + sign)) {
			kind = tokenFloat
			l.at += 1 + sign
			l.run(isDigit)
		}
	}
	return token{kind: kind, text: l.text[start:l.at]}
}

func (l *lexer) run(in func(byte) bool) {
	for l.at < len(l.text) && in(l.text[l.at]) {
		l.at++
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
