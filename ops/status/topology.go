package status

import (
	"cmp"
	"strings"

	"pchatops/ops/site"
)

// Store is a SQL Server store of the topology.
type Store struct {
	FQDN     string
	Instance string // empty: the default instance
}

// String gives the store as people write it.
func (s Store) String() string {
	switch {
	case s.FQDN == "":
		return "none"
	case s.Instance == "":
		return s.FQDN
	}
	return s.FQDN + `\` + s.Instance
}

// StoreOf is the store that an instance of the site file has to be.
func StoreOf(i site.Instance) Store { return Store{cmp.Or(i.FQDN, i.Host), i.Name} }

// Holds reports whether the store is an instance of the site file. One that is known
// there by its port alone has no name to compare; a host without a domain is compared by
// the first part of the store's name.
func (s Store) Holds(i site.Instance) bool {
	fqdn, wanted := s.FQDN, StoreOf(i).FQDN
	if !strings.Contains(wanted, ".") {
		fqdn, _, _ = strings.Cut(fqdn, ".")
	}
	return strings.EqualFold(fqdn, wanted) && (i.Name == "" || strings.EqualFold(unlessDefault(s.Instance), unlessDefault(i.Name)))
}

// unlessDefault is the name of an instance; "": the default one, which Windows calls
// MSSQLSERVER.
func unlessDefault(name string) string {
	if strings.EqualFold(name, "MSSQLSERVER") {
		return ""
	}
	return name
}

// Stores are the SQL Server stores that the topology gives the pool. One
// without a name is not set.
type Stores struct {
	Primary, Mirror, Backup, BackupMirror Store
}

// Of gives the store that stands for a role of the site file.
func (s Stores) Of(r site.Role) Store {
	switch r {
	case site.Primary:
		return s.Primary
	case site.Mirror:
		return s.Mirror
	case site.Secondary:
		return s.Backup
	case site.SecondaryMirror:
		return s.BackupMirror
	default: // witnesses are no stores
		return Store{}
	}
}
