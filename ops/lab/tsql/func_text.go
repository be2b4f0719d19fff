package tsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// textFunctions are the functions on strings.
var textFunctions = map[string]builtin{
	"LEN": {least: 1, most: 1, result: gives(typ{kind: Int}), run: func(_ *env, a []value) (any, *Error) {
		return int64(utf8.RuneCountInString(strings.TrimRight(a[0].String(), " "))), nil
	}},
	"DATALENGTH": {least: 1, most: 1, result: gives(typ{kind: Int}), run: func(_ *env, a []value) (any, *Error) {
		return int64(len(toBinary(a[0], typ{}))), nil
	}},
	"UPPER":     mapText(strings.ToUpper),
	"LOWER":     mapText(strings.ToLower),
	"LTRIM":     mapText(func(s string) string { return strings.TrimLeft(s, " ") }),
	"RTRIM":     mapText(func(s string) string { return strings.TrimRight(s, " ") }),
	"REVERSE":   mapText(reverse),
	"QUOTENAME": {least: 1, most: 2, result: gives(text(258)), run: quoteName},
	"SUBSTRING": {least: 3, most: 3, result: likeArgument(0), run: substring},
	"LEFT":      {least: 2, most: 2, result: likeArgument(0), run: edge(false)},
	"RIGHT":     {least: 2, most: 2, result: likeArgument(0), run: edge(true)},
	"REPLACE":   {least: 3, most: 3, result: gives(text(maxChars)), run: replace},
	"REPLICATE": {least: 2, most: 2, result: gives(text(maxChars)), run: func(_ *env, a []value) (any, *Error) {
		return repeat(a[0].String(), a[1])
	}},
	"SPACE": {least: 1, most: 1, result: gives(text(maxChars)), run: func(_ *env, a []value) (any, *Error) {
		return repeat(" ", a[0])
	}},
	"STUFF":     {least: 4, most: 4, result: gives(text(maxChars)), run: stuff},
	"CHARINDEX": {least: 2, most: 3, result: gives(typ{kind: Int}), run: charIndex},
	"PATINDEX":  {least: 2, most: 2, result: gives(typ{kind: Int}), run: patIndex},
	"CONCAT":    {least: 2, most: maxTerms, lenient: true, result: gives(text(maxChars)), run: concat},
	"CHAR":      {least: 1, most: 1, result: gives(text(1)), run: character},
	"NCHAR":     {least: 1, most: 1, result: gives(text(1)), run: character},
	"ASCII":     {least: 1, most: 1, result: gives(typ{kind: Int}), run: codeOf},
	"UNICODE":   {least: 1, most: 1, result: gives(typ{kind: Int}), run: codeOf},
	"STR": {least: 1, most: 3, result: gives(text(maxChars)), run: func(_ *env, a []value) (any, *Error) {
		width, scale := argument(a, 1, 10), argument(a, 2, 0)
		if width < 0 || width > maxChars || scale < 0 || scale > 16 {
			return nil, nil
		}
		return fmt.Sprintf("%*.*f", width, scale, a[0].float()), nil
	}},
}

// argument is an integer argument that may be left out.
func argument(args []value, n, otherwise int) int {
	if n >= len(args) {
		return otherwise
	}
	return int(max(min(args[n].float(), 1<<30), -1<<30))
}

func mapText(f func(string) string) builtin {
	return builtin{least: 1, most: 1, result: likeArgument(0), run: func(_ *env, a []value) (any, *Error) {
		return f(a[0].String()), nil
	}}
}

func reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

func quoteName(_ *env, a []value) (any, *Error) {
	open, shut := "[", "]"
	if len(a) == 2 {
		switch a[1].String() {
		case "'", "\"":
			open, shut = a[1].String(), a[1].String()
		case "[", "]":
		default:
			return nil, nil
		}
	}
	if utf8.RuneCountInString(a[0].String()) > maxIdentifier {
		return nil, nil
	}
	return open + strings.ReplaceAll(a[0].String(), shut, shut+shut) + shut, nil
}

func badLength(function string) *Error {
	err := refuse(537, "Invalid length parameter passed to the %s function.", function)
	err.State = 3
	return err
}

func substring(_ *env, a []value) (any, *Error) {
	r := []rune(a[0].String())
	from, n := argument(a, 1, 1), argument(a, 2, 0)
	if n < 0 {
		return nil, badLength("LEFT or SUBSTRING")
	}
	start := min(max(from-1, 0), len(r))
	end := min(max(from-1+n, start), len(r))
	return string(r[start:end]), nil
}

func edge(right bool) func(*env, []value) (any, *Error) {
	return func(_ *env, a []value) (any, *Error) {
		r := []rune(a[0].String())
		n := argument(a, 1, 0)
		switch {
		case n < 0 && right:
			return nil, badLength("RIGHT")
		case n < 0:
			return nil, badLength("LEFT or SUBSTRING")
		}
		n = min(n, len(r))
		if right {
			return string(r[len(r)-n:]), nil
		}
		return string(r[:n]), nil
	}
}

func repeat(s string, times value) (any, *Error) {
	n := argument([]value{times}, 0, 0)
	if n < 0 {
		return nil, nil
	}
	if len(s) > 0 {
		n = min(n, 2*maxChars/len(s))
	}
	return strings.Repeat(s, n), nil
}

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
