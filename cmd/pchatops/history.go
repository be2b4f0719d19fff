package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
)

// historyCommand lists past incidents, or shows one.
func historyCommand(g *global) *cobra.Command {
	var audit bool
	cmd := &cobra.Command{
		Use: "history [ID]", Short: "List past incidents, or the lines of one", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := g.journals()
			if err != nil {
				return err
			}
			all, err := journal.List(dir)
			if err != nil {
				return err
			}
			o := g.out(cmd)
			if len(args) == 0 && len(all) == 0 && !g.json {
				o.line(nil, "there is no incident in "+dir)
			}
			switch {
			case len(args) == 0 && audit:
				return auditAll(o, all)
			case len(args) == 0:
				return listIncidents(o, all)
			}
			for _, i := range all {
				if i.ID == args[0] && audit {
					return auditIncident(o, i)
				} else if i.ID == args[0] {
					return showIncident(o, i)
				}
			}
			return usage("no incident %q in %s: `pchatops history` lists them", clean(args[0]), dir)
		},
	}
	cmd.Flags().BoolVar(&audit, "audit", false, "check that every action had an intent, every gate was true, and nothing was changed afterwards; without an ID of all incidents")
	return cmd
}

// listIncidents tells of every incident. Its first and last line tell of it only where
// all lines follow from one another.
func listIncidents(o output, all []journal.Info) error {
	var unread int
	for _, i := range all {
		if i.Err == nil {
			i.Err = replay(i.Path, func(journal.Line) error { return nil })
		}
		if i.Err != nil {
			unread++
			o.line(unreadLine{"incident", i.ID, i.Err.Error()}, fmt.Sprintf("%s  UNREAD: %v", i.ID, i.Err))
			continue
		}
		line := struct {
			Type      string        `json:"type"`
			ID        string        `json:"id"`
			Site      string        `json:"site,omitempty"`
			Procedure string        `json:"procedure,omitempty"`
			Began     time.Time     `json:"began"`
			Last      time.Time     `json:"last"`
			Ended     bool          `json:"ended"`
			Outcome   engine.Ending `json:"outcome,omitempty"` // with which it ended
			Reason    string        `json:"reason,omitempty"`  // for which a person closed it
			Driver    string        `json:"driver,omitempty"`  // who drives it now
			Error     string        `json:"error,omitempty"`
		}{Type: "incident", ID: i.ID, Site: i.Site, Procedure: i.Procedure, Began: i.Began, Last: i.Last, Ended: i.Ended}
		state := "open"
		who, drives, err := i.Driver()
		switch {
		case err != nil:
			unread++
			line.Error, state = err.Error(), "open; who drives it is not known: "+err.Error()
		case i.Ended:
			line.Outcome, line.Reason, state = howEnded(i.End)
		case drives:
			line.Driver, state = who.String(), "open, driven by "+who.String()
		}
		o.line(line, fmt.Sprintf("%s  %s of %s, begun %s, %s", i.ID, i.Procedure, i.Site, i.Began.Format(time.RFC3339), state))
	}
	if unread > 0 {
		return &exit{exitFailed, fmt.Errorf("not all could be read: %d", unread)}
	}
	return nil
}

// unreadLine tells of a journal that cannot be read: whether its incident has ended is
// not known.
type unreadLine struct {
	Type  string `json:"type"`
	ID    string `json:"id"`
	Error string `json:"error"`
}

// howEnded reads how an incident ended from its last line.
func howEnded(end []byte) (outcome engine.Ending, reason, words string) {
	var sum engine.Summary
	if err := json.Unmarshal(end, &sum); err != nil || sum.Outcome == "" {
		return "", "", "ended"
	}
	switch {
	case sum.Outcome == engine.EndClosed && sum.Reason != "":
		return sum.Outcome, sum.Reason, "closed: " + oneLine(sum.Reason)
	case sum.Outcome == engine.EndClosed:
		return sum.Outcome, "", "closed"
	}
	return sum.Outcome, "", "ended: " + oneLine(string(sum.Outcome))
}

// showIncident prints as much of a journal as can be read, and then what is wrong
// with it.
func showIncident(o output, i journal.Info) error {
	err := replay(i.Path, func(l journal.Line) error {
		if l.Data != nil && !json.Valid(l.Data) { // a change in it shows no sooner than in the next line
			return errors.New("its data is no JSON")
		}
		o.line(l, fmt.Sprintf("%s %-8s %s", l.Time.Format(time.RFC3339), l.Type, l.Data))
		return nil
	})
	return cmp.Or(err, i.Err)
}

// auditAll audits every journal, whatever it finds in one of them.
func auditAll(o output, all []journal.Info) error {
	var bad int
	for _, i := range all {
		if err := auditIncident(o, i); err != nil {
			bad++
			o.line(unreadLine{"audit", i.ID, err.Error()}, i.ID+": "+err.Error())
		}
	}
	if bad > 0 {
		return &exit{exitFailed, fmt.Errorf("the audit holds of %d, and not of %d", len(all)-bad, bad)}
	}
	return nil
}

func auditIncident(o output, i journal.Info) error {
	if i.Err != nil {
		return &exit{exitFailed, i.Err}
	}
	f, err := journal.Read(i.Path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	a, err := engine.Audited(f)
	if err != nil {
		return &exit{exitFailed, err}
	}
	line := struct {
		Type      string `json:"type"`
		ID        string `json:"id"`
		Lines     uint64 `json:"lines"`
		Actions   int    `json:"actions"`
		Gates     int    `json:"gates"`
		Overrides int    `json:"overrides"`
		Proofs    int    `json:"proofs"`
	}{"audit", i.ID, a.Lines, a.Actions, a.Gates, a.Overrides, a.Proofs}
	o.line(line, fmt.Sprintf("%s: %d lines in an unbroken chain; %d actions, each with an intent; %d gates, of which %d were passed by name; %d proofs", i.ID, a.Lines, a.Actions, a.Gates, a.Overrides, a.Proofs))
	return nil
}
