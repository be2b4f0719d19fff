package tsql

import (
	"strings"
	"time"
)

// scope resolves column names against the tables of one SELECT, then against
// the query around it.
type scope struct {
	outer   *scope
	tables  []boundTable
	row     []any // the current row of all the tables, side by side
	group   *group
	index   int // of the current row, for window functions
	windows map[*window][]value
	border  *border // not nil: a subquery begins here
	slots   map[*column]int
}

// boundTable is a table of a FROM clause: its name or alias, and where its
// columns start in the row.
type boundTable struct {
	names   []string
	columns []Column
	at      int
}

// group is a group of rows while its aggregates are computed. Only the keys
// may be used outside an aggregate; nil keys: no check.
type group struct {
	rows [][]any
	keys map[int]bool
}

// named reports whether qualifiers name the table.
func (t boundTable) named(qualifiers []string) bool {
	if len(qualifiers) > len(t.names) {
		return false
	}
	tail := t.names[len(t.names)-len(qualifiers):]
	for i, q := range qualifiers {
		if !strings.EqualFold(q, tail[i]) && q != "" && tail[i] != "" {
			return false
		}
	}
	return true
}

func (s *scope) width() int {
	if len(s.tables) == 0 {
		return 0
	}
	last := s.tables[len(s.tables)-1]
	return last.at + len(last.columns)
}

// find returns the slot of a column in this scope: -1 when there is none.
func (s *scope) find(x *column) (int, *Error) {
	if slot, ok := s.slots[x]; ok {
		return slot, nil
	}
	slot := -1
	qualifiers, name := x.parts[:len(x.parts)-1], x.name()
	for _, t := range s.tables {
		if !t.named(qualifiers) {
			continue
		}
		for i, c := range t.columns {
			if !strings.EqualFold(c.Name, name) {
				continue
			}
			if slot >= 0 {
				return 0, x.at(refuse(209, "Ambiguous column name '%s'.", name))
			}
			slot = t.at + i
		}
	}
	if s.slots == nil {
		s.slots = map[*column]int{}
	}
	s.slots[x] = slot
	return slot, nil
}

func (x *column) at(err *Error) *Error {
	err.Line = x.line
	return err
}

// column gives the value of a column in the current row.
func (s *scope) column(x *column) (value, *Error) {
	out := 0
	for at := s; at != nil; at, out = at.outer, out+1 {
		slot, err := at.find(x)
		if err != nil {
			return value{}, err
		}
		if slot >= 0 {
			if at.group != nil && at.group.keys != nil && !at.group.keys[slot] {
				return value{}, x.at(refuse(8120, "Column '%s' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.", at.qualify(slot)))
			}
			s.touch(out, slot)
			return at.slot(slot), nil
		}
	}
	if len(x.parts) > 1 {
		return value{}, x.at(refuse(4104, "The multi-part identifier \"%s\" could not be bound.", strings.Join(x.parts, ".")))
	}
	return value{}, x.at(refuse(207, "Invalid column name '%s'.", x.name()))
}

// slot reads a place of the current row.
func (s *scope) slot(n int) value {
	for _, t := range s.tables {
		if n >= t.at+len(t.columns) {
			continue
		}
		out := value{typ: typeOf(t.columns[n-t.at])}
		if n < len(s.row) {
			out.v = s.row[n]
		}
		if at, ok := out.v.(time.Time); ok {
			out.v = wall(at)
		}
		return out
	}
	return null
}

// qualify names a slot for a message.
func (s *scope) qualify(n int) string {
	for _, t := range s.tables {
		if n < t.at+len(t.columns) {
			return strings.Join(append(t.names[:len(t.names):len(t.names)], t.columns[n-t.at].Name), ".")
		}
	}
	return ""
}
