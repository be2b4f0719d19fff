package tsql

import (
	"fmt"
	"slices"
	"strings"
)

// memo remembers the results of one subquery within a statement. A result
// depends on nothing but the columns from outside that were looked at on the
// way to it: where those hold the same values, the same rows come out.
type memo struct {
	variants []*variant
}

// variant are the results of the runs that looked at the same columns.
type variant struct {
	uses []use
	rows map[string]*Rows
}

// use is a column of a query around a subquery: how many scopes further out,
// and its place in the row.
type use struct{ out, slot int }

// border is the scope between a subquery and what is around it: it notes what
// is looked up across it.
type border struct {
	uses  []use
	vague bool // a group was looked at: its rows are not told apart here
}

func (b *border) note(u use, grouped bool) {
	b.vague = b.vague || grouped
	if !slices.Contains(b.uses, u) {
		b.uses = append(b.uses, u)
	}
}

// touch tells the borders between s and the scope so many steps further out
// that a column of that scope was looked at.
func (s *scope) touch(out, slot int) {
	if out == 0 {
		return
	}
	target := s.beyond(out)
	for at := s; at != target; at, out = at.outer, out-1 {
		if at.border != nil {
			at.border.note(use{out, slot}, target.group != nil)
		}
	}
}

func (s *scope) beyond(out int) *scope {
	for ; out > 0; out-- {
		s = s.outer
	}
	return s
}

// find gives the rows of an earlier run that saw what would be seen now.
func (m *memo) find(at *scope) *Rows {
	for _, v := range m.variants {
		if rows := v.rows[v.key(at)]; rows != nil {
			for _, u := range v.uses {
				at.outer.touch(u.out-1, u.slot)
			}
			return rows
		}
	}
	return nil
}

func (m *memo) keep(at *scope, rows *Rows) {
	if at.border.vague {
		return
	}
	for _, v := range m.variants {
		if slices.Equal(v.uses, at.border.uses) {
			v.rows[v.key(at)] = rows
			return
		}
	}
	v := &variant{uses: at.border.uses, rows: map[string]*Rows{}}
	v.rows[v.key(at)] = rows
	m.variants = append(m.variants, v)
}

// key is what the columns hold now, exactly.
func (v *variant) key(at *scope) string {
	var b strings.Builder
	for _, u := range v.uses {
		x := at.beyond(u.out).slot(u.slot).v
		fmt.Fprintf(&b, "%T%v\x00", x, x)
	}
	return b.String()
}

// subquery runs a query inside another, unless it is known what comes out.
func (e *env) subquery(q *query) (*Rows, *Error) {
	m := e.st.memo[q]
	if m == nil {
		m = &memo{}
		e.st.memo[q] = m
	}
	at := &scope{outer: e.scope, border: &border{}}
	if rows := m.find(at); rows != nil {
		return rows, nil
	}
	rows, err := q.run(e.in(at))
	if err == nil {
		m.keep(at, rows)
	}
	return rows, err
}
