package tsql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxIdentifier is the length of a sysname, in characters.
const maxIdentifier = 128

// lexer cuts a batch into tokens.
type lexer struct {
	text string
	at   int
	line int32

	// QUOTED_IDENTIFIER: "x" is a name, not a string. A SET of it holds from
	// where it stands in the text on, whether it runs or not.
	quotes  bool
	setting bool // the tokens since a SET are names of options
	named   bool // one of them changes quotes
}

// lex returns the tokens of a batch, ended by tokenEnd, and whether double
// quotes mark names at its end.
func lex(text string, quotes bool) ([]token, bool, *Error) {
	l := &lexer{text: text, line: 1, quotes: quotes}
	var out []token
	for {
		if err := l.space(); err != nil {
			return nil, l.quotes, err
		}
		start := l.line
		t, err := l.next()
		if err != nil {
			return nil, l.quotes, err
		}
		t.line = start
		out = append(out, t)
		if t.kind == tokenEnd {
			return out, l.quotes, nil
		}
		l.watch(t)
	}
}

// watch notices SET QUOTED_IDENTIFIER.
func (l *lexer) watch(t token) {
	switch {
	case t.is("SET"):
		l.setting, l.named = true, false
	case l.setting && (t.is("QUOTED_IDENTIFIER") || t.is("ANSI_DEFAULTS")):
		l.named = true
	case l.setting && l.named && (t.is("ON") || t.is("OFF")):
		l.quotes, l.setting = t.is("ON"), false
	case l.setting && !t.is(",") && !switches[strings.ToUpper(t.text)]:
		l.setting = false
	}
}

// peek returns the rune at an offset of n bytes, 0 at the end.
func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.text) {
		return l.text[l.at+n]
	}
	return 0
}

func (l *lexer) space() *Error {
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case c == '-' && l.peek(1) == '-':
			end := strings.IndexByte(l.text[l.at:], '\n')
			if end < 0 {
				end = len(l.text) - l.at
			}
			l.at += end
		case c == '/' && l.peek(1) == '*':
			if err := l.comment(); err != nil {
				return err
			}
		default:
			r, n := utf8.DecodeRuneInString(l.text[l.at:])
			if !unicode.IsSpace(r) && r != '\ufeff' {
				return nil
			}
			l.skip(n)
		}
	}
	return nil
}

// comment skips a block comment; they nest.
func (l *lexer) comment() *Error {
	start, depth := l.line, 0
	for l.at < len(l.text) {
		switch {
		case l.text[l.at] == '/' && l.peek(1) == '*':
			depth++
			l.at += 2
		case l.text[l.at] == '*' && l.peek(1) == '/':
			depth--
			l.at += 2
			if depth == 0 {
				return nil
			}
		default:
			l.skip(1)
		}
	}
	return syntax(113, start, "Missing end comment mark '*/'.")
}

// skip moves n bytes on and counts the lines among them.
func (l *lexer) skip(n int) {
	l.line += int32(strings.Count(l.text[l.at:l.at+n], "\n"))
	l.at += n
}

func (l *lexer) next() (token, *Error) {
	if l.at >= len(l.text) {
		return token{kind: tokenEnd}, nil
	}
	r, n := utf8.DecodeRuneInString(l.text[l.at:])
	switch c := l.text[l.at]; {
	case c == '\'':
		return l.quoted('\'', tokenString)
	case (c == 'N' || c == 'n') && l.peek(1) == '\'':
		l.at++
		return l.quoted('\'', tokenString)
	case c == '[':
		return l.quoted(']', tokenQuoted)
	case c == '"' && l.quotes:
		return l.quoted('"', tokenQuoted)
	case c == '"':
		return l.quoted('"', tokenString)
	case c == '@':
		return l.word(tokenVariable)
	case c >= '0' && c <= '9', c == '.' && isDigit(l.peek(1)):
		return l.number(), nil
	case unicode.IsLetter(r), c == '_', c == '#':
		return l.word(tokenWord)
	case n > 1 || r == utf8.RuneError:
		return token{}, near(l.line, l.text[l.at:l.at+n])
	}
	return l.symbol()
}

func (l *lexer) word(kind tokenKind) (token, *Error) {
	start := l.at
	for l.at < len(l.text) {
		r, n := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_@#$", r) {
			break
		}
		l.at += n
	}
	return l.checked(token{kind: kind, text: l.text[start:l.at]}, l.line)
}

// symbol reads an operator or a mark, the longest first.
func (l *lexer) symbol() (token, *Error) {
	rest := l.text[l.at:]
	for _, s := range [...]string{"<>", "<=", ">=", "!=", "!<", "!>", "+=", "-="} {
		if strings.HasPrefix(rest, s) {
			l.at += len(s)
			return token{kind: tokenSymbol, text: s}, nil
		}
	}
	if strings.IndexByte("+-*/%&|^~=<>(),.;:", rest[0]) < 0 {
		return token{}, near(l.line, rest[:1])
	}
	l.at++
	return token{kind: tokenSymbol, text: rest[:1]}, nil
}
