// Package windows is a simulated Windows host of the lab: its files, its
// detached jobs and what the console's constant scripts promise to do there
// (docs/fidelity.md). It is reached through ops/lab/wsman.
package windows

import (
	"context"
	"time"
)

// Estate is the part of the world that the Management Shell cmdlets and the
// file system of the hosts act on. ops/lab/world implements it. An error is a
// *CmdletError where the cmdlet itself refuses.
type Estate interface {
	// Now is the lab's clock, UTC.
	Now() time.Time
	// Wait sleeps d of the lab's time, or until ctx ends.
	Wait(ctx context.Context, d time.Duration) error

	// Resolve maps a Windows path as host sees it (`\\FS01\LogShip\x.trn`,
	// `E:\LogShip\x.trn`) to a real file; the error is a *Win32Error (3, 5, 53 …).
	Resolve(host, path string) (string, error)

	// Connect tries to connect from a data centre to SQL Server on a machine, for
	// at most patience: 0, or the number of the socket error.
	Connect(ctx context.Context, dataCentre, machine string, patience time.Duration) (int, error)

	PoolState() (identity, state string)
	// StateRow is the identity of the row that tells it: the pool's own, or Global.
	StateRow() string
	SetPoolState(identity, state string) error
	Servers() (active, idle []string)
	SetActiveServers(active []string) error
	// Takes is why Set-CsPersistentChatActiveServer does not take an identity.
	Takes(identity string) error
	// Central is the Central Management Store as a host of a data centre meets it.
	Central(dataCentre string) Central
	// FailOverCentral is Invoke-CsManagementServerFailover on a host of a data centre.
	FailOverCentral(ctx context.Context, dataCentre string, to Store, force bool, log func(string)) error
	// Stores gives the topology's databases: "primary", "mirror", "backup",
	// "backup-mirror" to instance FQDN and name; absent when not defined.
	Stores() map[string]Store
	// Topology is what is published about the pool's servers and stores.
	Topology() Topology
	// MirrorState is Get-CsDatabaseMirrorState for the chat databases.
	MirrorState() []MirrorRow
	// InstallMirror is Install-CsMirrorDatabase: it takes the lab's time,
	// writes lines, and ends early when ctx does (the host was switched off).
	InstallMirror(ctx context.Context, m Mirror, log func(string)) error
	// FailoverDatabase is Invoke-CsDatabaseFailover.
	FailoverDatabase(ctx context.Context, newPrincipal string, force bool, log func(string)) error

	// CmdletBegun and JobBegun keep the lab's account of what hosts begin.
	CmdletBegun(host, name string)
	JobBegun(host, kind string)
}

// Store is a SQL Server store of the topology.
type Store struct{ FQDN, Instance string }

// Mirror are the parameters of Install-CsMirrorDatabase that matter.
type Mirror struct {
	SQLServerFQDN string
	Instance      string
	MirrorFQDN    string
	FileShare     string
	DropExisting  bool
}

// MirrorRow is one row of Get-CsDatabaseMirrorState.
type MirrorRow struct {
	Database, StateOnPrimary, StateOnMirror, StatusOnPrimary, StatusOnMirror string
}

// CmdletError is an error record of a cmdlet.
type CmdletError struct {
	Message  string
	ID       string // FullyQualifiedErrorId
	Category string
	Code     int // of Windows, inside the exception; 0: there is none
	SQL      int // of SQL Server, or of its client
}

// Error gives the cmdlet's words.
func (e *CmdletError) Error() string { return e.Message }

// Win32Error is a file system error of Windows.
type Win32Error struct {
	Code int
	Text string
}

// Error gives the text.
func (e *Win32Error) Error() string { return e.Text }
