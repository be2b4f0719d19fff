package status

import (
	"strings"

	"pchatops/ops/site"
)

// leftOpen says which steps of a failover are open once the secondary serves the
// database, in the order in which they bring chat back; "": none. What is not told
// is not done.
func (v *view) leftOpen(n *Node, steps ...string) string {
	var open, untold []string
	for _, step := range steps {
		switch v.isOpen(step, n) {
		case yes:
			open = append(open, step)
		case unknown:
			untold = append(untold, step)
		case no:
		}
	}
	var said []string
	if open != nil {
		said = append(said, are(open)+" open")
	}
	if untold != nil {
		said = append(said, "whether "+are(untold)+" open is not known")
	}
	return strings.Join(said, "; ")
}

func (v *view) isOpen(step string, n *Node) answer {
	if step == "F6" {
		return v.unmirrored(n)
	}
	active, told := v.activeServers()
	switch {
	case !told:
		return unknown
	case step == "F5" && v.Pool.State != "FailedOver", step == "F7" && (len(active) == 0 || len(v.farFrom(n)) > 0):
		return yes
	}
	return no
}

// unmirrored says whether a live database lacks the mirror that the site file gives
// it. A login that is not sysadmin cannot know.
func (v *view) unmirrored(n *Node) answer {
	m := n.Facts.Mirroring
	switch _, wanted := v.site.Instance(site.SecondaryMirror); {
	case !wanted, m.Role == "PRINCIPAL" && (m.State == "SYNCHRONIZED" || m.State == "SYNCHRONIZING"):
		return no
	case !m.Configured && !n.Facts.Sysadmin:
		return unknown
	}
	return yes
}

// are names one thing or several, with the verb.
func are(list []string) string {
	last := len(list) - 1
	if last == 0 {
		return list[0] + " is"
	}
	return strings.Join(list[:last], ", ") + " and " + list[last] + " are"
}

// online is the situation that the secondary serves the database, with what is left
// to do.
func (v *view) online(secondary *Node) *situation {
	s := *secondaryOnline
	if open := v.leftOpen(secondary, "F5", "F7", "F6"); open != "" {
		s.do = "finish the failover: " + open + "; " + s.do
	}
	return &s
}
