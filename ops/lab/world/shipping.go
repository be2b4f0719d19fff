package world

import (
	"os"
	"strings"
	"time"

	"pchatops/ops/lab/world/media"
)

// shipping is the log shipping configuration of an instance, as its msdb has it.
type shipping struct {
	primaries   []*shipPrimary
	secondaries []*shipSecondary
	details     []detail
	errors      []detail
	runs        int // session ids of sqllogship
	alert       *job
	watched     []*watched // where it is the monitor server of others
}

// shipPrimary is a row of log_shipping_primary_databases and its monitor row.
type shipPrimary struct {
	id                   media.GUID
	database             string
	directory, share     string
	retention, threshold int // minutes
	alert                int
	alertEnabled         bool
	historyRetention     int
	compression          int
	monitor              string
	job                  *job
	lastFile             string
	lastDate             time.Time // UTC
	secondaries          []shipPair
}

// shipPair is a row of log_shipping_primary_secondaries.
type shipPair struct{ server, database string }

// shipSecondary is a row of log_shipping_secondary: what is common to the
// secondary databases of one primary database.
type shipSecondary struct {
	id                  media.GUID
	server, database    string // the primary's
	source, destination string
	retention           int
	monitor             string
	copyJob, restoreJob *job
	lastCopied          string
	lastCopiedDate      time.Time // UTC
	databases           []*shipDatabase
}

// shipDatabase is a row of log_shipping_secondary_databases and its monitor row.
type shipDatabase struct {
	of                               *shipSecondary
	database                         string
	delay                            int
	all, standby, disconnect         bool
	blockSize, bufferCount, transfer int
	threshold, alert                 int
	alertEnabled                     bool
	historyRetention                 int
	lastFile                         string
	lastDate                         time.Time // UTC
	latency                          int       // minutes; -1: none yet
}

// detail is a row of log_shipping_monitor_history_detail or …_error_detail.
type detail struct {
	agent    media.GUID
	kind     int // 0 backup, 1 copy, 2 restore
	run      int
	database string
	status   int // 0 starting, 1 running, 2 success, 3 error, 4 warning
	sequence int
	at       time.Time
	message  string
	source   string
}

// The agents of sqllogship.
const (
	agentBackup, agentCopy, agentRestore = 0, 1, 2
	statusStarting, statusRunning        = 0, 1
	statusSuccess, statusError           = 2, 3
	statusWarning                        = 4
)

func (i *Instance) primaryOf(db string) *shipPrimary {
	for _, p := range i.shipping.primaries {
		if strings.EqualFold(p.database, db) {
			return p
		}
	}
	return nil
}

func (i *Instance) secondaryOf(server, db string) *shipSecondary {
	for _, s := range i.shipping.secondaries {
		if strings.EqualFold(s.server, server) && strings.EqualFold(s.database, db) {
			return s
		}
	}
	return nil
}

func (i *Instance) secondaryDatabase(db string) *shipDatabase {
	for _, s := range i.shipping.secondaries {
		for _, d := range s.databases {
			if strings.EqualFold(d.database, db) {
				return d
			}
		}
	}
	return nil
}

const stampLayout = "20060102150405"

// isBackup reports whether a file has the name of a log backup of a database:
// mgc_20261121024500.trn.
func isBackup(name, database string) bool {
	const end = len("_") + len(stampLayout) + len(".trn")
	if len(name) != len(database)+end || !strings.EqualFold(name[:len(database)+1], database+"_") || !strings.EqualFold(name[len(name)-4:], ".trn") {
		return false
	}
	return strings.Trim(name[len(database)+1:len(name)-4], "0123456789") == ""
}

// stamp is the UTC time in the name of a backup.
func stamp(name, database string) time.Time {
	t, err := time.ParseInLocation(stampLayout, name[len(database)+1:len(name)-4], time.UTC)
	if err != nil {
		return time.Time{} // digits that are no date: as old as can be
	}
	return t
}

// lastName is the file name of a Windows path; its stamp orders it.
func lastName(path string) string {
	return path[strings.LastIndex(path, `\`)+1:]
}

// backupsIn lists the log backups of a database in a real folder, by name.
func backupsIn(folder, database string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && isBackup(e.Name(), database) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
