package mssql

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/status"
)

func takePrimary(in *reading, r record) {
	in.backup = r.text("backup_job")
	in.facts.Primary = &status.ShippingPrimary{
		ID:              r.text("id"),
		BackupShare:     r.text("backup_share"),
		BackupDirectory: r.text("backup_directory"),
		LastBackupFile:  r.text("last_backup_file"),
		LastBackup:      r.time("last_backup_date_utc"),
		BackupAge:       r.seconds("backup_age"),
		Threshold:       max(0, r.minutes("backup_threshold")),
		Retention:       max(0, r.minutes("backup_retention_period")),
		Compression:     int(r.int("backup_compression", 0)),

		HistoryRetention: max(0, r.minutes("history_retention_period")),
		Alerts:           r.is("threshold_alert_enabled"),
		Monitor:          monitor(in, r),
	}
}

func takeSecondaries(in *reading, r record) {
	if p := in.facts.Primary; p != nil {
		p.Secondaries = append(p.Secondaries, r.text("secondary_server"))
	}
}

func takeSecondary(in *reading, r record) {
	in.copy, in.restored = r.text("copy_job"), r.text("restore_job")
	in.facts.Secondary = &status.ShippingSecondary{
		ID:               r.text("id"),
		PrimaryServer:    r.text("primary_server"),
		PrimaryDatabase:  r.text("primary_database"),
		Source:           r.text("backup_source_directory"),
		Destination:      r.text("backup_destination_directory"),
		LastCopiedFile:   r.text("last_copied_file"),
		LastCopied:       r.time("last_copied_date_utc"),
		CopyAge:          r.seconds("copy_age"),
		LastRestoredFile: r.text("last_restored_file"),
		LastRestored:     r.time("last_restored_date_utc"),
		RestoreAge:       r.seconds("restore_age"),
		Latency:          r.minutes("last_restored_latency"),
		Threshold:        max(0, r.minutes("restore_threshold")),
		RestoreDelay:     max(0, r.minutes("restore_delay")),
		Standby:          r.is("restore_mode"),
		FileRetention:    max(0, r.minutes("file_retention_period")),
		HistoryRetention: max(0, r.minutes("history_retention_period")),
		Alerts:           r.is("threshold_alert_enabled"),
		Monitor:          monitor(in, r),
	}
}

// takeWatched takes the rows of a monitor server. One that watches nothing has a
// row without id.
func takeWatched(in *reading, r record) {
	if in.facts.Watch == nil {
		in.facts.Watch = &status.Watch{AlertJob: r.int("alert_jobs", 0) > 0}
	}
	if r.text("id") == "" {
		return
	}
	row := status.Watched{
		Primary: r.is("is_primary"), ID: r.text("id"), Server: r.text("server"), Database: r.text("base"),
		Threshold: max(0, r.minutes("threshold")), Alerts: r.is("alerts"), HistoryRetention: max(0, r.minutes("history")),
	}
	if !row.Primary {
		row.PrimaryServer, row.PrimaryDatabase = r.text("primary_server"), r.text("primary_database")
	}
	in.facts.Watch.Rows = append(in.facts.Watch.Rows, row)
}

var outcomes = map[int64]string{0: "failed", 1: "succeeded", 3: "canceled"}

func takeJob(in *reading, r record) {
	job := status.Job{
		ID:      r.text("id"),
		Name:    r.text("name"),
		Enabled: r.is("enabled"),
		Running: r.is("running"),
		Outcome: outcomes[r.int("run_status", -1)],
		Message: r.text("message"),

		Ownerless: r.is("ownerless"),
		Schedule:  schedule(r, in.facts.ServerTime.Add(in.ahead)),
	}
	// What the domain has told the Agent: there is no such account (0x534). That it
	// does not answer is another code.
	if job.Outcome == "failed" && strings.Contains(job.Message, "15404") && strings.Contains(strings.ToLower(job.Message), "0x534") {
		job.Ownerless = true
	}
	if step := r.text("step_message"); step != "" && job.Outcome == "failed" {
		job.Message += " " + step // the outcome alone does not say why
	}
	if wall := agentTime(r.int("run_date", 0), r.int("run_time", 0)); !wall.IsZero() {
		job.LastRun = wall.Add(-in.ahead)
	}
	in.jobs[job.ID] = job
}

// agentTime reads Agent's dates, whole numbers that look like 20261121 and
// 24500 (for 02:45:00), as its server's wall clock shows them.
func agentTime(date, clock int64) time.Time {
	if date <= 0 {
		return time.Time{}
	}
	return time.Date(int(date/10000), time.Month(date/100%100), int(date%100),
		int(clock/10000), int(clock/100%100), int(clock%100), 0, time.UTC)
}

// Values of sysschedules.
const (
	daily         = 4
	subdayMinutes = 4
	subdayHours   = 8
)

// schedule reads the first schedule of a job, by its server's wall clock; the zero value:
// it has none.
func schedule(r record, now time.Time) status.Schedule {
	s := status.Schedule{Name: r.text("plan_name"), Enabled: r.is("plan_on")}
	if s.Name == "" {
		return status.Schedule{}
	}
	kind, interval := r.int("freq_type", 0), r.int("freq_interval", 0)
	subday, n := r.int("freq_subday_type", 0), r.int("freq_subday_interval", 0)
	unit := map[int64]time.Duration{subdayMinutes: time.Minute, subdayHours: time.Hour}[subday]
	if kind == daily && interval == 1 && n > 0 && n <= 24*60 {
		s.Every = time.Duration(n) * unit
	}
	if limit := limited(r, s.Every, now); s.Every > 0 && limit != "" {
		s.Kind, s.Every = s.String()+" "+limit, 0
	} else if s.Every == 0 {
		s.Kind = fmt.Sprintf("of another kind (freq_type %d, freq_interval %d, freq_subday_type %d)", kind, interval, subday)
	}
	return s
}

// The last day that a schedule without an end has.
const forever = 99991231

// limited says when a schedule that repeats every so often does not run; "": it always
// does. A pause that is no longer than that is none.
func limited(r record, every time.Duration, now time.Time) string {
	from, to := r.int("active_start_date", 0), r.int("active_end_date", forever)
	start, end := r.int("active_start_time", 0), r.int("active_end_time", 235959)
	const layout = "2006-01-02"
	switch {
	case agentTime(from, 0).After(now):
		return "from " + agentTime(from, 0).Format(layout) + " on"
	case to != forever:
		return "until " + agentTime(to, 0).Format(layout)
	case (seconds(start)-seconds(end)+24*time.Hour)%(24*time.Hour) > every:
		return fmt.Sprintf("from %02d:%02d to %02d:%02d only", start/10000, start/100%100, end/10000, end/100%100)
	}
	return ""
}

// seconds is the time of day that a number of the Agent means.
func seconds(clock int64) time.Duration {
	return time.Duration(clock/10000)*time.Hour + time.Duration(clock/100%100)*time.Minute + time.Duration(clock%100)*time.Second
}

// monitor gives the monitor server; a server that monitors itself has none.
func monitor(in *reading, r record) string {
	if name := r.text("monitor_server"); !strings.EqualFold(name, in.facts.ServerName) {
		return name
	}
	return ""
}
