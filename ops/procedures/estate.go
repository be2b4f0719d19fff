// Package procedures holds what the Microsoft documents say, as steps that
// converge: each plans what is still needed by reading the world, and proves
// itself by reading it again. The identifiers are those of the documents.
package procedures

import (
	"context"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Reader reads one SQL Server instance. It never changes anything.
type Reader interface {
	Facts(ctx context.Context) (status.Facts, error)
	Sessions(ctx context.Context, database string) ([]status.Session, error)
	// Headers reads every backup set of a file as the server sees it.
	Headers(ctx context.Context, path string) ([]chain.Header, error)
	// Applied lists the log backups that the instance's own history says were
	// restored into the database, newest last.
	Applied(ctx context.Context, database string) ([]Backup, error)
}

// Writer makes the actions that change one SQL Server instance. Making an
// action sends nothing.
type Writer interface {
	// DeleteLogShippingSecondary is sp_delete_log_shipping_secondary_database (F1).
	DeleteLogShippingSecondary(database string) engine.Action
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
	BringOnline(database string) engine.Action
}

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
	Copy(share, copyFolder string, files []Backup) engine.Action
}

// Shell is the Management Shell.
type Shell interface {
	Pool(ctx context.Context) (status.Pool, error)
	MirrorState(ctx context.Context) ([]status.MirrorSide, error)
	SetPoolState(identity, state string) engine.Action
	SetActiveServers(fqdns []string) engine.Action
	// InstallMirror is Install-CsMirrorDatabase (F6).
	InstallMirror(m Mirroring) engine.Action
}

// Mirroring are the parameters of Install-CsMirrorDatabase.
type Mirroring struct {
	Pool         string
	Principal    site.Instance
	Mirror       site.Instance
	Witness      *site.Instance
	FileShare    string
	DropExisting bool
}

// Backup is a backup file as a listing or a history knows it.
type Backup struct {
	Name     string    // file name without its folder
	Bytes    int64     // -1: not known
	Modified time.Time // UTC; zero: not known
}

// Listing is what backup share and copy folder hold.
type Listing struct {
	Host     string // the host that read them
	Share    []Backup
	ShareErr error // the share could not be read; Share is empty
	Copied   []Backup
	CopyErr  error
	Free     int64 // bytes free on the copy folder's volume; -1: not known
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
	// Seen gives what the probe last saw of an instance; false: it has not
	// looked yet, or nobody probes.
	Seen func(site.Role) (status.Node, bool)
	// Recall gives the facts that earlier steps of this incident observed (the
	// proof facts in the journal), by name; "" when there is none.
	Recall func(name string) string
}
