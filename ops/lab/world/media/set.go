package media

import (
	"cmp"
	"slices"
	"time"
)

// Type says what a backup set holds, in RESTORE HEADERONLY's numbers.
type Type int

// The types the lab writes.
const (
	Database Type = 1
	Log      Type = 2
)

// Letter is the type as msdb.dbo.backupset and restorehistory spell it.
func (t Type) Letter() string {
	if t == Log {
		return "L"
	}
	return "D"
}

// Record is one log record: a chat message written or deleted.
type Record struct {
	LSN    LSN       `json:"lsn"`
	ID     int64     `json:"id"`
	Date   time.Time `json:"date"`
	Delete bool      `json:"delete,omitempty"`
}

// Header describes a backup set.
type Header struct {
	Set          GUID      `json:"set"`
	Name         string    `json:"name,omitempty"`
	Type         Type      `json:"type"`
	Server       string    `json:"server"`
	Machine      string    `json:"machine"`
	User         string    `json:"user"`
	Database     string    `json:"database"`
	Created      time.Time `json:"created"` // creation of the database
	Started      time.Time `json:"started"`
	Finished     time.Time `json:"finished"`
	First        LSN       `json:"first"`
	Last         LSN       `json:"last"` // the next record after the set
	Checkpoint   LSN       `json:"checkpoint"`
	DatabaseLSN  LSN       `json:"databaseLSN"` // checkpoint of the last full backup
	Family       GUID      `json:"family"`
	Binding      GUID      `json:"binding"`
	Fork         GUID      `json:"fork"`
	FirstFork    GUID      `json:"firstFork"`
	ForkPoint    LSN       `json:"forkPoint"`
	Recovery     string    `json:"recovery"`
	Version      int       `json:"version"` // major version of the server
	Build        int       `json:"build"`
	Checksums    bool      `json:"checksums,omitempty"`
	CopyOnly     bool      `json:"copyOnly,omitempty"`
	Tail         bool      `json:"tail,omitempty"` // taken WITH NORECOVERY
	BeginsChain  bool      `json:"beginsChain,omitempty"`
	SingleUser   bool      `json:"singleUser,omitempty"`
	Bytes        int64     `json:"bytes"` // size the lab gives it; paces its restore
	Compressed   bool      `json:"compressed,omitempty"`
	LogicalData  string    `json:"logicalData"`
	LogicalLog   string    `json:"logicalLog"`
	PhysicalData string    `json:"physicalData"`
	PhysicalLog  string    `json:"physicalLog"`
	Position     int       `json:"-"`                    // in its file, from 1
	Incomplete   bool      `json:"incomplete,omitempty"` // its server died while it was written
	Thumbprint   GUID      `json:"thumbprint,omitzero"`  // of the certificate that encrypts it
	OpenHeader   bool      `json:"openHeader,omitempty"` // the certificate encrypts the database, not the backup
}

// PointOfFork is where the set passes from one recovery fork to the next; none
// where it stays on one.
func (h Header) PointOfFork() LSN {
	if h.FirstFork == h.Fork {
		return 0
	}
	return h.ForkPoint
}

// Label is the media label at the start of a file. A striped media set has a
// file for each of its families.
type Label struct {
	MediaSet GUID      `json:"mediaSet"`
	Family   GUID      `json:"family"`
	Families int       `json:"families"`
	Sequence int       `json:"sequence"` // of the family, from 1
	Written  time.Time `json:"written"`
	Software string    `json:"software"`
	Password bool      `json:"password,omitempty"` // the media set asks for one
	Odd      bool      `json:"odd,omitempty"`      // what reads it stumbles over itself
}

// Set is a backup set with its content.
type Set struct {
	Header
	Records []Record // Log: the log records; Database: every row as an insert
}

// Split deals the content of a set out to so many families.
func (s *Set) Split(families int) []*Set {
	parts := make([]*Set, families)
	for n := range parts {
		parts[n] = &Set{Header: s.Header}
	}
	for n, r := range s.Records {
		p := parts[n%families]
		p.Records = append(p.Records, r)
	}
	return parts
}

// Join puts the families of a set together again.
func Join(parts []*Set) *Set {
	whole := &Set{Header: parts[0].Header}
	for _, p := range parts {
		whole.Records = append(whole.Records, p.Records...)
	}
	slices.SortStableFunc(whole.Records, func(a, b Record) int { return cmp.Compare(a.LSN, b.LSN) })
	return whole
}
