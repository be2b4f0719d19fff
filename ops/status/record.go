package status

import (
	"slices"
	"strings"

	"pchatops/ops/site"
)

// OnRecord says what the state of the pool does not rest on: that the chat servers it
// has active answer. It is what the Central Management store has on record, whatever
// became of them. It names their data centres from which no instance answers; "": all do.
func (s *Snapshot) OnRecord(estate *site.Site) string {
	if estate == nil || len(s.Pool.Active) == 0 {
		return ""
	}
	var mute []string
	for _, c := range estate.ChatServers {
		active := slices.ContainsFunc(s.Pool.Active, func(fqdn string) bool { return strings.EqualFold(fqdn, c.FQDN) })
		if active && s.mute(c.DataCentre) && !slices.Contains(mute, c.DataCentre) {
			mute = append(mute, c.DataCentre)
		}
	}
	if mute == nil {
		return ""
	}
	return "as on record: " + strings.Join(mute, " and ") + " " + Are(len(mute)) + " silent"
}

// mute reports whether the instances of a data centre were asked, and none answers.
func (s *Snapshot) mute(dataCentre string) bool {
	asked := false
	for _, n := range s.Nodes {
		if n.DataCentre != dataCentre || n.Asked.IsZero() {
			continue
		}
		if n.Reachable || TurnsAway(n.Err) {
			return false
		}
		asked = true
	}
	return asked
}
