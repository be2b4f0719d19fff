// Package status is what is known about the site at one moment: an immutable
// Snapshot of facts per node with their age, the named situations they add up
// to (Diagnose) and how much chat would be lost by failing over now
// (Exposure). It is pure: no I/O, no clock.
package status

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Snapshot is the state of the whole site. It is never changed once published.
type Snapshot struct {
	Seq   uint64
	Taken time.Time // UTC
	Nodes []Node    // in site order
	Pool  Pool
	Share Share
	Chat  Chat // what all that adds up to for those who chat
}

// Node is one SQL Server instance as last seen.
type Node struct {
	Role       site.Role
	Address    string // `SQL11\RTC`
	DataCentre string
	Reachable  bool          // the last attempt answered
	Asked      time.Time     // start of the last finished attempt
	Answered   time.Time     // when Facts were read; zero: never
	Silent     time.Time     // since when it has not answered; zero while it answers
	RoundTrip  time.Duration // of the last answer
	Err        *fault.Error  // why the last attempt failed
	Failures   int           // attempts failed in a row
	Facts      Facts         // the last facts, however old
	Sight      Sight         // what its silence looks like from here; zero while it answers
	Unsteady   bool          // between the last two answers its clock did not run as the console's
	Steady     bool          // it did; neither: there were no two
	Pace       float64       // how much faster its clock runs than the console's; 0: as fast, or nobody knows
	Second     Second        // what it looks like from the secondary's data centre
	measured   float64       // how fast it ran between the last two answers, where it is unsteady
	Life       Life          // what all that adds up to, judged when the snapshot was taken
}

// Facts are what one round trip to an instance brings.
type Facts struct {
	Version    string // ProductVersion, "11.0.7001.0"
	Edition    string
	ServerName string    // @@SERVERNAME
	Sysadmin   bool      // false: mirroring columns read NULL and prove nothing
	ServerTime time.Time // UTC of the server
	// Ahead is how far the server's local time, which backups and histories are
	// written in, is ahead of UTC.
	Ahead     time.Duration
	Engine    Service
	Agent     Service
	Database  Database
	Mirroring Mirroring
	Primary   *ShippingPrimary   // log shipping primary rows; nil: none
	Secondary *ShippingSecondary // log shipping secondary rows; nil: none
	Witness   *Witness           // of a witness: the mirrored pair that it watches; nil: none, or it does not tell
	Watch     *Watch             // of a monitor server; nil: it is none, or does not tell
	Sessions  int                // user sessions in the database; -1: the login does not see them
	Clients   []string           // machines with a session in the database that may be a chat server's; nil: not told
	Restoring *Request           // a BACKUP or RESTORE under way on the database
	Unread    []string           // parts that the server did not tell, each with its error: "jobs: 229 …"
}

// Unreadable reports whether the server did not tell a part.
func (f Facts) Unreadable(part string) bool {
	return slices.ContainsFunc(f.Unread, func(u string) bool { return strings.HasPrefix(u, part+":") })
}

// Witness is what a witness knows of the mirrored pair of the database.
type Witness struct {
	Principal, Mirror string // endpoint addresses
	Connections       int    // servers that are connected to it; which, it does not tell
}

// Service is a Windows service of the instance.
type Service struct {
	Name    string
	State   string // "running", "stopped", …; "unknown" where the server does not tell
	Account string
}

// Running reports whether the service runs.
func (s Service) Running() bool { return s.State == "running" }

// Database is the row of sys.databases, and the redo position.
type Database struct {
	Exists     bool
	State      string // ONLINE, RESTORING, RECOVERING, RECOVERY_PENDING, SUSPECT, EMERGENCY, OFFLINE
	Standby    bool
	Recovery   string    // FULL, BULK_LOGGED, SIMPLE
	UserAccess string    // MULTI_USER, SINGLE_USER, RESTRICTED_USER
	RedoLSN    chain.LSN // redo_start_lsn; zero when not restoring
	RedoFork   string    // redo_start_fork_guid
	Family     string    // family_guid of the recovery status
	Fork       string    // recovery_fork_guid
	ForkPoint  chain.LSN // fork_point_lsn: where that began; zero: not told
	Created    time.Time // create_date, by the clock of the server's host; zero: not told
	Restored   Restored
}

// Restored is the backup set that was restored last under the database's name,
// by the server's own history; zero: it tells of none.
type Restored struct {
	ID           int64 // of the restore in that history; 0: not told
	First, Last  chain.LSN
	Fork, Family string
	Server       string    // that took it
	Finished     time.Time // by the clock of that server, in its time zone
}

// OwnPath reports whether the database waits for log on a recovery path to which nothing
// that was restored leads: it was brought online, and went on from there.
func (d Database) OwnPath() bool {
	return d.Restoring() && d.RedoFork != "" && d.Restored.Fork != "" && !strings.EqualFold(d.RedoFork, d.Restored.Fork)
}

// Word says what the database is, also where it is not there or does not tell.
func (d Database) Word() string {
	switch {
	case !d.Exists:
		return "missing"
	case d.State == "":
		return "of unknown state"
	}
	return d.State
}

// Online reports whether the database takes connections for writing.
func (d Database) Online() bool { return d.Exists && d.State == "ONLINE" && !d.Standby }

// Restoring reports whether log backups can be applied.
func (d Database) Restoring() bool {
	return d.Exists && (d.State == "RESTORING" || d.Standby && !slices.Contains(hiding, d.State))
}

// hiding are the states in which a server tells neither how far a database has come
// nor what is in it.
var hiding = []string{"OFFLINE", "RECOVERY_PENDING", "SUSPECT", "EMERGENCY", "RECOVERING"}

// Hidden reports whether there is a database and its state keeps what it holds from
// being told: that is not known then, and nothing of it is missing.
func (d Database) Hidden() bool { return d.Exists && !d.Online() && !d.Restoring() }

// Mirroring is the row of sys.database_mirroring.
type Mirroring struct {
	Configured   bool
	Session      string // mirroring_guid: the same on both partners
	Role         string // PRINCIPAL, MIRROR
	State        string // SYNCHRONIZED, SYNCHRONIZING, SUSPENDED, DISCONNECTED, PENDING_FAILOVER
	Changes      int64  // how often the partners have changed roles in this session; -1: unknown
	Safety       string // FULL, OFF
	Partner      string // endpoint address
	Witness      string
	WitnessState string
	SendQueueKB  int64 // -1: unknown
	RedoQueueKB  int64 // -1: unknown
}

// ShippingPrimary is a log shipping primary configuration, ages computed on the server in UTC.
type ShippingPrimary struct {
	ID              string
	BackupShare     string
	BackupDirectory string
	LastBackupFile  string
	LastBackup      time.Time     // UTC; zero: never
	BackupAge       time.Duration // -1: never
	Threshold       time.Duration
	Retention       time.Duration
	Compression     int
	Secondaries     []string // server
	BackupJob       Job

	HistoryRetention time.Duration
	Alerts           bool   // SQL Server alerts when the threshold is passed
	Monitor          string // monitor server; empty: the server itself
}

// ShippingSecondary is a log shipping secondary configuration.
type ShippingSecondary struct {
	ID               string
	PrimaryServer    string
	PrimaryDatabase  string
	Source           string // backup share
	Destination      string // copy folder
	LastCopiedFile   string
	LastCopied       time.Time
	CopyAge          time.Duration // -1: never
	LastRestoredFile string
	LastRestored     time.Time
	RestoreAge       time.Duration // -1: never
	Latency          time.Duration // backup creation to restore; -1: unknown
	Threshold        time.Duration // restore threshold
	RestoreDelay     time.Duration
	Standby          bool
	CopyJob          Job
	RestoreJob       Job

	FileRetention    time.Duration
	HistoryRetention time.Duration
	Alerts           bool
	Monitor          string
}

// Job is an Agent job and its last run.
type Job struct {
	ID      string
	Name    string
	Enabled bool
	Running bool
	LastRun time.Time // UTC
	Outcome string    // "succeeded", "failed", "canceled", ""; success does not prove that work was done
	Message string

	Ownerless bool     // the login that owns it is gone: it cannot run
	Schedule  Schedule // the first one attached to it
}

// Request is a long operation seen from another connection.
type Request struct {
	Session int
	Command string
	Percent float64
	Elapsed time.Duration
}

// Session is a connection that holds the database.
type Session struct {
	ID        int
	Login     string
	Host      string
	Program   string
	Status    string
	LoginTime time.Time // server local; compared, never shown as UTC
	// Connection is the id of its connection, which it keeps while a pool hands it on
	// and login times change; "": it has none.
	Connection string
	Own        bool // the console's own
	Mine       bool // under the login of the console, whoever's it is
	System     bool
}

// Pool is the Persistent Chat pool as the Management Shell reports it.
type Pool struct {
	FQDN     string
	Identity string   // of its own state row; "": it has none
	Row      string   // identity of the row that tells the state: its own, or Global
	Service  string   // identity of the pool's service in the topology; "": not told
	State    string   // NotFailedOver, FailedOver
	Active   []string // FQDNs of active chat servers
	Idle     []string
	Stores   *Stores // of the published topology; nil: not told
	Local    bool    // read from the host's own replica, which tells no servers and no stores
	Central  Central
	Host     string // management host that answered
	Asked    time.Time
	Answered time.Time // zero: never
	Err      *fault.Error
}

// SameServers reports whether two lists name the same servers, in any order and case.
func SameServers(a, b []string) bool {
	norm := func(in []string) []string {
		out := make([]string, len(in))
		for i, s := range in {
			out[i] = strings.ToLower(s)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(norm(a), norm(b))
}

// NotFailedOver is the state of a pool that uses the first data centre.
const NotFailedOver = "Normal"

// Share is what the newest listing of backup share and copy folder said. Whose
// a file is, and when it was taken, its header tells, never its name.
type Share struct {
	Newest  string         // log backup on the share that leads furthest; "": no header could be read
	Log     []chain.Header // that one and some before it, in the order of their log
	Every   time.Duration  // the longest between these; 0: not known
	Written time.Time      // date of the newest one's file, by the file server's clock; zero: not known
	// Next is the backup that continues the database where the secondary stood, by
	// the headers of all backups that lie on the share or are copied. Gap is the log
	// that is missing where none does, and later ones are there. Where a header
	// that may be the missing one could not be read, there is neither.
	Next     string
	Gap      *chain.Gap
	Files    int      // log backups of this database on the share
	Uncopied int      // of these, not in the copy folder; -1: that could not be listed
	Unread   int      // with the names of this database, and no header that could be read
	Foreign  int      // of others
	Strange  []string // with names that no program here can open
	// OldPath are those, there or in the copy folder, that hold log of the recovery
	// path which the secondary left when it was recovered, beyond where it left it; the
	// newest first.
	OldPath  []chain.Header
	Asked    time.Time
	Answered time.Time // zero: never
	Err      *fault.Error
	CopyErr  *fault.Error // why the copy folder could not be listed
	Stock    Stock
}

// MirrorSide is one row of Get-CsDatabaseMirrorState.
type MirrorSide struct {
	Database        string
	StateOnPrimary  string // Principal, Mirror, DatabaseInaccessibleOrMirroringNotEnabled
	StateOnMirror   string
	StatusOnPrimary string // synchronized, …; empty when not mirrored
	StatusOnMirror  string
}

// Node gives the node of a role, nil when the site has none.
func (s *Snapshot) Node(r site.Role) *Node {
	for i := range s.Nodes {
		if s.Nodes[i].Role == r {
			return &s.Nodes[i]
		}
	}
	return nil
}
