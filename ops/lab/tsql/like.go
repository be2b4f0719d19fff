package tsql

import "strings"

// likeElement matches one character, or with many set any run of them.
type likeElement struct {
	many   bool
	any    bool
	one    rune
	set    []rune // pairs: from, to
	except bool
}

// likePattern compiles a LIKE pattern: % _ [a-z] [^a-z] and the escape character.
func likePattern(p []rune, escape rune) []likeElement {
	var out []likeElement
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case escape != 0 && c == escape && i+1 < len(p):
			i++
			out = append(out, likeElement{one: p[i]})
		case c == '%':
			if n := len(out); n == 0 || !out[n-1].many {
				out = append(out, likeElement{many: true})
			}
		case c == '_':
			out = append(out, likeElement{any: true})
		case c == '[' && strings.ContainsRune(string(p[i+1:]), ']'):
			set, n := likeSet(p[i+1:])
			out = append(out, set)
			i += n
		default:
			out = append(out, likeElement{one: c})
		}
	}
	return out
}

// likeSet reads the inside of brackets and how many characters it took.
func likeSet(p []rune) (likeElement, int) {
	var out likeElement
	i := 0
	if p[0] == '^' {
		out.except = true
		i++
	}
	for ; i < len(p) && p[i] != ']'; i++ {
		from, to := p[i], p[i]
		if i+2 < len(p) && p[i+1] == '-' && p[i+2] != ']' {
			to = p[i+2]
			i += 2
		}
		out.set = append(out.set, from, to)
	}
	return out, i + 1
}

func (l likeElement) match(c rune) bool {
	if l.any || l.set == nil && l.one == c {
		return true
	}
	for i := 0; i < len(l.set); i += 2 {
		if c >= l.set[i] && c <= l.set[i+1] {
			return !l.except
		}
	}
	return l.set != nil && l.except
}

// likeMatch goes back only to the last %, so its work is at most the product
// of the lengths.
func likeMatch(s []rune, p []likeElement) bool {
	i, j, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case j < len(p) && p[j].many:
			star, mark = j, i
			j++
		case j < len(p) && p[j].match(s[i]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = mark, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j].many {
		j++
	}
	return j == len(p)
}
