package status

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Diagnose names the situations that a snapshot shows, most severe first. It
// concludes only from facts that are fresh at now; what is old, silent or
// refuses the login is itself a finding.
func Diagnose(s *Snapshot, estate *site.Site, now time.Time) []Finding {
	v := &view{Snapshot: s, site: estate, now: now}
	v.diagnoseSites()
	v.diagnoseChat()
	v.diagnoseNodes()
	v.diagnoseDatabases()
	v.diagnoseMirroring()
	v.diagnoseClocks()
	v.diagnoseShipping()
	v.diagnoseStock()
	v.diagnoseJobs()
	v.diagnoseDrift()
	v.diagnosePartner()
	v.diagnosePool()
	v.diagnoseTrust()
	return Ranked(v.found)
}

// Ranked gives findings from the most to the least severe, those that servers
// tell of and those that they do not.
func Ranked(found ...[]Finding) []Finding {
	out := append([]Finding{}, slices.Concat(found...)...)
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

// rank is the place of a finding's situation in the table of situations, which
// goes from the most to the least severe.
func rank(f Finding) int {
	return slices.IndexFunc(situations, func(s *situation) bool { return s.code == f.Code })
}

// view is a snapshot seen at one moment, and what was found in it so far.
type view struct {
	*Snapshot
	site  *site.Site
	now   time.Time
	found []Finding
	told  []string // addresses whose silence is part of a finding already
}

// find records a situation with its evidence.
func (v *view) find(s *situation, subject, why string) {
	v.found = append(v.found, Finding{
		Code: s.code, Severity: s.severity, Subject: subject, Title: s.title, Why: why, Do: s.do, Key: s.procedure,
	})
}

// fresh reports whether a node's facts are good enough to conclude from.
func (v *view) fresh(n *Node) bool {
	return n != nil && n.Reachable && v.now.Sub(n.Answered) <= v.site.Intervals.Stale
}

// silent reports whether a node was asked and nothing at all answered.
func (v *view) silent(n *Node) bool {
	return n != nil && !n.Asked.IsZero() && !n.Reachable && !TurnsAway(n.Err)
}

// TurnsAway holds where the trouble says nothing about the server being down:
// it answered and refused, or the console could not even ask.
func TurnsAway(err *fault.Error) bool {
	if err == nil {
		return false
	}
	var defect *fault.Defect
	return errors.As(err, &defect) || slices.Contains([]fault.Class{
		fault.Login, fault.Permission, fault.Certificate, fault.Config,
	}, err.Class)
}

// live gives the nodes that serve the database: ONLINE, and known afresh.
func (v *view) live() []*Node {
	var out []*Node
	for i := range v.Nodes {
		if n := &v.Nodes[i]; v.fresh(n) && n.Facts.Database.Online() {
			out = append(out, n)
		}
	}
	return out
}

// principals are those but a leftover on the secondary's mirror, which serves nobody.
func (v *view) principals() []*Node { return slices.DeleteFunc(v.live(), v.leftover) }

// sole gives the one node that serves the database; nil where none or several do.
func (v *view) sole() *Node {
	if live := v.principals(); len(live) == 1 {
		return live[0]
	}
	return nil
}

// shipper gives the live node of data centre 1, the one whose log is shipped.
func (v *view) shipper() *Node {
	if n := v.sole(); n != nil && (n.Role == site.Primary || n.Role == site.Mirror) {
		return n
	}
	return nil
}

// nowOn is now by the clock of a node, as it last told it. What a server wrote down
// is compared with its own clock: the console's may be wrong, and another server's.
func (v *view) nowOn(n *Node) time.Time {
	if n.Facts.ServerTime.IsZero() {
		return v.now
	}
	return n.Facts.ServerTime.Add(v.now.Sub(n.Answered))
}
