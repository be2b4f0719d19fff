package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/doctor"
	"pchatops/ops/site"
)

// doctorPatience bounds the whole examination, however many servers are silent.
const doctorPatience = 25 * time.Second

// doctorCommand looks whether the site would stand a disaster.
func doctorCommand(g *global) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look whether every server would do what a failover asks of it", Args: cobra.NoArgs,
		Long: `Ask every SQL Server instance what a failover will need of it: login and rights,
the Agent and its account, mirroring endpoint, certificate and TLS, clock, version,
database, folders. Nothing is changed. What could not be read is unknown, and
unknown is no GO.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := g.ask("")
			if err != nil {
				return err
			}
			e := a.reach("doctor")
			defer e.close()
			return g.out(cmd).checks(e.examine(cmd.Context()))
		},
	}
}

// examine asks all servers side by side, and judges what they said.
func (e *estate) examine(ctx context.Context) []doctor.Check {
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	instances := make([]doctor.Instance, len(e.site.Instances))
	var all sync.WaitGroup
	for n, in := range e.site.Instances {
		all.Go(func() {
			share, copies := "", ""
			switch in.Role {
			case site.Primary, site.Mirror:
				share = e.site.BackupShare
			case site.Secondary:
				share, copies = e.site.BackupShare, e.site.CopyFolder
			default:
			}
			instances[n] = e.sql[in.Role].Examine(ctx, share, copies)
		})
	}
	all.Wait()
	return doctor.Instances(instances, time.Now())
}

// checks prints the list and its verdict.
func (o output) checks(checks []doctor.Check) error {
	for _, c := range checks {
		o.line(c, checkWords(c))
	}
	v := doctor.Conclude(checks)
	o.line(v, fmt.Sprintf("%s: %d hold, %d fail, %d are not known", v.Verdict, v.Holds, v.Fails, v.Unknown))
	if v.Verdict != doctor.Go {
		return &exit{exitFailed, nil}
	}
	return nil
}

func checkWords(c doctor.Check) string {
	mark := "unknown"
	switch {
	case c.Critical:
		mark = "CRITICAL"
	case c.Holds == nil:
	case *c.Holds:
		mark = "holds"
	default:
		mark = "FAILS"
	}
	words := fmt.Sprintf("%-8s %-12s %-12s %s", mark, c.Node, c.Code, c.Seen)
	if c.Do != "" {
		words += " → " + c.Do
	}
	return words
}
