package tsql

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
