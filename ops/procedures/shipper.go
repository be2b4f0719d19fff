package procedures

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// ShippingServer is an instance that can be set up for log shipping.
type ShippingServer interface {
	Surveyor
	Shipper
	Unshipper
	Seeder
	Prober
	Overseer
}

// Surveyor reads what setting up log shipping has to know beyond the status.
type Surveyor interface {
	// Look tells what a path is to the server's service account.
	Look(ctx context.Context, path string) (PathSeen, error)
	// FactsAnd reads the status and looks at a path at the same time.
	FactsAnd(ctx context.Context, path string) (status.Facts, PathSeen, error)
	// Endpoints lists what listens on TCP ports of its own.
	Endpoints(ctx context.Context) ([]Endpoint, error)
	// Principals reads what of a restored database belongs to another server.
	Principals(ctx context.Context, database string) (Principals, error)
	// Storage reads where a database lies, and where another would.
	Storage(ctx context.Context, database string) (Storage, error)
	// BackupFiles lists the files of the database in a full backup.
	BackupFiles(ctx context.Context, file string) ([]DataFile, error)
	// LogTaken reads which log backups of the database were taken since an LSN.
	LogTaken(ctx context.Context, database string, since chain.LSN) (LogTaken, error)
}

// Shipper makes the actions that set log shipping up and prove it. Each
// configuration goes over in one request, completes what is there already, and
// can be run again.
type Shipper interface {
	ConfigurePrimary(status.PrimarySettings) engine.Action
	ConfigureSecondary(status.SecondarySettings) engine.Action
	// RunJob starts a job of the Agent, waits for the end of that run, and lets
	// then (nil: nobody) judge it by what the server tells right after.
	RunJob(job string, then func(engine.Reporter, Shipped) error) engine.Action
}

// ErrJobFailed is the cause of a fault where the job itself reported that it failed.
var ErrJobFailed = errors.New("the job failed")

// Unshipper makes the actions that remove log shipping.
type Unshipper interface {
	// ShipsInto gives the primaries that log shipping into a database is entered for, if
	// only half of it; "": the database itself is entered.
	ShipsInto(ctx context.Context, database string) ([]string, error)
	RemovePairs(database string) engine.Action
	RemoveSecondary(database, primary string, m Monitor) engine.Action
	RemovePrimary(database string, m Monitor) engine.Action
}

// Seeder makes the actions that initialise a secondary (P13).
type Seeder interface {
	// Ready lets the connections be opened that the next reads and actions go
	// over, so that they do not wait for them.
	Ready(ctx context.Context)
	// BackupDatabase is BACKUP DATABASE … WITH CHECKSUM into a new file.
	BackupDatabase(database, file string) engine.Action
	// RestoreDatabase is RESTORE DATABASE … WITH NORECOVERY; replace allows it
	// to take the place of another database.
	RestoreDatabase(database, file string, files []DataFile, replace bool) engine.Action
}

// Shipped is how far log shipping of the database has come on an instance: the
// newest file of each kind, "" where there is none.
type Shipped struct{ Backup, Copied, Restored string }

// Prober makes the actions that show what the service account of a server may
// do in a folder: by doing it. Their errors name the account, the right and the
// folder.
type Prober interface {
	// WriteProbe writes a probe and, unless it is to be kept, deletes it again.
	WriteProbe(p Probe, keep bool) engine.Action
	ReadProbe(p Probe) engine.Action
	DeleteProbe(p Probe) engine.Action
}

// Probe is a small backup that is written, read and deleted to try a folder.
type Probe struct {
	Folder    string
	Extension string // belongs to nothing else: deleting goes by it
	Account   string // of the service that opens it; "": the server does not tell
}

// ProbeExtension is the extension of a trial's probes. It is the same whenever
// the same servers are tried, so that what a trial that was cut off left is
// overwritten.
func ProbeExtension(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return hex.EncodeToString(sum[:4])
}

// File is the path of the probe.
func (p Probe) File() string {
	return strings.TrimRight(p.Folder, `\`) + `\pchatops_probe.` + p.Extension
}

// Principals are the users of a database, as the server knows them.
type Principals struct {
	Orphans         []Orphan
	Owner, DBO      string // logins; "": the server has none of that identifier
	OwnerDiffers    bool   // from what the database says of dbo
	Trustworthy     bool
	Level, OwnLevel int // of compatibility: the database's, and the server's own; 0: not told
}

// Orphan is a user of a database whose identifier no login has.
type Orphan struct {
	Name     string
	Type     string // S, U or G
	SID      []byte
	Namesake bool // a SQL login bears its name
}

// Endpoint is a TCP endpoint of an instance.
type Endpoint struct {
	Name  string
	Type  string // DATABASE_MIRRORING, SERVICE_BROKER …
	State string // STARTED, STOPPED, DISABLED
	Port  int
	Role  string // of mirroring: PARTNER, WITNESS, ALL, NONE
}

// PathSeen is what a path is to a server.
type PathSeen struct {
	File   bool   // an existing file
	Folder bool   // an existing folder
	Parent bool   // its folder exists
	Unread string // why the server does not tell; "": it does
}

// DataFile is a file of a database.
type DataFile struct {
	Logical  string // name by which RESTORE … MOVE knows it
	Physical string // path on the server
	Log      bool   // of the transaction log
	Bytes    int64
}

// Storage is where a database lies on an instance, and where new ones go.
type Storage struct {
	Files      []DataFile // empty: there is no such database
	DataFolder string     // default folder for data files; "": the server does not tell
	LogFolder  string
	Volumes    []Volume // as far as the server tells
}

// Volume is a disk by where it is mounted: `E:\`, or a folder.
type Volume struct {
	Mount string
	Free  int64 // bytes
}

// Volume is the disk that a local folder lies on; false: the server tells of none.
func (s Storage) Volume(folder string) (Volume, bool) {
	folder = strings.TrimRight(folder, `\`) + `\`
	var on Volume
	for _, v := range s.Volumes {
		fits := len(folder) >= len(v.Mount) && strings.EqualFold(folder[:len(v.Mount)], v.Mount)
		if fits && len(v.Mount) >= len(on.Mount) && v.Mount != "" {
			on = v
		}
	}
	return on, on.Mount != ""
}

// Bytes is the size of the database.
func (s Storage) Bytes() int64 {
	var sum int64
	for _, f := range s.Files {
		sum += f.Bytes
	}
	return sum
}

// LogTaken is what an instance knows of the log backups of its database.
type LogTaken struct {
	Backups []chain.Header // with the file that each was written to
	Next    chain.LSN      // where the next one will begin; zero: there is no chain
	// Fork is the recovery fork that the database is on, FirstFork the one that it
	// left for that at ForkPoint; "": it left none, or does not tell.
	Fork, FirstFork string
	ForkPoint       chain.LSN
}
