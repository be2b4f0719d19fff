package screen

import (
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// alertRows is how much the most severe finding may take of the panel.
const alertRows = 4

// SiteRows is how many lines the panel would like for a text of w cells.
func (v View) SiteRows(w int) int {
	if v.State.Snapshot == nil {
		return 1
	}
	rows := len(v.State.Snapshot.Nodes) + 1 + len(v.Alert(w, alertRows))
	if len(columnsAt(w)) > 0 {
		rows++
	}
	return rows
}

// SiteTable is the live panel: a line a node in site order, the pool, and the
// most severe finding with its remedy.
func (v View) SiteTable(w, h int) []string {
	snap := v.State.Snapshot
	if snap == nil {
		return []string{v.ink(muted).Render("waiting for the first answers …")}
	}
	cols := v.columns(snap, w)
	var out []string
	if len(cols.own) > 0 {
		out = append(out, v.ink(muted).Render(cell.Fit("", cols.facts())+titles(cols.own)))
	}
	for i := range snap.Nodes {
		n := &snap.Nodes[i]
		row := cols.row(v, n.DataCentre, roleWord(n.Role), n.Address, v.nodeWord(n), v.nodeFacts(n, cols.own))
		if len(cols.own) > 0 {
			row = cell.Fit(row, cols.facts()) + v.cells(n, cols.own)
		}
		out = append(out, row)
	}
	out = append(out, v.poolRow(snap, cols))
	rest := max(h-len(out), 1)
	return append(out, v.Alert(w, rest)...)
}

// wide is where the panel has room for the whole name of the pool.
const wide = 96

// roomy is where the panel has room for the data centre beside each role; the
// pool's line and the findings name it, too.
const roomy = 90

// columns are the widths of the site panel, and the facts that have a column
// of their own.
type columns struct {
	place, address, state int
	w                     int
	own                   []*column
}

// facts is where the columns of their own begin.
func (c columns) facts() int {
	at := c.w
	for _, o := range c.own {
		at -= o.width + 1
	}
	return at
}

func (v View) columns(snap *status.Snapshot, w int) columns {
	c := columns{place: len("pool"), address: 8, state: 13, w: w, own: columnsAt(w)}
	for i := range snap.Nodes {
		n := &snap.Nodes[i]
		c.place = max(c.place, cell.Width(c.role(n.DataCentre, roleWord(n.Role))))
		c.address = max(c.address, cell.Width(clean.Line(n.Address)))
	}
	if w >= wide {
		c.address = max(c.address, cell.Width(clean.Line(snap.Pool.FQDN)))
	}
	c.place = min(c.place, w/4)
	c.address = min(c.address, w/4)
	return c
}

func (c columns) row(v View, centre, role, address string, state word, facts string) string {
	return v.ink(muted).Render(cell.Fit(c.role(centre, role), c.place)) + " " +
		v.ink(plain).Render(cell.Fit(clean.Line(address), c.address)) + " " +
		cell.Fit(v.draw(state), c.state) + " " + facts
}

func (c columns) role(centre, role string) string {
	if centre == "" || c.w < roomy {
		return role
	}
	return clean.Line(centre) + " " + role
}

func roleWord(r site.Role) string {
	switch r {
	case site.SecondaryMirror:
		return "sec mirror"
	case site.SecondaryWitness:
		return "sec witness"
	default:
		return clean.Line(string(r))
	}
}
