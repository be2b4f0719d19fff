package main

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/doctor"
	"pchatops/ops/mgmt"
	"pchatops/ops/site"
)

// doctorPatience bounds the whole examination, however many servers are silent.
const doctorPatience = 25 * time.Second

// doctorCommand looks whether the site would stand a disaster.
func doctorCommand(g *global) *cobra.Command {
	var whatIf bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look whether every server would do what a failover asks of it", Args: cobra.NoArgs,
		Long: `Ask every SQL Server instance what a failover will need of it: login and rights,
the Agent and its account, mirroring endpoint, certificate and TLS, clock, version,
database, folders. On each Windows host that jobs run on, a job tries what they will
need: groups, folders, SQL logins, the Management Shell, its store and cmdlets. It
leaves nothing behind but lines in histories. What could not be read is unknown, and
unknown is no GO.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := g.ask("")
			if err != nil {
				return err
			}
			if whatIf {
				if err := agreed(cmd, a.site); err != nil {
					return err
				}
			}
			e := a.reach("doctor")
			defer e.close()
			checks := e.examine(cmd.Context())
			if whatIf {
				checks = append(checks, e.tryWhatIf(cmd.Context())...)
			}
			return g.out(cmd).checks(checks)
		},
	}
	cmd.Flags().BoolVar(&whatIf, "whatif", false, "also run the cmdlets of F5, F6 and F7 with -WhatIf, and show what they print; asks for a phrase")
	return cmd
}

// examine asks all servers side by side, and judges what they said.
func (e *estate) examine(ctx context.Context) []doctor.Check {
	turns := &mgmt.Turnstile{}
	var both sync.WaitGroup
	var instances []doctor.Instance
	var hosts []doctor.Host
	both.Go(func() { instances = e.examineInstances(ctx, turns) })
	both.Go(func() { hosts = e.examineHosts(ctx, turns) })
	both.Wait()
	return append(doctor.Instances(instances, time.Now()), doctor.Hosts(hosts)...)
}

func (e *estate) examineInstances(ctx context.Context, turns *mgmt.Turnstile) []doctor.Instance {
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
			ask := func() error {
				instances[n] = e.sql[in.Role].Examine(ctx, share, copies)
				return instances[n].Err
			}
			if in.Credential.Kind == site.LoginSQL { // it locks on its own server only
				_ = ask() // part of what was learned
			} else if err := turns.Pass(ctx, "instance "+in.Credential.Name, ask); err != nil && instances[n].Err == nil {
				instances[n] = doctor.Instance{Site: in, Err: err, Door: doctor.Door{Err: err}}
			}
		})
	}
	all.Wait()
	return instances
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

// hostPatience bounds what a probe job may take: loading the Management Shell is
// slow, and a file server that hangs is slower.
const hostPatience = 75 * time.Second

// examineHosts asks all Windows hosts side by side. On those that jobs run on it
// starts a job which tries what they will need.
func (e *estate) examineHosts(ctx context.Context, turns *mgmt.Turnstile) []doctor.Host {
	ctx, cancel := context.WithTimeout(ctx, hostPatience)
	defer cancel()
	hosts := make([]doctor.Host, len(e.site.Hosts))
	var all sync.WaitGroup
	for n, h := range e.site.Hosts {
		all.Go(func() {
			host := mgmt.NewHost(h, e.options)
			defer host.Close()
			hosts[n] = e.examineHost(ctx, host, h, turns, nil)
		})
	}
	all.Wait()
	return hosts
}

func (e *estate) examineHost(ctx context.Context, host *mgmt.Host, h site.Host, turns *mgmt.Turnstile, whatIf []doctor.WhatIf) doctor.Host {
	d := doctor.Host{Site: h, Asked: e.probeRequest(h)}
	if h.Role == site.Management {
		d.Asked.WhatIf = append(d.Asked.WhatIf, whatIf...)
	}
	d.Err = turns.Pass(ctx, "host "+h.Credential.Name, func() error { return host.Greet(ctx) })
	if d.Err != nil || !doctor.RunsJobs(h.Role) {
		return d
	}
	runAs := cmp.Or(h.RunAs.Name, h.Credential.Name)
	var job *mgmt.Probing
	d.Started = turns.Pass(ctx, "run-as "+runAs, func() (err error) {
		job, err = host.StartProbe(ctx, d.Asked)
		return err
	})
	if d.Started == nil {
		job.Follow(ctx, &d)
	}
	if job != nil {
		d.Left = job.Sweep(ctx)
	}
	return d
}

// probeRequest is what a job on a host is to try: what F2 needs on the secondary's
// own, and what F5, F6 and F7 need on the management hosts.
func (e *estate) probeRequest(h site.Host) doctor.ProbeRequest {
	r := doctor.ProbeRequest{Folders: []doctor.ProbeFolder{}, SQL: []string{}, Cmdlets: []doctor.ProbeCmdlet{}, WhatIf: []doctor.WhatIf{}}
	switch h.Role {
	case site.Secondary:
		r.Folders = append(r.Folders, doctor.ProbeFolder{Code: "share", Path: e.site.BackupShare}, doctor.ProbeFolder{Code: "copy-folder", Path: e.site.CopyFolder})
	case site.Management:
		r.Folders = append(r.Folders, doctor.ProbeFolder{Code: "mirror-share", Path: e.site.ShareOfMirrors()})
		r.Module, r.Pool, r.Cmdlets = mgmt.Module(e.site), e.site.Pool, mgmt.Sent
		for _, role := range []site.Role{site.Secondary, site.SecondaryMirror, site.SecondaryWitness} {
			if in, there := e.site.Instance(role); there {
				server := cmp.Or(in.FQDN, in.Host)
				if in.Name != "" {
					server += `\` + in.Name
				}
				r.SQL = append(r.SQL, server)
			}
		}
	default:
	}
	return r
}
