package screen

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// column is a fact of a node that gets a column of its own where the panel is
// wide enough. In narrower panels it is told among the other facts, as far as
// it matters: nothing is said twice.
type column struct {
	title string
	width int
	from  int // width of the panel
	cell  func(v View, n *status.Node) (string, tone)
}

// The columns from left to right.
var (
	mirroringColumn = &column{"mirroring", 15, 150, mirroringCell}
	shippedColumn   = &column{"backup/copy", 11, 170, shippedCell}
	restoredColumn  = &column{"restored", 10 + trendWidth, 170, restoredCell}
	sessionsColumn  = &column{"sessions", 8, 126, sessionsCell}
	agentColumn     = &column{"Agent", 8, 108, agentCell}
	answerColumn    = &column{"answer", 6, 108, answerCell}

	allColumns = []*column{mirroringColumn, shippedColumn, restoredColumn, sessionsColumn, agentColumn, answerColumn}
)

// columnsAt are the columns of a panel of w cells.
func columnsAt(w int) []*column {
	var out []*column
	for _, c := range allColumns {
		if w >= c.from {
			out = append(out, c)
		}
	}
	return out
}

// titles are the heads of the columns.
func titles(cols []*column) string {
	var b strings.Builder
	for _, c := range cols {
		b.WriteString(" " + cell.Fit(c.title, c.width))
	}
	return b.String()
}

// cells are a node's columns. A node that does not answer has none: what it
// last said would look as if it still held.
func (v View) cells(n *status.Node, cols []*column) string {
	var b strings.Builder
	for _, c := range cols {
		text, ink := "", plain
		if n.Reachable {
			text, ink = c.cell(v, n)
		}
		b.WriteString(" " + v.ink(ink).Render(cell.Fit(clean.Line(text), c.width)))
	}
	return b.String()
}

func mirroringCell(_ View, n *status.Node) (string, tone) {
	m := n.Facts.Mirroring
	switch {
	case !m.Configured:
		return "", plain
	case m.State == "SYNCHRONIZED":
		return "synchronized", good
	}
	return strings.ToLower(m.State), warn
}

// shippedCell is the age of the last log backup that the node wrote or copied.
func shippedCell(v View, n *status.Node) (string, tone) {
	since := v.since(n.Answered)
	if p := n.Facts.Primary; p != nil {
		return against(p.BackupAge, since, v.limit(p.Threshold, site.Primary))
	}
	if s := n.Facts.Secondary; s != nil {
		return against(s.CopyAge, since, 0)
	}
	return "", plain
}

func restoredCell(v View, n *status.Node) (string, tone) {
	s := n.Facts.Secondary
	if s == nil {
		return "", plain
	}
	text, ink := against(s.RestoreAge, v.since(n.Answered), v.limit(s.Threshold, site.Secondary))
	return cell.Fit(text, 9) + " " + v.Trends.draw(n.Address), ink
}

// against is an age beside its limit: "19m/60m".
func against(d, since, limit time.Duration) (string, tone) {
	if d < 0 {
		return "never", warn
	}
	if limit <= 0 {
		return shipped(d + since), plain
	}
	return shipped(d+since) + "/" + age(limit), late(d, since, limit)
}

// limit is the alert limit that counts: the site file's, else the server's.
func (v View) limit(ofServer time.Duration, r site.Role) time.Duration {
	if v.Site == nil {
		return ofServer
	}
	mine := v.Site.Thresholds.Backup
	if r == site.Secondary {
		mine = v.Site.Thresholds.Restore
	}
	if mine > 0 {
		return mine
	}
	return ofServer
}

func sessionsCell(_ View, n *status.Node) (string, tone) {
	if n.Facts.Sessions < 0 {
		return "?", muted
	}
	if !n.Facts.Database.Exists {
		return "", plain
	}
	return fmt.Sprint(n.Facts.Sessions), plain
}

func agentCell(_ View, n *status.Node) (string, tone) {
	switch a := n.Facts.Agent; {
	case a.Running():
		return "running", good
	case a.State == "" || a.State == "unknown":
		return "?", muted
	default:
		return a.State, warn
	}
}

// answerCell is when the node last answered. While it answers as it should, it
// says so without counting seconds, which would be sent every time.
func answerCell(v View, n *status.Node) (string, tone) {
	since := v.since(n.Answered)
	if since > v.stale() {
		return age(since), old
	}
	return "now", plain
}
