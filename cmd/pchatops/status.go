package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// snapshotLine is what status prints.
type snapshotLine struct {
	Type     string           `json:"type"` // "snapshot"
	Site     string           `json:"site"`
	Taken    time.Time        `json:"taken"`
	Nodes    []nodeLine       `json:"nodes"`
	Pool     poolLine         `json:"pool"`
	Share    shareLine        `json:"share"`
	Incident *incidentLine    `json:"incident,omitempty"` // open, by the journal on this host
	Findings []status.Finding `json:"findings"`
	Exposure *float64         `json:"exposure_seconds"` // null: not known
	Why      string           `json:"exposure_why,omitempty"`
}

type nodeLine struct {
	Role        string   `json:"role"`
	Address     string   `json:"address"`
	DataCentre  string   `json:"data_centre"`
	Reachable   bool     `json:"reachable"`
	State       string   `json:"state,omitempty"`
	Mirroring   string   `json:"mirroring,omitempty"`
	Version     string   `json:"version,omitempty"`
	Agent       string   `json:"agent,omitempty"`
	Sessions    int      `json:"sessions"`
	RedoLSN     string   `json:"redo_lsn,omitempty"`
	BackupAge   *float64 `json:"backup_age_seconds,omitempty"`
	CopyAge     *float64 `json:"copy_age_seconds,omitempty"`
	RestoreAge  *float64 `json:"restore_age_seconds,omitempty"`
	AgeSeconds  *float64 `json:"age_seconds,omitempty"` // of these facts
	RoundTripMS float64  `json:"round_trip_ms,omitempty"`
	Error       string   `json:"error,omitempty"`
}

type poolLine struct {
	FQDN   string   `json:"fqdn"`
	State  string   `json:"state,omitempty"`
	Active []string `json:"active,omitempty"`
	Idle   []string `json:"idle,omitempty"`
	Host   string   `json:"host,omitempty"`
	Error  string   `json:"error,omitempty"`
}

type shareLine struct {
	Newest   string `json:"newest,omitempty"`
	Files    int    `json:"files"`
	Uncopied int    `json:"uncopied"`
	Error    string `json:"error,omitempty"`
}

// statusCommand takes one look at every server.
func statusCommand(g *global) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Take one look at every server", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.load()
			if err != nil {
				return err
			}
			dir, err := g.journals()
			if err != nil {
				return err
			}
			e := reach(s, site.NewSecrets(prompter{}), "reader")
			defer e.close()
			snapshot := e.prober().Once(cmd.Context())
			now := time.Now()
			line := lineOf(s.Name, snapshot, now)
			open, deserted := openIncident(dir, s.Name)
			line.Incident, line.Findings = open, slices.Insert(status.Diagnose(snapshot, s, now), 0, deserted...)
			if x := status.Measure(snapshot, s, now); x.Known {
				line.Exposure, line.Why = &x.Seconds, x.Why
			} else {
				line.Why = x.Why
			}
			g.out(cmd).line(line, line.words())
			for _, f := range line.Findings {
				if f.Severity == status.Critical {
					return &exit{exitFailed, nil}
				}
			}
			return nil
		},
	}
}

func lineOf(name string, s *status.Snapshot, now time.Time) snapshotLine {
	l := snapshotLine{Type: "snapshot", Site: name, Taken: s.Taken.UTC(), Findings: []status.Finding{}}
	for i := range s.Nodes {
		l.Nodes = append(l.Nodes, nodeOf(&s.Nodes[i], now))
	}
	l.Pool = poolLine{FQDN: s.Pool.FQDN, State: s.Pool.State, Active: s.Pool.Active, Idle: s.Pool.Idle, Host: s.Pool.Host}
	if s.Pool.Err != nil {
		l.Pool.Error = s.Pool.Err.Error()
	}
	l.Share = shareLine{Newest: s.Share.Newest, Files: s.Share.Files, Uncopied: s.Share.Uncopied}
	if s.Share.Err != nil {
		l.Share.Error = s.Share.Err.Error()
	}
	return l
}

func nodeOf(n *status.Node, now time.Time) nodeLine {
	l := nodeLine{Role: string(n.Role), Address: n.Address, DataCentre: n.DataCentre, Reachable: n.Reachable}
	if n.Err != nil {
		l.Error = n.Err.Error()
	}
	if n.Answered.IsZero() {
		return l
	}
	age := now.Sub(n.Answered).Seconds()
	f := n.Facts
	l.AgeSeconds, l.RoundTripMS = &age, float64(n.RoundTrip.Microseconds())/1000
	l.State, l.Version, l.Agent, l.Sessions, l.RedoLSN = f.Database.State, f.Version, f.Agent.State, f.Sessions, f.Database.RedoLSN.String()
	if !f.Database.Exists {
		l.State = "NO DATABASE"
	}
	if f.Mirroring.Configured {
		l.Mirroring = f.Mirroring.Role + " " + f.Mirroring.State
	}
	if f.Primary != nil {
		l.BackupAge = seconds(f.Primary.BackupAge)
	}
	if f.Secondary != nil {
		l.CopyAge, l.RestoreAge = seconds(f.Secondary.CopyAge), seconds(f.Secondary.RestoreAge)
	}
	return l
}

// seconds is nil for an age that is not known.
func seconds(d time.Duration) *float64 {
	if d < 0 {
		return nil
	}
	s := d.Seconds()
	return &s
}

func (l snapshotLine) words() string {
	var b strings.Builder
	for _, n := range l.Nodes {
		state := n.State
		if !n.Reachable {
			state = "DOWN"
		}
		fmt.Fprintf(&b, "%s %-16s %-12s %-10s %s", n.DataCentre, n.Role, n.Address, state, n.Mirroring)
		for _, a := range []struct {
			name string
			age  *float64
		}{{"backup", n.BackupAge}, {"copied", n.CopyAge}, {"restored", n.RestoreAge}} {
			if a.age != nil {
				fmt.Fprintf(&b, " %s %s ago", a.name, short(*a.age))
			}
		}
		if n.Error != "" {
			b.WriteString(" " + n.Error)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "pool %s %s, %d active, %d idle %s\n", l.Pool.FQDN, l.Pool.State, len(l.Pool.Active), len(l.Pool.Idle), l.Pool.Error)
	fmt.Fprintf(&b, "share: %d backups, newest %s, %d not copied %s\n", l.Share.Files, l.Share.Newest, l.Share.Uncopied, l.Share.Error)
	if l.Exposure != nil {
		fmt.Fprintf(&b, "exposure: fail over now: %s of chat lost (%s)", short(*l.Exposure), l.Why)
	} else {
		fmt.Fprintf(&b, "exposure: not known (%s)", l.Why)
	}
	if l.Incident != nil {
		b.WriteString("\n" + l.Incident.words())
	}
	for _, f := range l.Findings {
		fmt.Fprintf(&b, "\n%s %s %s: %s → %s", f.Severity, f.Title, f.Subject, f.Why, f.Do)
	}
	return b.String()
}

func short(seconds float64) string {
	return (time.Duration(seconds) * time.Second).String()
}
