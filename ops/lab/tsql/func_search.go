package tsql

import (
	"strings"
	"unicode/utf8"
)

func replace(_ *env, a []value) (any, *Error) {
	s, old, with := a[0].String(), a[1].String(), a[2].String()
	if old == "" {
		return s, nil
	}
	if !a[0].exact && !a[1].exact {
		return replaceFold(s, old, with)
	}
	return bounded(strings.ReplaceAll(s, old, with))
}

// replaceFold replaces without regard to case.
func replaceFold(s, old, with string) (any, *Error) {
	r, o := []rune(s), []rune(fold(old))
	var b strings.Builder
	for i := 0; i < len(r); {
		if i+len(o) <= len(r) && fold(string(r[i:i+len(o)])) == string(o) {
			b.WriteString(with)
			i += len(o)
		} else {
			b.WriteRune(r[i])
			i++
		}
		if b.Len() > maxText {
			return nil, tooBig()
		}
	}
	return b.String(), nil
}

func bounded(s string) (any, *Error) {
	if len(s) > maxText {
		return nil, tooBig()
	}
	return s, nil
}

func stuff(_ *env, a []value) (any, *Error) {
	r := []rune(a[0].String())
	from, n := argument(a, 1, 1)-1, argument(a, 2, 0)
	if from < 0 || from >= len(r) || n < 0 {
		return nil, nil
	}
	return bounded(string(r[:from]) + a[3].String() + string(r[min(from+n, len(r)):]))
}

func charIndex(_ *env, a []value) (any, *Error) {
	what, in := fold(a[0].String()), []rune(fold(a[1].String()))
	from := min(max(argument(a, 2, 1)-1, 0), len(in))
	at := strings.Index(string(in[from:]), what)
	if at < 0 || what == "" {
		return int64(0), nil
	}
	return int64(from + utf8.RuneCountInString(string(in[from:])[:at]) + 1), nil
}

func patIndex(_ *env, a []value) (any, *Error) {
	pattern, s := []rune(fold(a[0].String())), []rune(fold(a[1].String()))
	anchored := len(pattern) == 0 || pattern[0] != '%'
	for len(pattern) > 0 && pattern[0] == '%' {
		pattern = pattern[1:]
	}
	p := likePattern(pattern, 0)
	for i := 0; i <= len(s); i++ {
		if likeMatch(s[i:], p) {
			return int64(i + 1), nil
		}
		if anchored || i > maxChars {
			break
		}
	}
	return int64(0), nil
}

func concat(_ *env, a []value) (any, *Error) {
	var b strings.Builder
	for _, v := range a {
		b.WriteString(v.String())
	}
	return bounded(b.String())
}

func character(_ *env, a []value) (any, *Error) {
	n := argument(a, 0, -1)
	if n < 0 || n > 0xFFFF {
		return nil, nil
	}
	return string(rune(n)), nil
}

func codeOf(_ *env, a []value) (any, *Error) {
	for _, r := range a[0].String() {
		return int64(r), nil
	}
	return nil, nil
}
