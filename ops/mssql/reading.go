package mssql

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/status"
)

// reading gathers the rows of one status batch.
type reading struct {
	facts                  status.Facts
	ahead                  time.Duration // the server's wall clock, ahead of UTC
	agents                 int64         // sessions of SQL Server Agent; -1: not visible
	login                  string        // the console's
	sees                   bool          // the login sees the state of the server
	past                   status.Restored
	newest                 int64 // row of the restore history, whichever database's; 0: there is none
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

// forgotten reports whether the history lacks what a reading before has seen in it.
func (in *reading) forgotten(known int64) bool {
	return !in.facts.Unreadable("history") && (known > 0 && in.past.ID == 0 || in.newest < max(known, -known))
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
		f.Sessions, f.Clients = -1, nil // a login without the right sees only itself
	}
	f.Database.Restored = in.past
	// While RESTORE LOG runs, the last backup that was restored is where it began.
	rolling := f.Restoring != nil && f.Restoring.Command == "RESTORE LOG"
	if (f.Database.Standby || f.Database.Restoring() && rolling) && f.Database.RedoLSN.IsZero() {
		f.Database.RedoLSN, f.Database.RedoFork = in.past.Last, in.past.Fork
	}
	if f.Database.Restoring() && f.Database.Family == "" {
		f.Database.Family = in.past.Family
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
	in.login = r.text("login")
	in.ahead = r.time("local").Sub(f.ServerTime).Round(15 * time.Minute) // zones are whole quarters of an hour
	f.Ahead = in.ahead
}

var serviceStates = map[int64]string{
	1: "stopped", 2: "start pending", 3: "stop pending", 4: "running",
	5: "continue pending", 6: "pause pending", 7: "paused",
}

// takeService knows the two by their programs: display names are translated, and
// "Agent" is not in that of every language. The launcher of full text search is a
// third.
func takeService(in *reading, r record) {
	name := r.text("servicename")
	state := serviceStates[r.int("status", 0)]
	if state == "" {
		state = "unknown"
	}
	service := status.Service{Name: name, State: state, Account: r.text("service_account")}
	switch program := strings.ToLower(r.text("filename")); {
	case strings.Contains(program, "sqlagent"), program == "" && strings.Contains(name, "Agent"):
		in.facts.Agent = service
	case strings.Contains(program, "sqlservr"), program == "" && strings.HasPrefix(name, "SQL Server ("):
		in.facts.Engine = service
	}
}

// maxClients bounds how many machines are kept.
const maxClients = 200

// takeSessions takes what one program under one login on one machine holds.
func takeSessions(in *reading, r record) {
	f := &in.facts
	if in.agents < 0 {
		in.agents, f.Sessions, f.Clients = 0, 0, []string{}
	}
	host, program := strings.TrimSpace(r.text("hostname")), r.text("program_name")
	if strings.HasPrefix(program, "SQLAgent") {
		in.agents++
	}
	n, own := int(r.int("sessions", 0)), strings.EqualFold(strings.TrimSpace(r.text("loginame")), in.login)
	f.Sessions += n
	if n > 0 && status.Client(program, own) && len(f.Clients) < maxClients && !slices.Contains(f.Clients, host) {
		f.Clients = append(f.Clients, host)
	}
}

func takeRequest(in *reading, r record) {
	in.facts.Restoring = &status.Request{
		Session: int(r.int("session_id", 0)),
		Command: r.text("command"),
		Percent: r.percent(),
		Elapsed: time.Duration(r.int("total_elapsed_time", 0)) * time.Millisecond,
	}
}
