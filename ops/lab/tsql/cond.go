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

// among is x IN (…), with a list or a query.
type among struct {
	x     expr
	list  []expr
	query *query
}

func (c *among) test(e *env) (truth, *Error) {
	x, err := c.x.eval(e)
	if err != nil {
		return unknown, err
	}
	if c.query != nil {
		return c.inQuery(e, x)
	}
	out := isFalse
	for _, item := range c.list {
		v, err := item.eval(e)
		if err != nil {
			return unknown, err
		}
		t, err := holds("=", x, v)
		if err != nil || t == isTrue && !e.typing {
			return t, err
		}
		out = max(out, t)
	}
	return out, nil
}

func (c *among) inQuery(e *env, x value) (truth, *Error) {
	if e.typing {
		_, err := c.query.shape(e)
		return unknown, err
	}
	rows, err := e.subquery(c.query)
	if err != nil {
		return unknown, err
	}
	out := isFalse
	t := typeOf(rows.Columns[0])
	for _, row := range rows.Values {
		r, err := holds("=", x, value{t, row[0]})
		if err != nil || r == isTrue {
			return r, err
		}
		out = max(out, r)
	}
	return out, nil
}

// quantified is x op ALL (SELECT …), or ANY.
type quantified struct {
	op    string
	x     expr
	all   bool
	query *query
}

func (c *quantified) test(e *env) (truth, *Error) {
	x, err := c.x.eval(e)
	if err != nil {
		return unknown, err
	}
	if e.typing {
		_, err := c.query.shape(e)
		return unknown, err
	}
	rows, err := e.subquery(c.query)
	if err != nil {
		return unknown, err
	}
	out := truthOf(c.all)
	t := typeOf(rows.Columns[0])
	for _, row := range rows.Values {
		r, err := holds(c.op, x, value{t, row[0]})
		if err != nil {
			return unknown, err
		}
		if c.all {
			out = min(out, r)
		} else {
			out = max(out, r)
		}
	}
	return out, nil
}

// exists is EXISTS (SELECT …).
type exists struct{ query *query }

func (c *exists) test(e *env) (truth, *Error) {
	if e.typing {
		_, err := c.query.shape(e)
		return unknown, err
	}
	rows, err := e.subquery(c.query)
	if err != nil {
		return unknown, err
	}
	return truthOf(len(rows.Values) > 0), nil
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
