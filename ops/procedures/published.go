package procedures

import (
	"strings"

	"pchatops/ops/status"
)

// Topology is what is published about the pool, as the cmdlets tell it.
type Topology struct {
	Host      string // management host that read it
	Services  []ChatService
	Databases []status.Store // SQL Server stores that hold a chat database
	Pools     []Machines     // every pool of computers
	SHA256    string         // of the document that Get-CsTopology -AsXml gives
	Bytes     int            // of that document
	Replica   Replica
}

// Replica is what that host's own copy of the topology is.
type Replica struct {
	Same   bool   // as what is published
	Unread string // why it could not be read; "": it was
}

// ChatService is a Persistent Chat pool of the topology.
type ChatService struct {
	Identity string
	Pool     string
	Version  int // 6 is Lync Server 2013, 7 Skype for Business Server 2015
	Active   []string
	Idle     []string
	Stores   status.Stores
}

// Machines is a pool of computers, chat servers or a SQL Server, and its site.
type Machines struct {
	FQDN      string
	Computers []string
	Site      string
}

// Service gives the Persistent Chat service of a pool.
func (t Topology) Service(pool string) (ChatService, bool) {
	for _, s := range t.Services {
		if strings.EqualFold(s.Pool, pool) {
			return s, true
		}
	}
	return ChatService{}, false
}

// Site gives the site that a pool of computers is in, "" where it is not known.
func (t Topology) Site(fqdn string) string {
	for _, p := range t.Pools {
		if strings.EqualFold(p.FQDN, fqdn) {
			return p.Site
		}
	}
	return ""
}

// Defines reports whether the topology knows a SQL Server, used or not.
func (t Topology) Defines(fqdn string) bool {
	for _, d := range t.Databases {
		if strings.EqualFold(d.FQDN, fqdn) {
			return true
		}
	}
	for _, p := range t.Pools {
		if strings.EqualFold(p.FQDN, fqdn) {
			return true
		}
	}
	return false
}
