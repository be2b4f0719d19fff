package status

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/site"
)

// Names that SQL Server Management Studio gives to jobs and schedules, and what
// it proposes where nobody is asked.
const (
	copyScheduleName    = "DefaultCopyJobSchedule"
	restoreScheduleName = "DefaultRestoreJobSchedule"

	historyKept = 5760 * time.Minute
)

// Schedule is when the Agent starts a job.
type Schedule struct {
	Name    string
	Enabled bool
	// Every is the time between two runs of a schedule that repeats all day,
	// every day; 0: it is of another kind, which Kind describes.
	Every time.Duration
	Kind  string
}

// String says when it runs: "every 15m".
func (s Schedule) String() string {
	switch {
	case s == Schedule{}:
		return "none"
	case !s.Enabled:
		return "disabled"
	case s.Every == 0:
		return s.Kind
	}
	return "every " + minutes(s.Every)
}

// PrimarySettings are the settings of a log shipping primary (P1 to P9), on
// whichever instance: primary and mirror have to have the same.
type PrimarySettings struct {
	Database         string
	Share            string // network path that the copy job reads
	Directory        string // path that BACKUP writes to: a local one, or the share again
	Retention        time.Duration
	HistoryRetention time.Duration
	Threshold        time.Duration
	Alerts           bool
	Compression      int    // 0 never, 1 always, 2 as the server is set
	Monitor          string // monitor server; empty: none
	MonitorTold      bool   // the console tells it, and not the server
	Job              string
	Schedule         Schedule
	Secondary        string // server name of the secondary
}

// SecondarySettings are the settings of a log shipping secondary (P10 to P19).
type SecondarySettings struct {
	Database         string
	Primary          string // server name of the primary
	Source           string // backup share
	Destination      string // copy folder
	FileRetention    time.Duration
	HistoryRetention time.Duration
	RestoreDelay     time.Duration
	Standby          bool
	Threshold        time.Duration
	Alerts           bool
	Monitor          string
	MonitorTold      bool
	CopyJob          string
	CopySchedule     Schedule
	RestoreJob       string
	RestoreSchedule  Schedule
}

// WantedPrimary is how the site file wants log shipping on a primary instance.
// server and secondary are the names by which the servers know themselves.
func WantedPrimary(s *site.Site, server, secondary string) PrimarySettings {
	directory := s.BackupDirectory
	if directory == "" {
		directory = s.BackupShare // as Management Studio fills the box that was left empty
	}
	return PrimarySettings{
		Database: s.Database, Share: s.BackupShare, Directory: directory,
		Retention: s.Shipping.Retention, HistoryRetention: historyKept, Threshold: s.Shipping.BackupThreshold,
		Alerts: s.Shipping.Alerts, Compression: compressions[s.Shipping.Compression], Monitor: s.Shipping.Monitor,
		Job:       fit("LSBackup_" + s.Database),
		Schedule:  Schedule{Name: fit("LSBackupSchedule_" + server + "1"), Enabled: true, Every: s.Shipping.BackupEvery},
		Secondary: secondary,
	}
}

var compressions = map[site.Compression]int{site.CompressOff: 0, site.CompressOn: 1, site.CompressDefault: 2}

// WantedSecondary is how the site file wants log shipping on the secondary.
func WantedSecondary(s *site.Site, primary string) SecondarySettings {
	return SecondarySettings{
		Database: s.Database, Primary: primary, Source: s.BackupShare, Destination: s.CopyFolder,
		FileRetention: s.Shipping.FileRetention, HistoryRetention: historyKept,
		Threshold: s.Shipping.RestoreThreshold, Alerts: s.Shipping.Alerts, Monitor: s.Shipping.Monitor,
		CopyJob:         fit("LSCopy_" + primary + "_" + s.Database),
		CopySchedule:    Schedule{Name: copyScheduleName, Enabled: true, Every: s.Shipping.CopyEvery},
		RestoreJob:      fit("LSRestore_" + primary + "_" + s.Database),
		RestoreSchedule: Schedule{Name: restoreScheduleName, Enabled: true, Every: s.Shipping.RestoreEvery},
	}
}

// fit keeps a name within the 128 characters of a sysname.
func fit(name string) string {
	r := []rune(name)
	return string(r[:min(len(r), 128)])
}

// Settings are those that a primary has.
func (p *ShippingPrimary) Settings(database string) PrimarySettings {
	return PrimarySettings{
		Database: database, Share: p.BackupShare, Directory: p.BackupDirectory,
		Retention: p.Retention, HistoryRetention: p.HistoryRetention, Threshold: p.Threshold, Alerts: p.Alerts,
		Compression: p.Compression, Monitor: p.Monitor, Job: p.BackupJob.Name, Schedule: p.BackupJob.Schedule,
		Secondary: strings.Join(p.Secondaries, ", "),
	}
}

// Settings are those that a secondary has.
func (s *ShippingSecondary) Settings(database string) SecondarySettings {
	return SecondarySettings{
		Database: database, Primary: s.PrimaryServer, Source: s.Source, Destination: s.Destination,
		FileRetention: s.FileRetention, HistoryRetention: s.HistoryRetention, RestoreDelay: s.RestoreDelay,
		Standby: s.Standby, Threshold: s.Threshold, Alerts: s.Alerts, Monitor: s.Monitor,
		CopyJob: s.CopyJob.Name, CopySchedule: s.CopyJob.Schedule,
		RestoreJob: s.RestoreJob.Name, RestoreSchedule: s.RestoreJob.Schedule,
	}
}

// minutes says a length of time as SQL Server counts it: "15m", "72h".
func minutes(d time.Duration) string {
	if d >= time.Hour && d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}
