package tsql

// cond is a condition: true, false or unknown.
type cond interface {
	test(e *env) (truth, *Error)
}

// logical is AND or OR.
type logical struct {
	or   bool
	a, b cond
}

func (c *logical) test(e *env) (truth, *Error) {
	a, err := c.a.test(e)
	if err != nil {
		return unknown, err
	}
	decided := isFalse
	if c.or {
		decided = isTrue
	}
	if a == decided && !e.typing {
		return a, nil
	}
	b, err := c.b.test(e)
	if err != nil {
		return unknown, err
	}
	if c.or {
		return max(a, b), nil
	}
	return min(a, b), nil
}

// negation is NOT.
type negation struct{ c cond }

func (c *negation) test(e *env) (truth, *Error) {
	t, err := c.c.test(e)
	return -t, err
}

// comparison is = <> < <= > >=.
type comparison struct {
	op   string
	a, b expr
}

func (c *comparison) test(e *env) (truth, *Error) {
	a, err := c.a.eval(e)
	if err != nil {
		return unknown, err
	}
	b, err := c.b.eval(e)
	if err != nil {
		return unknown, err
	}
	return holds(c.op, a, b)
}

func holds(op string, a, b value) (truth, *Error) {
	if a.v == nil || b.v == nil {
		return unknown, nil
	}
	n, err := compare(a, b)
	if err != nil {
		return unknown, err
	}
	switch op {
	case "=":
		return truthOf(n == 0), nil
	case "<>", "!=":
		return truthOf(n != 0), nil
	case "<":
		return truthOf(n < 0), nil
	case "<=", "!>":
		return truthOf(n <= 0), nil
	case ">":
		return truthOf(n > 0), nil
	}
	return truthOf(n >= 0), nil
}

// isNullTest is x IS NULL.
type isNullTest struct{ x expr }

func (c *isNullTest) test(e *env) (truth, *Error) {
	v, err := c.x.eval(e)
	return truthOf(v.v == nil), err
}

// between is x BETWEEN low AND high.
type between struct{ x, low, high expr }

func (c *between) test(e *env) (truth, *Error) {
	return (&logical{
		a: &comparison{">=", c.x, c.low},
		b: &comparison{"<=", c.x, c.high},
	}).test(e)
}

// like is x LIKE pattern ESCAPE c.
type like struct{ x, pattern, escape expr }

func (c *like) test(e *env) (truth, *Error) {
	var parts [3]value
	for i, x := range [...]expr{c.x, c.pattern, c.escape} {
		if x == nil {
			continue
		}
		v, err := x.eval(e)
		if err != nil {
			return unknown, err
		}
		if v.v == nil {
			return unknown, nil
		}
		parts[i] = v
	}
	var escape rune
	if c.escape != nil {
		runes := []rune(parts[2].String())
		if len(runes) != 1 {
			return unknown, refuse(506, "The invalid escape character \"%s\" was specified in a LIKE predicate.", clip(parts[2].String(), maxIdentifier))
		}
		escape = runes[0]
	}
	s, p := parts[0].String(), parts[1].String()
	if !parts[0].exact && !parts[1].exact {
		s, p = fold(s), fold(p)
	}
	return truthOf(likeMatch([]rune(s), likePattern([]rune(p), escape))), nil
}
