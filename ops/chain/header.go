package chain

import "time"

// Header is one backup set of a file, from RESTORE HEADERONLY.
type Header struct {
	File        string    `json:"file"`     // path as the server that read it sees it
	Position    int       `json:"position"` // FILE = n
	Type        int       `json:"type"`     // 1 database, 2 log, 5 differential
	Database    string    `json:"database"`
	Server      string    `json:"server"`
	First       LSN       `json:"first_lsn"`
	Last        LSN       `json:"last_lsn"` // LSN of the next record after the set
	Checkpoint  LSN       `json:"checkpoint_lsn"`
	DatabaseLSN LSN       `json:"database_backup_lsn"`
	Started     time.Time `json:"started"`  // local time of the server that wrote it, read as UTC
	Finished    time.Time `json:"finished"` // the same
	Family      string    `json:"family"`   // FamilyGUID: the same for all copies of one database
	Fork        string    `json:"fork"`     // RecoveryForkID at the end
	FirstFork   string    `json:"first_fork"`
	ForkPoint   LSN       `json:"fork_point_lsn"`
	Damaged     bool      `json:"damaged,omitempty"`
	CopyOnly    bool      `json:"copy_only,omitempty"`
	Tail        bool      `json:"tail,omitempty"`      // taken WITH NORECOVERY
	Checksums   bool      `json:"checksums,omitempty"` // written WITH CHECKSUM
	SetGUID     string    `json:"set"`
	Size        int64     `json:"size"` // bytes
}
