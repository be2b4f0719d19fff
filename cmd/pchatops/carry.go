package main

import (
	"encoding/json"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/mgmt"
	"pchatops/ops/procedures/failover"
)

// The names under which it is remembered whose facts were taken over: of backups, of
// the recovery of the database, and of where its jobs may still run.
const (
	earlierIncident  = "earlier incident"
	earlierJobs      = "earlier jobs"
	recoveredEarlier = "incident that recovered the database"
)

// carryOver has an incident that says nothing yet take over what those before it knew:
// closing a record makes no backup that is gone less missed, none that turns up later
// a loss of the recovery, and ends no job that may still run.
func (a ask) carryOver(by string, j *journal.Journal, apply func(journal.Line) error) error {
	lines, err := a.carried(incidentID(j))
	if err != nil {
		return err
	}
	for _, l := range lines {
		l.By = by
		if l, err = j.Append(l); err != nil {
			return err
		}
		if err = apply(l); err != nil {
			return err
		}
	}
	return nil
}

// carried gives the facts of the newest other incident of the site that knows of
// backups, unless one since then has recovered the database; those of the newest one
// that has; and those of the newest one of all, if it is of these days, of its jobs.
func (a ask) carried(id string) (lines []journal.Line, err error) {
	all, err := journal.List(a.dir)
	if err != nil {
		return nil, err
	}
	newest, recovered, known := true, false, false
	for _, i := range all {
		if i.ID == id || i.Err != nil || i.Procedure != a.procedure || i.Identity == "" || !i.Of(a.site.Name, a.site.Identity()) {
			continue // what cannot be read is a finding
		}
		past, damage := replayed(i.Path)
		from := earlier{i.ID, damage}
		if facts := mgmt.Strayed(past.Facts); newest && len(facts) > 0 && time.Since(i.Last) < lifetime {
			lines = append(lines, from.tells(earlierJobs, "knew of jobs that may still run", facts))
		}
		if newest = false; a.procedure != "failover" {
			break
		}
		recovered = recovered || failover.Recovered(past)
		if facts := failover.Carried(past); !recovered && !known && len(facts) > 0 {
			known = true
			lines = append(lines, from.tells(earlierIncident, "knew of backups: it did not recover the database", facts))
		}
		if facts := failover.Kept(past); len(facts) > 0 {
			return append(lines, from.tells(recoveredEarlier, "left behind: it, or one before it, recovered the database", facts)), nil
		}
	}
	return lines, nil
}

// earlier is an incident whose facts are taken over.
type earlier struct {
	id     string
	damage error // of its record; nil: none
}

// tells gives the line that takes them over.
func (e earlier) tells(name, what string, facts []engine.Fact) journal.Line {
	says := "takes over what " + e.id + " " + what
	if e.damage != nil {
		says += "; its record is read up to where it is damaged: " + e.damage.Error()
	}
	raw, _ := json.Marshal(engine.SeenRecord{Fact: engine.Fact{Name: name, Value: e.id}, Says: says, Facts: facts}) // strings only
	return journal.Line{Type: journal.Seen, Data: raw}
}

// replayed is what a journal says, up to where it is damaged.
func replayed(path string) (*engine.History, error) {
	past := engine.NewHistory()
	f, err := journal.Read(path)
	if err != nil {
		return past, err
	}
	defer f.Close() //nolint:errcheck // it was read
	_, err = journal.Replay(f, past.Apply)
	return past, err
}
