package shipping

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// configurePrimary is P1 to P9.
func (s *shipping) configurePrimary() engine.Step {
	return s.configuration("P1-P9", "Configure the primary", "1 to 12", s.primary, func(e ends) engine.Action {
		return s.primary.ConfigurePrimary(s.wantedPrimary(e))
	}, s.primaryDrift)
}

// configureSecondary is P10 to P19.
func (s *shipping) configureSecondary() engine.Step {
	return s.configuration("P10-P19", "Configure the secondary", "10 to 19", s.secondary, func(e ends) engine.Action {
		return s.secondary.ConfigureSecondary(s.wantedSecondary(e))
	}, s.secondaryDrift)
}

// configuration is a step that brings one server to the settings of the site
// file: from nothing, from half, or from other settings.
func (s *shipping) configuration(id, title, steps string, on server, act func(ends) engine.Action, drift func(ends) []string) engine.Step {
	return engine.Step{
		ID: id, Title: title, Source: document + steps, Risk: engine.Reversible,
		Why:     "Everything goes over in one request that completes what is there: configuration, jobs, schedules and alert. Running it again changes only what differs.",
		Touches: []string{on.label},
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			e, err := s.read(ctx)
			if err != nil {
				return nil, err
			}
			wrong := drift(e)
			if len(wrong) == 0 {
				return &engine.Plan{Already: "configured as the site file says"}, nil
			}
			return &engine.Plan{
				Gates: s.configurationGates(e, on), Notes: append(wrong, s.aboutSchedules()...),
				Actions: []engine.Action{act(e)}, Total: 1,
			}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := s.read(ctx)
			if err != nil {
				return nil, err
			}
			wrong := drift(e)
			p := &engine.Proof{Holds: len(wrong) == 0, Says: on.label + " is configured as the site file says"}
			if !p.Holds {
				p.Says = fault.Said(wrong...)
			}
			return p, nil
		},
	}
}

// primaryDrift says what of the primary's configuration differs from the site
// file; nothing: it is as it should be.
func (s *shipping) primaryDrift(e ends) []string {
	have := e.primary.Primary
	if have == nil {
		return []string{fmt.Sprintf("%s on %s is no log shipping primary", s.db, s.primary.label)}
	}
	return drift(have.Settings(s.db).Differ(s.wantedPrimary(e)), have.BackupJob)
}

// secondaryDrift is the same for the secondary.
func (s *shipping) secondaryDrift(e ends) []string {
	have := e.secondary.Secondary
	if have == nil {
		return []string{fmt.Sprintf("%s on %s is no log shipping secondary", s.db, s.secondary.label)}
	}
	return drift(have.Settings(s.db).Differ(s.wantedSecondary(e)), have.CopyJob, have.RestoreJob)
}

func drift(differences []status.Difference, jobs ...status.Job) []string {
	var out []string
	for _, d := range differences {
		out = append(out, d.String())
	}
	for _, j := range jobs {
		switch {
		case j.ID == "":
			out = append(out, "a job is gone")
		case j.Ownerless:
			out = append(out, "the login that owns the job "+j.Name+" is gone")
		case !j.Enabled:
			out = append(out, "the job "+j.Name+" is disabled")
		}
	}
	return out
}

func (s *shipping) configurationGates(e ends, on server) []engine.Gate {
	gates := []engine.Gate{s.jobsThere(e, on), s.sameMonitor(e, on)}
	for _, l := range s.places() {
		if g := length(l.path, l.what); !g.Holds { // the procedures would cut it without a word
			gates = append(gates, g)
		}
	}
	if on.label == s.primary.label {
		return append(gates, s.fullRecovery(e.primary), procedures.Sysadmin(on.label, e.primary))
	}
	return append(gates, s.noOther(e), procedures.Sysadmin(on.label, e.secondary))
}

// jobsThere: a job that somebody deleted comes back only with its configuration.
func (s *shipping) jobsThere(e ends, on server) engine.Gate {
	g := engine.Gate{
		Name: "jobs of " + on.label, Holds: true, Seen: "there, or not made yet", Want: "no configuration without its jobs",
		Do: "a job of this configuration was deleted: remove log shipping (unship) and set it up again",
	}
	var jobs []status.Job
	if p := e.primary.Primary; p != nil && on.label == s.primary.label {
		jobs = append(jobs, p.BackupJob)
	}
	if ls := e.secondary.Secondary; ls != nil && on.label == s.secondary.label {
		jobs = append(jobs, ls.CopyJob, ls.RestoreJob)
	}
	for _, j := range jobs {
		if j.ID == "" {
			g.Holds, g.Seen = false, "a job is gone"
		}
	}
	return g
}

// sameMonitor: no procedure changes the monitor server of a configuration.
func (s *shipping) sameMonitor(e ends, on server) engine.Gate {
	want := s.Site.Shipping.Monitor
	have := want
	if p := e.primary.Primary; p != nil && on.label == s.primary.label {
		have = p.Monitor
	}
	if ls := e.secondary.Secondary; ls != nil && on.label == s.secondary.label {
		have = ls.Monitor
	}
	return engine.Gate{
		Name: "monitor server of " + on.label, Holds: strings.EqualFold(have, want), Seen: orNone(have), Want: orNone(want),
		Do: "the monitor server is chosen when log shipping is set up: remove log shipping (unship) and set it up again",
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// aboutSchedules warns where the schedules are not approximately the same (P15,
// P19), and says what has to be done on a monitor server.
func (s *shipping) aboutSchedules() []string {
	var out []string
	w := s.Site.Shipping
	for name, every := range map[string]float64{"copy": w.CopyEvery.Minutes(), "restore": w.RestoreEvery.Minutes()} {
		if b := w.BackupEvery.Minutes(); every > 2*b || b > 2*every {
			out = append(out, fmt.Sprintf("the %s job runs every %.0f minutes and the backup job every %.0f: they should be approximately the same", name, every, b))
		}
	}
	if _, reached := s.monitorOf(); w.Monitor != "" && !reached {
		out = append(out, "on the monitor server "+w.Monitor+" the alert job is needed: EXEC master.dbo.sp_add_log_shipping_alert_job")
	}
	return out
}
