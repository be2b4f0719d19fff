package chain

import (
	"strings"
	"time"
)

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
	// Suspect: RESTORE has refused it, or a striped backup of which it was a part.
	Suspect   bool   `json:"suspect,omitempty"`
	CopyOnly  bool   `json:"copy_only,omitempty"`
	Tail      bool   `json:"tail,omitempty"`      // taken WITH NORECOVERY
	Checksums bool   `json:"checksums,omitempty"` // written WITH CHECKSUM
	SetGUID   string `json:"set"`
	Size      int64  `json:"size"` // bytes
	// Held is when it was there for certain, by the clock of the server that read
	// or restored it, in UTC; zero: not known.
	Held time.Time `json:"held,omitzero"`
	// Incomplete: the backup was begun and never finished, as its server died.
	Incomplete bool `json:"incomplete,omitempty"`
	// A backup may be striped over several files. Each bears its header.
	Media  string   `json:"media,omitempty"`  // MediaSetId: the same for all its files
	Parts  int      `json:"parts,omitempty"`  // how many files it is striped over; 0 and 1: it is not
	Part   int      `json:"part,omitempty"`   // which of them this is, from 1; 0: it is not striped, or not known
	Others []string `json:"others,omitempty"` // paths of its other files, where they are known
}

// Same reports whether two headers are of one backup: the same set, or where
// the server does not tell that, the same log of the same size.
func (h Header) Same(o Header) bool {
	if h.SetGUID != "" && o.SetGUID != "" {
		return strings.EqualFold(h.SetGUID, o.SetGUID) && (h.Part == o.Part || h.Part == 0 || o.Part == 0)
	}
	return h.First == o.First && h.Last == o.Last && h.Size == o.Size && h.Type == o.Type && strings.EqualFold(h.Database, o.Database)
}
