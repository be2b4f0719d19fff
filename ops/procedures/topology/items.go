package topology

import (
	"fmt"
	"strings"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// item is one thing to see to in Topology Builder.
type item struct {
	id, number, title, why string

	guide []string // what to do, with the site's own names
	skip  string   // why it does not apply
	want  string
	holds func(look) bool
	seen  func(look) string // what the published topology says
}

// items are the steps of the document.
func (t *topology) items() []item {
	chosen := []item{
		t.enable("T2a", "2a", site.Mirror, "Enable mirroring", "Enable SQL Server store mirroring"),
		t.choose("T2b", "2b", site.Mirror, "Set the mirror store"),
		t.enable("T2c", "2c", site.Secondary, "Enable log shipping", "Enable SQL Server log shipping for disaster recovery"),
		t.choose("T2d", "2d", site.Secondary, "Set the log shipping secondary store"),
		t.choose("T2e", "2e", site.SecondaryMirror, "Set the mirror store of the secondary"),
	}
	all := append([]item{t.stores()}, chosen...)
	return append(all, t.published(chosen))
}

// stores is T1: the SQL Servers are known to the topology.
func (t *topology) stores() item {
	var wanted []site.Instance
	guide := []string{"under Shared Components, right-click SQL Server stores, New SQL Server Store"}
	for _, r := range []site.Role{site.Mirror, site.Secondary, site.SecondaryMirror} {
		if i, ok := t.Site.Instance(r); ok {
			wanted = append(wanted, i)
			guide = append(guide, "add "+named(i)+" as the "+words[r]+" store; where it takes part in mirroring, mark the relation and its port (5022, 7022 for a witness)")
		}
	}
	missing := func(l look) (out []string) {
		for _, i := range wanted {
			if !l.Defines(fqdn(i)) {
				out = append(out, fqdn(i))
			}
		}
		return out
	}
	return item{
		id: "T1", number: "1", title: "Define the SQL Server stores", guide: guide,
		why:   "The pool can only use a SQL Server that the topology knows.",
		want:  "SQL Server stores of mirror, secondary and its mirror",
		holds: func(l look) bool { return len(missing(l)) == 0 },
		seen: func(l look) string {
			if out := missing(l); len(out) > 0 {
				return "not defined: " + strings.Join(out, ", ")
			}
			return fmt.Sprintf("all %d SQL Server stores are defined", len(wanted))
		},
	}
}

// words are the roles as the pages of Topology Builder call the stores.
var words = map[site.Role]string{
	site.Mirror: "mirror", site.Secondary: "log shipping secondary", site.SecondaryMirror: "secondary mirror",
}

// enable is an option that is on when any store is chosen for it.
func (t *topology) enable(id, number string, r site.Role, title, option string) item {
	i, ok := t.Site.Instance(r)
	return item{
		id: id, number: number, title: title, skip: missing(r, ok),
		why:   "Without it the pool knows no " + words[r] + " of its database to turn to.",
		guide: []string{t.properties(), "tick " + option, "the store to choose is " + named(i)},
		want:  "a " + words[r] + " store of " + t.Site.Pool,
		holds: func(l look) bool { return l.service.Stores.Of(r).FQDN != "" },
		seen:  func(l look) string { return said(r, l.service.Stores.Of(r)) },
	}
}

// choose is the choice of the right store.
func (t *topology) choose(id, number string, r site.Role, title string) item {
	i, ok := t.Site.Instance(r)
	return item{
		id: id, number: number, title: title, skip: missing(r, ok),
		why:   "The pool turns to exactly this server, so it has to be the one that the site file names.",
		guide: []string{t.properties(), "choose " + named(i) + " as the " + words[r] + " store"},
		want:  named(i),
		holds: func(l look) bool { return l.service.Stores.Of(r).Holds(i) },
		seen:  func(l look) string { return said(r, l.service.Stores.Of(r)) },
	}
}

// published is T2f: everything is in force, and has reached the hosts.
func (t *topology) published(items []item) item {
	open := func(l look) (out []string) {
		for _, i := range items {
			if i.skip == "" && !i.holds(l) {
				out = append(out, i.id)
			}
		}
		return out
	}
	replicated := func(l look) bool { return l.Replica.Same || l.Replica.Unread != "" }
	return item{
		id: "T2f", number: "2f", title: "Publish the topology",
		why:   "What is only edited in Topology Builder is not in force. Publishing enables it, and replication brings it to the servers.",
		guide: []string{"Action, Topology, Publish; then run local setup where the page of its results says so"},
		want:  "every store in force, in the central management store and in the host's own copy",
		holds: func(l look) bool { return len(open(l)) == 0 && replicated(l) },
		seen: func(l look) string {
			switch out := open(l); {
			case len(out) > 0:
				return "not published yet: " + strings.Join(out, ", ")
			case !replicated(l):
				return "published, and not yet replicated to " + l.Host + " (no other host was asked)"
			case l.Replica.Unread != "":
				return "published; whether it has reached " + l.Host + " is not known, whose own copy cannot be read: " + l.Replica.Unread
			}
			return "published, and replicated to " + l.Host
		},
	}
}

func (t *topology) properties() string {
	return "under Persistent Chat pools, right-click " + t.Site.Pool + ", Edit Properties, SQL Server store"
}

func missing(r site.Role, configured bool) string {
	if configured {
		return ""
	}
	return "the site file names no instance with role " + string(r)
}

// said is a store as the topology has it.
func said(r site.Role, s status.Store) string {
	return "the " + words[r] + " store is " + s.String()
}

// named is an instance of the site file as Topology Builder wants it.
func named(i site.Instance) string {
	if i.Address() == "" || i.Address() == fqdn(i) {
		return fqdn(i)
	}
	return fmt.Sprintf("%s (%s)", i.Address(), fqdn(i))
}

func fqdn(i site.Instance) string {
	if i.FQDN != "" {
		return i.FQDN
	}
	return i.Host
}
