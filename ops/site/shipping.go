package site

import (
	"fmt"
	"regexp"
	"time"

	"go.yaml.in/yaml/v4"
)

// Shipping is how log shipping is to be configured.
type Shipping struct {
	// Declared: the site file says so. Otherwise these are proposals, and a
	// server that is configured differently is not at fault.
	Declared bool

	BackupEvery  time.Duration // between two runs of the backup job
	CopyEvery    time.Duration
	RestoreEvery time.Duration

	Retention     time.Duration // age at which log backups are deleted from the share
	FileRetention time.Duration // age at which copied files are deleted

	BackupThreshold  time.Duration // SQL Server alerts if no backup occurs within
	RestoreThreshold time.Duration // SQL Server alerts if no restore occurs within
	Alerts           bool

	Compression Compression
	Monitor     string // monitor server instance; empty: none
}

// Compression says whether log backups are compressed.
type Compression string

// The three settings.
const (
	CompressDefault Compression = "default" // as the server is set
	CompressOn      Compression = "on"
	CompressOff     Compression = "off"
)

// ProposedShipping is what SQL Server Management Studio proposes.
func ProposedShipping() Shipping {
	const every = 15 * time.Minute
	return Shipping{
		BackupEvery: every, CopyEvery: every, RestoreEvery: every,
		Retention: 72 * time.Hour, FileRetention: 72 * time.Hour,
		BackupThreshold: 60 * time.Minute, RestoreThreshold: 45 * time.Minute,
		Alerts: true, Compression: CompressDefault,
	}
}

// The Agent's schedules repeat within a day; retention is bounded by what a
// share can be expected to hold.
const (
	longestEvery     = 12 * time.Hour
	longestRetention = 366 * 24 * time.Hour
	longestThreshold = 168 * time.Hour
)

func (r *reader) shipping(s *Shipping) take {
	return func(n *yaml.Node, path string) {
		s.Declared = true
		r.mapping(n, path, fields{
			"backup_every":      may(r.minutes(&s.BackupEvery, longestEvery)),
			"copy_every":        may(r.minutes(&s.CopyEvery, longestEvery)),
			"restore_every":     may(r.minutes(&s.RestoreEvery, longestEvery)),
			"retention":         may(r.minutes(&s.Retention, longestRetention)),
			"file_retention":    may(r.minutes(&s.FileRetention, longestRetention)),
			"backup_threshold":  may(r.minutes(&s.BackupThreshold, longestThreshold)),
			"restore_threshold": may(r.minutes(&s.RestoreThreshold, longestThreshold)),
			"alerts":            may(r.flag(&s.Alerts)),
			"compression":       may(word(r, &s.Compression, CompressDefault, CompressOn, CompressOff)),
			"monitor":           may(r.text(&s.Monitor, lineText+", at most 128 characters", isDatabase)),
		})
	}
}

var wholeMinutes = regexp.MustCompile(`^([0-9]+h)?([0-9]+m)?$`)

// minutes reads a length of time as SQL Server counts them: in whole minutes.
func (r *reader) minutes(dst *time.Duration, most time.Duration) take {
	expected := fmt.Sprintf("whole minutes or hours up to %.0fh, such as 15m or 72h", most.Hours())
	fits := func(s string) bool {
		d, err := time.ParseDuration(s)
		return err == nil && wholeMinutes.MatchString(s) && d >= time.Minute && d <= most
	}
	return func(n *yaml.Node, path string) {
		var s string
		if r.text(&s, expected, fits)(n, path); s != "" {
			*dst, _ = time.ParseDuration(s) // it fits
		}
	}
}

// checkShipping: an alert that comes before the next run is due says nothing.
func (r *reader) checkShipping(s Shipping) {
	for _, t := range []struct {
		key             string
		threshold, runs time.Duration
	}{{"backup_threshold", s.BackupThreshold, s.BackupEvery}, {"restore_threshold", s.RestoreThreshold, s.RestoreEvery}} {
		if t.threshold <= t.runs {
			r.wrong("log_shipping."+t.key, "is not longer than the time between two runs of its job",
				fmt.Sprintf("more than %.0fm, better three times as much", t.runs.Minutes()))
		}
	}
	if s.Retention <= s.BackupThreshold {
		r.wrong("log_shipping.retention", "deletes log backups before anybody would miss them", "more than backup_threshold")
	}
}
