package screen

import (
	"fmt"
	"sort"
	"strings"

	"pchatops/ops/status"
	"pchatops/tui/part/clean"
)

func (v View) poolRow(snap *status.Snapshot, cols columns) string {
	p, record := snap.Pool, snap.OnRecord(v.Site)
	name := p.FQDN
	if len(name) > cols.address {
		name, _, _ = strings.Cut(name, ".")
	}
	return cols.row(v, "", "pool", name, v.poolWord(p, record), v.poolFacts(p, record, cols.w < roomy))
}

// poolWord is the state on record, which is no good news where those behind it are silent.
func (v View) poolWord(p status.Pool, record string) word {
	text := clean.Line(p.Word())
	switch {
	case text == status.Asking:
		return word{"·", text, muted}
	case p.Answered.IsZero() || p.Err != nil:
		return word{"✗", text, bad}
	case record != "":
		return word{"?", text, doubt}
	case p.State == "Normal":
		return word{"✓", text, good}
	case p.State == "FailedOver":
		return word{"✓", text, warn}
	default:
		return word{"?", text, doubt}
	}
}

// poolFacts are what there is to say of the pool; where there is little room, in
// fewer words.
func (v View) poolFacts(p status.Pool, record string, little bool) string {
	sep := v.ink(muted).Render(" · ")
	var said []string
	if step := v.State.Busy[p.FQDN]; step != "" {
		said = append(said, v.ink(busy).Render("in progress ("+clean.Line(step)+")"))
	}
	if p.Err != nil {
		said = append(said, v.ink(plain).Render("no Management Shell: "+clean.Line(string(p.Err.Class))))
	}
	if p.Answered.IsZero() {
		return strings.Join(said, sep)
	}
	if p.Err != nil {
		said = append(said, v.ink(old).Render("STALE: was "+clean.Line(p.State)+" "+age(v.since(p.Answered))+" ago"))
	}
	total := len(p.Active) + len(p.Idle)
	active := fmt.Sprintf("%d of %d servers active", len(p.Active), total)
	if little {
		active = fmt.Sprintf("%d of %d active", len(p.Active), total)
		record, _, _ = strings.Cut(record, ":") // the finding and the sites above say the rest
	}
	if where := v.centresOf(p.Active); where != "" {
		active += ", " + where
	}
	said = append(said, v.ink(plain).Render(active))
	if record != "" {
		said = append(said, v.ink(doubt).Render(clean.Line(record)))
	}
	return strings.Join(said, sep)
}

// centresOf says in which data centres chat servers are: "all in dc1".
func (v View) centresOf(fqdns []string) string {
	if v.Site == nil || len(fqdns) == 0 {
		return ""
	}
	found := map[string]int{}
	for _, f := range fqdns {
		centre := "an unknown place"
		for _, c := range v.Site.ChatServers {
			if strings.EqualFold(c.FQDN, f) {
				centre = clean.Line(c.DataCentre)
			}
		}
		found[centre]++
	}
	var parts []string
	for centre, n := range found {
		if len(found) == 1 {
			return "all in " + centre
		}
		parts = append(parts, fmt.Sprintf("%d in %s", n, centre))
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}
