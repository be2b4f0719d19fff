package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/site"
)

// lifetime is how long ago something may have been done or decided last in an
// incident for a run to go on with it unasked.
const lifetime = 24 * time.Hour

// opening is the first line of an incident of a site.
func opening(s *site.Site, procedure string, now time.Time) journal.Opening {
	return journal.Opening{
		ID: journal.NewID(s.Name, procedure, now), Site: s.Name, Identity: s.Identity(), Procedure: procedure, Version: version,
	}
}

// record is the journal that a session writes, and what it has to find out
// about it first.
type record struct {
	*journal.Journal
	old     *incident.Old // the operator has to be asked; nil: nothing to ask
	unasked *unasked      // an incident that is gone on with though nobody can be asked; nil: there is none
}

// unasked is an unfinished incident that a run, which cannot ask, may go on with.
type unasked struct {
	id  string
	why string // it does not; "": it does if the servers do not contradict the incident
}

// record goes on with the unfinished incident of the site and procedure, or
// begins one, as was asked for. The caller holds the site's lock.
func (a ask) record(by string, each func(journal.Line) error) (record, error) {
	said := false // a console that ended as it began an incident has left the first line alone
	r, err := a.journal(by, func(l journal.Line) error {
		said = said || l.Type != journal.Open
		return each(l)
	})
	if err != nil || said {
		return r, err
	}
	if err = a.carryOver(by, r.Journal, each); err != nil {
		err = errors.Join(err, r.Close())
	}
	return r, err
}

// journal opens the one or makes the other.
func (a ask) journal(by string, each func(journal.Line) error) (record, error) {
	now := a.now()
	o := opening(a.site, a.procedure, now)
	o.Lab = a.lab
	opts := journal.Options{By: by, Now: a.clock}
	found, err := journal.Unfinished(a.dir, o)
	if err != nil {
		return record{}, err
	}
	switch {
	case a.resume != "":
		i, err := a.named(found)
		if err != nil {
			return record{}, err
		}
		j, err := journal.Reopen(i.Path, opts, each)
		return record{Journal: j}, err
	case a.fresh:
		for _, i := range found {
			if err := closeIncident(i, "a new incident was begun with --new", opts); err != nil {
				return record{}, err
			}
		}
		fallthrough
	case len(found) == 0:
		j, err := journal.Create(a.dir, o, opts)
		return record{Journal: j}, err
	}
	why := doubtful(found[0], now)
	j, err := journal.Reopen(found[0].Path, opts, each)
	r := record{Journal: j}
	switch {
	case !a.asks:
		r.unasked = &unasked{found[0].ID, why}
	case why != "":
		r.old = &incident.Old{ID: found[0].ID, Last: found[0].Acted, Why: why}
	}
	return r, err
}

// apart is how far the clocks of two hosts that take an incident over from each other
// may differ.
const apart = time.Minute

// doubtful says why an incident is not gone on with unasked; "" when it is.
func doubtful(i journal.Info, now time.Time) string {
	age := now.Sub(i.Acted)
	switch {
	case i.Identity == "", i.Format < journal.Format:
		return "an earlier version of the program wrote it, which kept less on record"
	case age >= lifetime:
		return fmt.Sprintf("what was done or decided in it last is %s old (%s)", days(age), i.Acted.UTC().Format(time.RFC3339))
	case i.Last.Sub(now) > apart:
		return fmt.Sprintf("its last line is of a time to come (%s): a clock is or was wrong", i.Last.UTC().Format(time.RFC3339))
	}
	return ""
}

func days(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// refuse says why a run does not go on with the incident; nil: it does. The way back,
// asked for by name, asks neither how old the incident is nor what has become of the
// steps before it: chat may depend on it.
func (u *unasked) refuse(ctx context.Context, steps []engine.Step, only string, c *incident.Chronicle) error {
	wayBack := slices.IndexFunc(steps, func(s engine.Step) bool { return s.WayBack })
	if wayBack >= 0 && steps[wayBack].ID == only {
		return nil
	}
	why := u.why
	if why == "" {
		against := incident.Contradicted(ctx, steps, c)
		if len(against) == 0 {
			return nil
		}
		why = "the servers contradict it: " + fault.Said(against...)
	}
	return notThis(u.id, "it is unfinished, and "+why+"; nothing was sent", goingOn(u.id, steps))
}

// goingOn says how to go on with an incident that a run does not go on with unasked.
func goingOn(id string, steps []engine.Step) string {
	do := "go on with it with --resume " + id + ", or close it and begin a new one with --new"
	if wayBack := slices.IndexFunc(steps, func(s engine.Step) bool { return s.WayBack }); wayBack >= 0 {
		do += "; --step " + steps[wayBack].ID + ", the way back, needs neither"
	}
	return do
}

// wayOn says, at the end of a run, how the next one goes on, where that would refuse to
// unasked; "" where it would not.
func wayOn(id string, steps []engine.Step, c *incident.Chronicle) func(context.Context) string {
	return func(ctx context.Context) string {
		if len(incident.Contradicted(ctx, steps, c)) == 0 {
			return ""
		}
		return "the servers contradict what is done on record, so a run has to be told: " + goingOn(id, steps)
	}
}

// notThis refuses to go on with an incident.
func notThis(id, why, do string) error {
	return &exit{exitRefused, &fault.Error{Class: fault.Refused, Tried: "go on with the incident " + id, Text: why, Do: do}}
}

// named gives the incident that was asked for by its id.
func (a ask) named(found []journal.Info) (journal.Info, error) {
	byID := func(i journal.Info) bool { return i.ID == a.resume }
	if k := slices.IndexFunc(found, byID); k >= 0 {
		return found[k], nil
	}
	all, err := journal.List(a.dir)
	if err != nil {
		return journal.Info{}, err
	}
	k := slices.IndexFunc(all, byID)
	switch {
	case k < 0:
		return journal.Info{}, usage("no incident %q in %s: `pchatops history` lists them", clean(a.resume), a.dir)
	case all[k].Err != nil:
		return journal.Info{}, all[k].Err
	case all[k].Ended:
		return journal.Info{}, notThis(a.resume, "it has ended", "leave --resume out: that begins a new one")
	case all[k].Procedure != a.procedure:
		return journal.Info{}, notThis(a.resume, fmt.Sprintf("it is one of %s, not of %s", all[k].Procedure, a.procedure), "run that procedure, or leave --resume out")
	}
	return journal.Info{}, notThis(a.resume, fmt.Sprintf("it is one of another site (%s), though it may be called alike", all[k].Site), "give that site's file with --config, or leave --resume out")
}

// closeIncident writes the last line of an incident that nobody drives.
func closeIncident(i journal.Info, reason string, opts journal.Options) error {
	past := engine.NewHistory()
	j, err := journal.Reopen(i.Path, opts, past.Apply)
	if err != nil {
		return err
	}
	defer j.Close() //nolint:errcheck // what was appended is on the disk
	raw, err := incident.Concluded(past, i.Procedure, reason)
	if err == nil {
		_, err = j.Append(journal.Line{Type: journal.Close, Data: raw})
	}
	return err
}

// now is the time, on the clock that the session has.
func (a ask) now() time.Time {
	if a.clock == nil {
		return time.Now()
	}
	return a.clock()
}
