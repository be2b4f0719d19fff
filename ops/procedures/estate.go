// Package procedures holds what the Microsoft documents say, as steps that
// converge: each plans what is still needed by reading the world, and proves
// itself by reading it again. The identifiers are those of the documents.
package procedures

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Reader reads one SQL Server instance. It never changes anything.
type Reader interface {
	Facts(ctx context.Context) (status.Facts, error)
	Sessions(ctx context.Context, database string) ([]status.Session, error)
	// Headers reads every backup set of a file as the server sees it.
	Headers(ctx context.Context, path string) ([]chain.Header, error)
	// HeadersOf reads the headers of several files in one request, and gives one
	// answer a file in their order. What is wrong with a file is in its answer;
	// an error means that the server could not be asked.
	HeadersOf(ctx context.Context, paths []string) ([]Media, error)
	// Applied lists the log backups that the instance's own history says were
	// restored into the database.
	Applied(ctx context.Context, database string) (Restores, error)
	// Started is when the instance was started, by its own local clock, which
	// backups are dated by, too.
	Started(ctx context.Context) (time.Time, error)
}

// Restores is what a server's history tells of the log backups that were restored
// into a database, by its name, newest last.
type Restores struct {
	Log []chain.Header // since its last full restore
	// Before are those that were restored into what bore the name before that, and
	// that are not in what it left: of another database, or beyond it.
	Before []chain.Header
}

// Of parts what the history tells: what the database holds as it stands now, and
// what only one held that bore its name before. That a log backup lies beyond
// where a database waits for log shows that it went into another copy.
func (r Restores) Of(d status.Database) (applied, before []chain.Header) {
	before = slices.Clone(r.Before)
	for _, h := range r.Log {
		if d.Restoring() && !d.RedoLSN.IsZero() && h.Last.Compare(d.RedoLSN) > 0 {
			before = append(before, h)
		} else {
			applied = append(applied, h)
		}
	}
	return applied, before
}

// Media is what a file turned out to hold.
type Media struct {
	Sets []chain.Header
	Err  error // why nobody knows
}

// Writer makes the actions that change one SQL Server instance. Making an
// action sends nothing.
type Writer interface {
	// DeleteLogShippingSecondary is sp_delete_log_shipping_secondary_database (F1).
	DeleteLogShippingSecondary(database string, m Monitor) engine.Action
	// StopJob asks the Agent to stop a running job and waits until it is idle.
	StopJob(job status.Job) engine.Action
	// DisableJob keeps the Agent from starting a job again.
	DisableJob(job status.Job) engine.Action
	// RestoreLog is RESTORE LOG … WITH NORECOVERY of one backup set (F3).
	RestoreLog(database string, h chain.Header) engine.Action
	// EndSession is KILL, after checking in the same batch that the session is
	// still the one that was listed (F4a).
	EndSession(s status.Session) engine.Action
	// BringOnline is RESTORE DATABASE … WITH RECOVERY (F4b). Sessions that
	// appear in the way (3101) are ended and it is tried again.
	// BringOnline recovers a database. What it has to have come to before that is said
	// for a script that is run by hand.
	BringOnline(database string, expects chain.LSN) engine.Action
}

// Monitor is the monitor server that a log shipping configuration names; "": the server
// itself. Silent: it is known not to answer, so that nothing waits for it.
type Monitor struct {
	Name   string
	Silent bool
}

// MonitorUntold is a fact: the monitor server that keeps rows of what was removed.
const MonitorUntold = "monitor server not told"

// Instance is one SQL Server instance.
type Instance interface {
	Reader
	Writer
}

// Files is the file work on the secondary's server (F2).
type Files interface {
	// List reads backup share and copy folder in one round trip.
	List(ctx context.Context, share, copyFolder string) (Listing, error)
	// Copy makes the action that copies the files that are missing and proves
	// each by SHA-256.
	Copy(share, copyFolder string, files []Copying) engine.Action
	// Alike compares the beginnings of files of one name, where the header of a
	// backup is, without reading the rest. What it does not name could not be
	// compared.
	Alike(ctx context.Context, share, copyFolder string, names []string) (map[string]bool, error)
	// Readable tells which files of a folder the host can open at this moment.
	Readable(ctx context.Context, folder string, names []string) (map[string]bool, error)
}

// KeptCopy begins the name of a fact: a file of the share that is in the copy
// folder with the same content, every byte of it compared.
const KeptCopy = "same content on share and in the copy folder: "

// NotCopied begins the name of a fact: a file of the share that could not be
// copied, and why.
const NotCopied = "not copied: "

// Copying is a file to be copied. As is the name that it gets where its own is
// taken; "": its own. Anew: what has its own name there is of no use, whatever
// it holds.
type Copying struct {
	Backup
	As   string
	Anew bool
}

// Shell is the Management Shell.
type Shell interface {
	Pool(ctx context.Context) (status.Pool, error)
	MirrorState(ctx context.Context) ([]status.MirrorSide, error)
	// SetPoolState and SetActiveServers act on the pool as it was read: what they
	// try in turn, they try only while it reads so.
	SetPoolState(pool status.Pool, state string) engine.Action
	SetActiveServers(pool status.Pool, fqdns []string) engine.Action
	// FailOverCentral is Invoke-CsManagementServerFailover (F5a).
	FailOverCentral(m CentralMove) engine.Action
	// InstallMirror is Install-CsMirrorDatabase (F6).
	InstallMirror(m Mirroring) engine.Action
}

// CentralMove are the parameters of Invoke-CsManagementServerFailover.
type CentralMove struct {
	From, To status.Store
	ToMirror status.Store // no FQDN: the backup is not mirrored
	Effect   Effect       // whether the store is there and answers
}

// Mirroring are the parameters of Install-CsMirrorDatabase.
type Mirroring struct {
	Pool         string
	Principal    site.Instance
	Mirror       site.Instance
	Witness      *site.Instance
	FileShare    string
	DropExisting bool
	Effect       Effect // whether the mirror gets what the principal writes
}

// Effect asks the servers that a cmdlet changes whether it has taken effect, and
// tells what they say. The host that runs it need not answer for that.
type Effect func(ctx context.Context) (took bool, says string, err error)

// Backup is a backup file as a listing knows it.
type Backup = inventory.File

// Listing is what backup share and copy folder hold.
type Listing struct {
	Host     string // the host that read them
	Share    []Backup
	ShareErr error // the share could not be read; Share is empty
	Copied   []Backup
	CopyErr  error
	// Others is how many other files and folders lie on the share, which are not
	// listed; Some are names of a few.
	Others int
	Some   []string
	Free   int64 // bytes free on the copy folder's volume; -1: not known
}

// Estate is everything the procedures act on.
type Estate struct {
	Site *site.Site
	SQL  map[site.Role]Instance
	// Shipping are the same instances, as log shipping is set up on them.
	Shipping map[site.Role]ShippingServer
	Files    Files
	Shell    Shell
	// ActiveServers are the chat servers that F7 makes active (FQDNs); empty:
	// all of the new primary's data centre.
	ActiveServers []string
	Now           func() time.Time
	// ChatService says what the chat service of a server says of itself; "": no
	// Windows host of the site file is that server. nil: nobody can be asked.
	ChatService func(ctx context.Context, fqdn string) (string, error)
	// Seen gives what the probe last saw of an instance; false: it has not
	// looked yet, or nobody probes.
	Seen func(site.Role) (status.Node, bool)
	// Life gives the same once a verdict has formed whether the instance lives;
	// where nobody watches a screen it waits for that, or until the context ends.
	// nil: nobody probes.
	Life func(context.Context, site.Role) (status.Node, bool)
	// Knock tries to connect to an instance and says nothing; its error tells how
	// far it came. nil: nobody probes.
	Knock func(context.Context, site.Role) error
	// Glance tries the same from the second place, for at most patience; an error
	// means that it cannot be asked. nil: nobody probes.
	Glance func(ctx context.Context, r site.Role, patience time.Duration) (place string, reach fault.Reach, err error)
	// Reach tries a port of an instance's server from the same place. nil: nobody can.
	Reach func(ctx context.Context, r site.Role, port int) (place string, reach fault.Reach, err error)
	// Recall gives the facts that earlier steps of this incident observed (the
	// proof facts in the journal), by name; "" when there is none.
	Recall func(name string) string
}

// Confirm is what confirms a step by naming its target and the site:
// `SQL11\RTC of litware-pchat`. It never changes with circumstances.
func (e *Estate) Confirm(target string) string { return target + " of " + e.Site.Name }

// Which tells a database from another of its name: by the beginning of its
// recovery fork, and by how far a restore of it has come. One that is not open
// tells no fork, but when it was created.
func Which(d status.Database) string {
	const enough = 8 // characters of a GUID
	which := "fork not told"
	if !d.Created.IsZero() {
		which += ", created " + d.Created.Format("2006-01-02 15:04:05.000")
	}
	if fork := strings.ToLower(cmp.Or(d.Fork, d.RedoFork)); fork != "" {
		which = "fork " + fork[:min(enough, len(fork))]
	}
	if d.Restoring() && !d.RedoLSN.IsZero() {
		which += " at LSN " + d.RedoLSN.String()
	}
	return which
}

// Dropped names a database that is dropped or overwritten, for Plan.Lost. What
// it is and its state are part of the name: who agreed to drop a leftover of a
// restore did not agree to drop a database that is in use.
func Dropped(database, target, state string) string {
	return database + " on " + target + ", " + state
}
