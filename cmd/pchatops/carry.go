package main

import (
	"encoding/json"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/procedures/failover"
)

// earlierIncident is the name under which it is remembered whose facts were taken
// over.
const earlierIncident = "earlier incident"

// carryOver has an incident that says nothing yet take over what the one before it
// knew of backups: closing a record makes no backup that is gone less missed.
func (a ask) carryOver(by string, j *journal.Journal, apply func(journal.Line) error) error {
	if a.procedure != "failover" {
		return nil
	}
	from, facts, err := a.carried(incidentID(j))
	if err != nil || len(facts) == 0 {
		return err
	}
	raw, err := json.Marshal(engine.SeenRecord{Fact: engine.Fact{Name: earlierIncident, Value: from.id}, Says: from.says(), Facts: facts})
	if err != nil {
		return err
	}
	l, err := j.Append(journal.Line{Type: journal.Seen, By: by, Data: raw})
	if err != nil {
		return err
	}
	return apply(l)
}

// carried gives the facts of the newest other incident of the site that knows of
// backups, unless one since then has recovered the database.
func (a ask) carried(id string) (from earlier, facts []engine.Fact, err error) {
	all, err := journal.List(a.dir)
	if err != nil {
		return from, nil, err
	}
	for _, i := range all {
		if i.ID == id || i.Err != nil || i.Procedure != a.procedure || i.Identity == "" || !i.Of(a.site.Name, a.site.Identity()) {
			continue // what cannot be read is a finding
		}
		past, damage := replayed(i.Path)
		if failover.Recovered(past) {
			return from, nil, nil
		}
		if facts := failover.Carried(past); len(facts) > 0 {
			return earlier{i.ID, damage}, facts, nil
		}
	}
	return from, nil, nil
}

// earlier is an incident whose facts are taken over.
type earlier struct {
	id     string
	damage error // of its record; nil: none
}

func (e earlier) says() string {
	says := "takes over what " + e.id + " knew of backups: it did not recover the database"
	if e.damage != nil {
		says += "; its record is read up to where it is damaged: " + e.damage.Error()
	}
	return says
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
