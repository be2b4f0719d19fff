package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/journal"
)

// closedLine is what close prints.
type closedLine struct {
	Type   string `json:"type"` // "closed"
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// closeCommand ends an incident that is not to be gone on with.
func closeCommand(g *global) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "close ID --reason TEXT", Short: "Close an unfinished incident; send nothing",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("give the ID of one incident: `pchatops history` lists them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usage("an incident is closed with a reason: --reason TEXT")
			}
			dir, err := g.journals()
			if err != nil {
				return err
			}
			if err := closeByID(dir, args[0], reason); err != nil {
				return err
			}
			g.out(cmd).line(closedLine{"closed", args[0], reason}, fmt.Sprintf("%s is closed: %s", args[0], oneLine(reason)))
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it is closed; it goes on record")
	return cmd
}

// closeByID closes an incident, unless somebody drives its site.
func closeByID(dir, id, reason string) error {
	all, err := journal.List(dir)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(all, func(i journal.Info) bool { return i.ID == id })
	switch {
	case k < 0:
		return usage("no incident %q in %s: `pchatops history` lists them", clean(id), dir)
	case all[k].Err != nil:
		return all[k].Err
	case all[k].Ended:
		return &exit{exitRefused, fmt.Errorf("the incident %s has ended already", id)}
	}
	me := journal.Myself(time.Now())
	lock, err := journal.Acquire(dir, all[k].Opening, me)
	if err == nil {
		err = errors.Join(closeIncident(all[k], reason, journal.Options{By: me.User}), lock.Release())
	}
	var held *journal.HeldError
	if errors.As(err, &held) {
		return &exit{exitHeld, err}
	}
	return err
}
