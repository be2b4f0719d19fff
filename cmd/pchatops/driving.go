package main

import (
	"fmt"
	"slices"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/procedures/failover"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// incidentLine is an open incident, as its journal and the site's lock on this
// host tell of it.
type incidentLine struct {
	ID        string `json:"id"`
	Procedure string `json:"procedure"`
	Driver    string `json:"driver,omitempty"` // who drives now; absent: nobody
	Step      string `json:"step,omitempty"`   // under way, or left in its middle
	Abandoned bool   `json:"abandoned,omitempty"`
	Error     string `json:"error,omitempty"`
}

// presence looks who drives the procedure and site that o names, for a console
// that observes it.
func presence(dir string, o journal.Opening) func() incident.Presence {
	return func() incident.Presence {
		who, drives, err := journal.Driving(dir, o)
		switch {
		case err != nil:
			return incident.Presence{Says: err.Error()}
		case drives:
			// Who drives another procedure does not wait for a step of this one.
			p := incident.Presence{Says: (&journal.HeldError{Site: o.Site, Holder: who, Dir: dir}).Error()}
			if p.Gone = who.Procedure != "" && who.Procedure != o.Procedure; p.Gone {
				p.Who = who.User + " (" + who.Procedure + ")"
			}
			return p
		}
		return incident.Presence{Gone: true, Says: fmt.Sprintf(
			"nobody on this host drives %s any more: the console of %s has ended → open this console again to drive", o.Site, who)}
	}
}

// openIncidents gives the unfinished incidents of a site, the one that is driven
// first, and then the newest; where there is none, the first journal that may be one
// and cannot be read. With them come the findings that a console is gone, and which
// journals cannot be read.
func openIncidents(dir, name, identity string) ([]*incidentLine, []status.Finding) {
	all, err := journal.List(dir)
	if err != nil {
		return []*incidentLine{{Error: err.Error()}}, []status.Finding{unread(dir, err)}
	}
	bad := journal.Unread(all, name, identity, procedureNames...)
	lines, found := openOf(all, dir, name, identity)
	if lines == nil && len(bad) > 0 {
		lines = []*incidentLine{{ID: bad[0].ID, Error: bad[0].Err.Error()}}
	}
	return lines, append(found, unreadOf(bad)...)
}

// unreadJournals are the findings that journals of a folder, which may be the
// records of open incidents of a site, cannot be read. A console has read its own.
func unreadJournals(dir string, s *site.Site, own *journal.Journal) []status.Finding {
	all, err := journal.List(dir)
	if err != nil {
		return []status.Finding{unread(dir, err)}
	}
	found := unreadOf(journal.Unread(all, s.Name, s.Identity(), procedureNames...))
	for _, i := range all {
		if i.Err != nil || i.Ended || !i.Of(s.Name, s.Identity()) || own != nil && i.Path == own.Path() {
			continue
		}
		if err := replay(i.Path, engine.NewHistory().Apply); err != nil {
			found = append(found, unread(i.Path, err))
		}
	}
	return found
}

func unreadOf(bad []journal.Info) (found []status.Finding) {
	for _, i := range bad {
		found = append(found, unread(i.Path, i.Err))
	}
	return found
}

func unread(path string, err error) status.Finding {
	f := engine.Fault(err)
	return status.JournalUnread(path, f.Text, f.Do)
}

// openOf gives the unfinished incidents among those of a folder that can be read.
func openOf(all []journal.Info, dir, name, identity string) (lines []*incidentLine, found []status.Finding) {
	who, drives, err := journal.Driving(dir, journal.Opening{Site: name, Identity: identity}) // before a journal is read: what it wrote last counts
	if err != nil {
		return []*incidentLine{{Error: err.Error()}}, nil
	}
	driven := false
	for _, i := range all {
		if i.Err != nil || i.Ended || !i.Of(name, identity) {
			continue
		}
		past := engine.NewHistory()
		line := &incidentLine{ID: i.ID, Procedure: i.Procedure}
		err := replay(i.Path, past.Apply)
		line.Step = past.Underway
		switch {
		case err != nil:
			line.Error, line.Step = err.Error(), ""
			found = append(found, unread(i.Path, err))
		case drives && !driven && (who.Procedure == "" || who.Procedure == i.Procedure):
			driven, line.Driver = true, who.String()
			lines = slices.Insert(lines, 0, line)
			continue
		case past.Underway != "":
			line.Abandoned = true
			if !drives { // who drives sees what is left of others in its own time
				found = append(found, status.Deserted(line.Procedure, line.Step, lastAt(i, who, past)))
			}
		}
		lines = append(lines, line)
	}
	return lines, found
}

// replaced are the findings that the database which the newest failover of a site has
// recovered, or one before it, is not the one that its server has online. A journal that
// is damaged is a finding of its own, and read up to there.
func replaced(dir string, s *site.Site, seen *status.Snapshot, now time.Time) []status.Finding {
	n := seen.Node(site.Secondary)
	all, err := journal.List(dir)
	newest := slices.IndexFunc(all, func(i journal.Info) bool {
		return i.Err == nil && i.Procedure == "failover" && i.Of(s.Name, s.Identity())
	})
	if err != nil || newest < 0 || n == nil || !n.Reachable {
		return nil
	}
	past, _ := replayed(all[newest].Path)
	why := failover.Replaced(s, past, n.Facts, now)
	if why == "" {
		return nil
	}
	return []status.Finding{status.RecoveredReplaced(n.Address, why)}
}

// lastAt is who drove an incident last: as it said beside the lock, or by its journal.
func lastAt(i journal.Info, who journal.Holder, past *engine.History) string {
	if who.Procedure != i.Procedure && past.Driver != "" {
		return past.Driver
	}
	return who.String()
}

// replay reads a journal that this process does not write.
func replay(path string, each func(journal.Line) error) error {
	f, err := journal.Read(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	if _, err = journal.Replay(f, each); err != nil {
		return unreadable(path, err)
	}
	return nil
}

func unreadable(path string, err error) error {
	return &fault.Error{
		Class: fault.State, Tried: "read the journal " + path, Text: err.Error(), Cause: err,
		Do: "if the file is damaged, keep it as evidence and move it out of the folder: where the steps stand is inferred from the servers",
	}
}

// words is the incident in a line for people.
func (l *incidentLine) words() string {
	what := fmt.Sprintf("incident %s: %s", l.ID, l.Procedure)
	switch {
	case l.Error != "":
		return "incident: " + l.Error
	case l.Abandoned:
		return fmt.Sprintf("%s, left in the middle of %s; nobody drives it from this host", what, l.Step)
	case l.Driver == "":
		return what + " is open; nobody drives it from this host"
	case l.Step == "":
		return fmt.Sprintf("%s, driven by %s", what, l.Driver)
	}
	return fmt.Sprintf("%s, driven by %s; %s is under way", what, l.Driver, l.Step)
}
