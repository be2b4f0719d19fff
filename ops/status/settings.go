package status

import (
	"fmt"
	"slices"
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

// Difference is one setting that is not as it should be.
type Difference struct {
	Setting string
	Have    string
	Want    string
	// Certain: it is wrong whatever the numbers of the site file are.
	Certain bool
}

// String says "restore threshold is 90m instead of 45m".
func (d Difference) String() string {
	return fmt.Sprintf("%s is %s instead of %s", d.Setting, orNone(d.Have), orNone(d.Want))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return quote(s)
}

// Differ lists the differences between the settings of two primaries.
func (p PrimarySettings) Differ(want PrimarySettings) []Difference {
	return differ(p.values(), want.values())
}

// Differ lists the differences between the settings of two secondaries.
func (s SecondarySettings) Differ(want SecondarySettings) []Difference {
	return differ(s.values(), want.values())
}

// value is one setting, ready to be compared.
type value struct {
	name, is string
	path     bool // compared as Windows compares paths
	list     bool // of several, among which all that are wanted have to be
	certain  bool
}

func (p PrimarySettings) values() []value {
	return []value{
		{name: "network path of the backup folder", is: p.Share, path: true, certain: true},
		{name: "local path of the backup folder", is: p.Directory, path: true, certain: true},
		{name: "delete files older than", is: minutes(p.Retention)},
		{name: "history retention", is: minutes(p.HistoryRetention)},
		{name: "alert if no backup within", is: minutes(p.Threshold)},
		{name: "backup alert", is: onOff(p.Alerts)},
		{name: "compression", is: fmt.Sprint(p.Compression)},
		{name: "monitor server", is: p.Monitor, path: true},
		{name: "backup job", is: p.Job},
		{name: "backup schedule", is: p.Schedule.String(), certain: !p.Schedule.Enabled},
		{name: "secondary server", is: p.Secondary, list: true, certain: true},
	}
}

func (s SecondarySettings) values() []value {
	return []value{
		{name: "primary server", is: s.Primary, path: true, certain: true},
		{name: "source of the copies", is: s.Source, path: true, certain: true},
		{name: "destination of the copies", is: s.Destination, path: true, certain: true},
		{name: "delete copied files older than", is: minutes(s.FileRetention)},
		{name: "history retention", is: minutes(s.HistoryRetention)},
		{name: "restore delay", is: minutes(s.RestoreDelay)},
		{name: "restore mode", is: map[bool]string{false: "no recovery", true: "standby"}[s.Standby]},
		{name: "alert if no restore within", is: minutes(s.Threshold)},
		{name: "restore alert", is: onOff(s.Alerts)},
		{name: "monitor server", is: s.Monitor, path: true},
		{name: "copy job", is: s.CopyJob},
		{name: "copy schedule", is: s.CopySchedule.String(), certain: !s.CopySchedule.Enabled},
		{name: "restore job", is: s.RestoreJob},
		{name: "restore schedule", is: s.RestoreSchedule.String(), certain: !s.RestoreSchedule.Enabled},
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func differ(have, want []value) []Difference {
	var out []Difference
	for i, h := range have {
		if w := want[i]; !h.same(w.is) {
			out = append(out, Difference{Setting: h.name, Have: h.is, Want: w.is, Certain: h.certain})
		}
	}
	return out
}

func (v value) same(want string) bool {
	switch {
	case v.path:
		return strings.EqualFold(strings.TrimRight(v.is, `\`), strings.TrimRight(want, `\`))
	case v.list:
		have := strings.Split(strings.ToLower(v.is), ", ")
		return !slices.ContainsFunc(strings.Split(strings.ToLower(want), ", "), func(one string) bool { return !slices.Contains(have, one) })
	}
	return v.is == want
}
