package media

import "time"

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
}

// Label is the media label at the start of a file.
type Label struct {
	MediaSet GUID      `json:"mediaSet"`
	Family   GUID      `json:"family"`
	Written  time.Time `json:"written"`
	Software string    `json:"software"`
}

// Set is a backup set with its content.
type Set struct {
	Header
	Records []Record // Log: the log records; Database: every row as an insert
}
