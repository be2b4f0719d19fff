package world

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Instance is a simulated SQL Server instance with its Agent.
type Instance struct {
	w *World
	place
	version   Version
	edition   string                 // "": Standard
	tongue    atomic.Pointer[tongue] // of its messages; nil: English
	up        bool
	stopped   bool  // its service is, on a machine that is on
	death     Death // how it looks while it is down
	started   time.Time
	databases []*database
	sessions  []*Session
	logins    []*login
	agent     agent
	accounts  map[Service]string // where a service runs as another account than at first
	shipping  shipping
	history   history
	misfit    misfit
	link      Link      // to its monitor server
	names     *Instance // the partner that its mirror database has been told of
	traits
	connections uint64 // ever made
	rowsRead    int64  // of other databases' rows in msdb
}

// Name is the instance as the operator knows it: `SQL11\RTC`.
func (i *Instance) Name() string { return i.host + `\` + instanceName }

// Host is the machine it runs on.
func (i *Instance) Host() string { return i.host }

// Role is what it is to the chat database.
func (i *Instance) Role() string { return i.role }

// DataCentre is where it stands.
func (i *Instance) DataCentre() string { return i.dataCentre }

// FQDN is its host in the topology.
func (i *Instance) FQDN() string { return fqdn(i.host) }

// Version is its release of SQL Server.
func (i *Instance) Version() Version { return i.version }

// On reports whether it is switched on.
func (i *Instance) On() bool {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	return i.up
}

// HostOn reports whether the machine is switched on, whatever SQL Server does.
func (i *Instance) HostOn() bool {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	return i.hostOn()
}

func (i *Instance) hostOn() bool { return i.up || i.stopped }

// Instances are all instances of the site, in the order of the documents.
func (w *World) Instances() []*Instance { return slices.Clone(w.instances) }

// Instance finds an instance by its name (`SQL11\RTC`), host or role; nil when
// there is none.
func (w *World) Instance(name string) *Instance {
	for _, i := range w.instances {
		if strings.EqualFold(i.role, name) {
			return i
		}
	}
	host, _, _ := strings.Cut(name, `\`)
	return w.byHost(shortHost(host))
}

func (w *World) byHost(machine string) *Instance {
	for _, i := range w.instances {
		if strings.EqualFold(i.host, machine) {
			return i
		}
	}
	return nil
}

// newInstance builds an instance with its system databases and logins.
func (w *World) newInstance(p place) *Instance {
	now := w.Clock.Now()
	i := &Instance{w: w, place: p, version: w.cfg.Version, up: true, started: now.Add(-21 * 24 * time.Hour), accounts: map[Service]string{}}
	for _, name := range []string{"master", "tempdb", "model", "msdb"} {
		i.addDatabase(name, "SIMPLE").created = i.started
	}
	i.logins = []*login{
		{name: "sa", sysadmin: true, password: w.passwordOf("sa@" + p.pair())},
		{name: "watcher", password: w.passwordOf("watcher@" + p.pair())},
		{name: chatLogin, windows: true, chatUser: true},
		{name: reportLogin, windows: true, chatUser: true},
		{name: p.service, windows: true, sysadmin: true},
		{name: Operator, windows: true, sysadmin: true},
	}
	for n, l := range i.logins {
		l.sid = principalSID(l.windows, n)
	}
	i.systemSessions()
	i.startAgent(i.started)
	return i
}

func (w *World) passwordOf(key string) string {
	if _, ok := w.passwords[key]; !ok {
		w.passwords[key] = w.password()
	}
	return w.passwords[key]
}

// Password gives the password of a SQL login of this lab ("sa", "watcher").
func (i *Instance) Password(user string) string { return i.w.passwords[user+"@"+i.pair()] }

// sorted gives the sessions in the order of their ids.
func (i *Instance) sorted() []*Session {
	return slices.SortedFunc(slices.Values(i.sessions), func(a, b *Session) int { return cmp.Compare(a.spid, b.spid) })
}
