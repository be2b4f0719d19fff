package world

import (
	"slices"
	"strings"
)

// The names of the simulated site.
const (
	Domain    = "litwareinc.com"
	PoolFQDN  = "pchat." + Domain
	Database  = "mgc"     // chat rooms and messages
	Transient = "mgccomp" // compliance: transient, never failed over
	Share     = `\\FS01\LogShip`
	Folder    = `E:\LogShip` // where the secondary keeps its copies
)

// The roles of the instances, in the words of the documents.
const (
	Primary         = "primary"
	Mirror          = "mirror"
	Witness         = "witness"
	Secondary       = "secondary"
	SecondaryMirror = "secondary-mirror"
	Monitor         = "monitor"
)

// place is an instance of the site as it is built.
type place struct {
	role, host, dataCentre string
	service                string // account of engine and Agent
}

// pair names the instances whose logins and passwords are the same: whoever
// mirrors a database lets its clients log in on both sides.
func (p place) pair() string {
	switch p.role {
	case Mirror:
		return "SQL01"
	case SecondaryMirror:
		return "SQL11"
	}
	return p.host
}

const instanceName = "RTC"

var places = []place{
	{Primary, "SQL01", "dc1", `LITWARE\svc-sql`},
	{Mirror, "SQL02", "dc1", `LITWARE\svc-sql`},
	{Witness, "SQL03", "dc1", `LITWARE\svc-sql`},
	{Secondary, "SQL11", "dc2", `LITWARE\svc-sql`},
	{SecondaryMirror, "SQL12", "dc2", `LITWARE\svc-sql`},
}

// monitorPlace is the monitor server of log shipping, where the site has one.
var monitorPlace = place{Monitor, "SQL21", "dc2", `LITWARE\svc-sql`}

// places are the instances of this site.
func (c Config) places() []place {
	if c.Monitor {
		return append(slices.Clone(places), monitorPlace)
	}
	return places
}

// ChatServer is a Persistent Chat server of the pool.
type ChatServer struct{ FQDN, DataCentre string }

// chatServers are the servers of the stretched pool: four in each data centre.
var chatServers = func() (all []ChatServer) {
	for _, dc := range []struct{ name, prefix string }{{"dc1", "chat0"}, {"dc2", "chat1"}} {
		for _, n := range "1234" {
			all = append(all, ChatServer{dc.prefix + string(n) + "." + Domain, dc.name})
		}
	}
	return all
}()

// ChatServers are the servers of the stretched pool.
func ChatServers() []ChatServer { return slices.Clone(chatServers) }

func fqdn(host string) string { return strings.ToLower(host) + "." + Domain }

// endpoint is the mirroring address of a host.
func endpoint(host string) string { return "TCP://" + fqdn(host) + ":5022" }

// shortHost is the machine name in a host name, FQDN or endpoint address.
func shortHost(name string) string {
	name = strings.TrimPrefix(strings.ToUpper(name), "TCP://")
	name, _, _ = strings.Cut(name, ":")
	name, _, _ = strings.Cut(name, ".")
	return name
}
