package mssql

import (
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/status"
)

// reading gathers the rows of one status batch.
type reading struct {
	facts  status.Facts
	ahead  time.Duration // the server's wall clock, ahead of UTC
	agents int64         // sessions of SQL Server Agent; -1: not visible
	sees   bool          // the login sees the state of the server
	past   struct {      // what the restore history says of the last set
		lsn          chain.LSN
		fork, family string
	}
	jobs                   map[string]status.Job
	backup, copy, restored string // ids of the log shipping jobs
}

func newReading() *reading {
	in := &reading{agents: -1, jobs: map[string]status.Job{}}
	in.facts.Sessions = -1
	in.facts.Engine.State, in.facts.Agent.State = "unknown", "unknown"
	in.facts.Mirroring.SendQueueKB, in.facts.Mirroring.RedoQueueKB = -1, -1
	return in
}

// finish puts together what came in different parts.
func (in *reading) finish() status.Facts {
	f := &in.facts
	f.Engine.State = "running" // it answered
	if f.Agent.State == "unknown" && in.sees && in.agents >= 0 {
		f.Agent.State = "stopped"
		if in.agents > 0 {
			f.Agent.State = "running"
		}
	}
	if !in.sees {
		f.Sessions = -1 // a login without the right counts only itself
	}
	if f.Database.Standby && f.Database.RedoLSN.IsZero() {
		f.Database.RedoLSN, f.Database.RedoFork = in.past.lsn, in.past.fork
	}
	if f.Database.Restoring() && f.Database.Family == "" {
		f.Database.Family = in.past.family
	}
	if f.Primary != nil {
		f.Primary.BackupJob = in.jobs[in.backup]
	}
	if f.Secondary != nil {
		f.Secondary.CopyJob, f.Secondary.RestoreJob = in.jobs[in.copy], in.jobs[in.restored]
	}
	return *f
}

func takeServer(in *reading, r record) {
	f := &in.facts
	f.Version, f.Edition, f.ServerName = r.text("version"), r.text("edition"), r.text("name")
	f.Sysadmin, in.sees = r.is("sysadmin"), r.is("sees_state")
	f.ServerTime = r.time("utc")
	in.ahead = r.time("local").Sub(f.ServerTime).Round(15 * time.Minute) // zones are whole quarters of an hour
}

var serviceStates = map[int64]string{
	1: "stopped", 2: "start pending", 3: "stop pending", 4: "running",
	5: "continue pending", 6: "pause pending", 7: "paused",
}

// takeService knows the two by their display names, which are "SQL Server
// (RTC)" and "SQL Server Agent (RTC)" or the like in other languages; the
// launcher of full text search is a third.
func takeService(in *reading, r record) {
	name := r.text("servicename")
	state := serviceStates[r.int("status", 0)]
	if state == "" {
		state = "unknown"
	}
	service := status.Service{Name: name, State: state, Account: r.text("service_account")}
	switch {
	case strings.Contains(name, "Agent"):
		in.facts.Agent = service
	case strings.HasPrefix(name, "SQL Server ("):
		in.facts.Engine = service
	}
}

func takeSessions(in *reading, r record) {
	in.facts.Sessions = int(r.int("sessions", -1))
	in.agents = r.int("agents", -1)
}

func takeRequest(in *reading, r record) {
	in.facts.Restoring = &status.Request{
		Session: int(r.int("session_id", 0)),
		Command: r.text("command"),
		Percent: r.percent(),
		Elapsed: time.Duration(r.int("total_elapsed_time", 0)) * time.Millisecond,
	}
}
