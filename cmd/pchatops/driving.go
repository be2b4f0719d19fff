package main

import (
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// incidentLine is an open incident, as its journal and the site's lock on this
// host tell of it.
type incidentLine struct {
	ID        string          `json:"id"`
	Procedure string          `json:"procedure"`
	Driver    string          `json:"driver,omitempty"` // who drives now; absent: nobody
	Step      string          `json:"step,omitempty"`   // under way, or left in its middle
	Abandoned bool            `json:"abandoned,omitempty"`
	Error     string          `json:"error,omitempty"`
	past      *engine.History // nil: not read
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
			return incident.Presence{
				Gone: who.Procedure != "" && who.Procedure != o.Procedure,
				Says: (&journal.HeldError{Site: o.Site, Holder: who, Dir: dir}).Error(),
			}
		}
		return incident.Presence{Gone: true, Says: fmt.Sprintf(
			"nobody on this host drives %s any more: the console of %s has ended → open this console again to drive", o.Site, who)}
	}
}

// openIncident gives the unfinished incident of a site that is driven, or else
// the newest; nil where there is none, and no journal that may be one and cannot
// be read. With it come the findings that its console is gone, and which journals
// cannot be read.
func openIncident(dir, name, identity string) (*incidentLine, []status.Finding) {
	all, err := journal.List(dir)
	if err != nil {
		return &incidentLine{Error: err.Error()}, []status.Finding{unread(dir, err)}
	}
	bad := journal.Unread(all, name, identity, procedureNames...)
	line, found := openOf(all, dir, name, identity)
	if line == nil && len(bad) > 0 {
		line = &incidentLine{ID: bad[0].ID, Error: bad[0].Err.Error()}
	}
	return line, append(found, unreadOf(bad)...)
}

// unreadJournals are the findings that journals of a folder, which may be the
// records of open incidents of a site, cannot be read.
func unreadJournals(dir string, s *site.Site) []status.Finding {
	all, err := journal.List(dir)
	if err != nil {
		return []status.Finding{unread(dir, err)}
	}
	return unreadOf(journal.Unread(all, s.Name, s.Identity(), procedureNames...))
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

// openOf gives the unfinished incident among those of a folder that can be read.
func openOf(all []journal.Info, dir, name, identity string) (*incidentLine, []status.Finding) {
	who, drives, err := journal.Driving(dir, journal.Opening{Site: name, Identity: identity}) // before its journal is read: what it wrote last counts
	if err != nil {
		return &incidentLine{Error: err.Error()}, nil
	}
	open := slices.IndexFunc(all, func(i journal.Info) bool {
		return i.Err == nil && !i.Ended && i.Of(name, identity) && (!drives || who.Procedure == "" || who.Procedure == i.Procedure)
	})
	if open < 0 {
		return nil, nil
	}
	line := &incidentLine{ID: all[open].ID, Procedure: all[open].Procedure}
	past := engine.NewHistory()
	if err := replay(all[open].Path, past.Apply); err != nil {
		line.Error = err.Error()
		return line, []status.Finding{unread(all[open].Path, err)}
	}
	line.Step, line.past = past.Underway, past
	switch {
	case drives:
		line.Driver = who.String()
	case past.Underway != "":
		line.Abandoned = true
		return line, []status.Finding{status.Deserted(line.Procedure, line.Step, who.String())}
	}
	return line, nil
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
	switch {
	case l.Error != "":
		return "incident: " + l.Error
	case l.Abandoned:
		return fmt.Sprintf("incident: %s, left in the middle of %s; nobody on this host drives", l.Procedure, l.Step)
	case l.Driver == "":
		return fmt.Sprintf("incident: %s is open; nobody on this host drives", l.Procedure)
	case l.Step == "":
		return fmt.Sprintf("incident: %s, driven by %s", l.Procedure, l.Driver)
	}
	return fmt.Sprintf("incident: %s, driven by %s; %s is under way", l.Procedure, l.Driver, l.Step)
}
