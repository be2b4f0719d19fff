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
	"SUBSTRING": {least: 3, most: 3, result: likeArgument, run: substring},
	"LEFT":      {least: 2, most: 2, result: likeArgument, run: edge(false)},
	"RIGHT":     {least: 2, most: 2, result: likeArgument, run: edge(true)},
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
	return builtin{least: 1, most: 1, result: likeArgument, run: func(_ *env, a []value) (any, *Error) {
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
