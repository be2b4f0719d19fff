package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/status"
)

// snapshotLine is what status prints.
type snapshotLine struct {
	Type     string        `json:"type"` // "snapshot"
	Site     string        `json:"site"`
	Taken    time.Time     `json:"taken"`
	Nodes    []nodeLine    `json:"nodes"`
	Pool     poolLine      `json:"pool"`
	Share    shareLine     `json:"share"`
	Chat     chatLine      `json:"chat"`
	Incident *incidentLine `json:"incident,omitempty"` // open, by the journals on this host: driven, or else the newest
	// Incidents are all that are open, that one first.
	Incidents []*incidentLine  `json:"incidents,omitempty"`
	Findings  []status.Finding `json:"findings"`
	// Unlearned is what could not be read for want of a login, a secret or a right.
	Unlearned []status.Blind `json:"unlearned,omitempty"`
	Exposure  *float64       `json:"exposure_seconds"` // null: not known
	Loss      bool           `json:"loss,omitempty"`   // what is exposed is lost at most, since no primary lives; else it is at risk
	Why       string         `json:"exposure_why,omitempty"`
}

type nodeLine struct {
	Role        string   `json:"role"`
	Address     string   `json:"address"`
	DataCentre  string   `json:"data_centre"`
	Reachable   bool     `json:"reachable"`
	Life        string   `json:"life"` // alive, dead or unknown
	Because     []string `json:"because"`
	Word        string   `json:"word"` // its state, as every face says it
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
	Word   string   `json:"word"`
	Active []string `json:"active,omitempty"`
	Idle   []string `json:"idle,omitempty"`
	Host   string   `json:"host,omitempty"`
	Error  string   `json:"error,omitempty"`
	Read   bool     `json:"read"`             // false: what it says is not known
	Record string   `json:"record,omitempty"` // what the state does not rest on
}

type shareLine struct {
	Newest   string `json:"newest,omitempty"`
	Files    *int   `json:"files"`    // null: not read
	Uncopied *int   `json:"uncopied"` // null: not read
	Error    string `json:"error,omitempty"`
}

// chatLine is whether people can chat.
type chatLine struct {
	State status.Chatting `json:"state"`
	Why   string          `json:"why,omitempty"`
}

// longestLook is how long status looks on while it may still turn out whether a
// silent server lives.
const longestLook = 12 * time.Second

// statusCommand takes one look at every server.
func statusCommand(g *global) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Take one look at every server", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := g.ask("")
			if err != nil {
				return err
			}
			s := a.site
			e := a.reach("reader")
			defer e.close()
			snapshot := e.prober().Look(cmd.Context(), longestLook)
			now := time.Now()
			line := lineOf(s.Name, snapshot, now)
			line.Pool.Record = snapshot.OnRecord(s)
			open, told := openIncidents(a.dir, s.Name, s.Identity())
			line.Incidents, line.Findings = open, status.Ranked(status.Diagnose(snapshot, s, now), told, replaced(a.dir, s, snapshot, now))
			if open != nil {
				line.Incident = open[0]
			}
			x := status.Measure(snapshot, s, now)
			line.Loss, line.Why = x.Loss, x.Why
			if x.Known {
				line.Exposure = &x.Seconds
			}
			g.out(cmd).line(line, line.words())
			for _, f := range line.Findings {
				if f.Severity == status.Critical {
					return &exit{exitFailed, nil}
				}
			}
			if n := len(line.Unlearned); n > 0 {
				return &exit{exitFailed, fmt.Errorf("not all could be learned: %d unread; the lines above say which, and why", n)}
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
	l.Unlearned = status.Blinds(s)
	l.Pool = poolLine{FQDN: s.Pool.FQDN, State: s.Pool.State, Word: s.Pool.Word(), Active: s.Pool.Active, Idle: s.Pool.Idle, Host: s.Pool.Host, Read: s.Pool.Err == nil && !s.Pool.Answered.IsZero()}
	if s.Pool.Err != nil {
		l.Pool.Error = s.Pool.Err.Error()
	}
	if s.Share.Err == nil && !s.Share.Answered.IsZero() {
		l.Share = shareLine{Newest: s.Share.Newest, Files: &s.Share.Files}
		if s.Share.Uncopied >= 0 {
			l.Share.Uncopied = &s.Share.Uncopied
		}
	}
	l.Chat = chatLine{State: s.Chat.State, Why: s.Chat.Why}
	if s.Share.Err != nil {
		l.Share.Error = s.Share.Err.Error()
	}
	return l
}

func nodeOf(n *status.Node, now time.Time) nodeLine {
	l := nodeLine{Role: string(n.Role), Address: n.Address, DataCentre: n.DataCentre, Reachable: n.Reachable}
	l.Life, l.Because = string(cmp.Or(n.Life.Verdict, status.LifeUnknown)), append([]string{}, n.Life.Because...)
	l.Word = n.Word()
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
		fmt.Fprintf(&b, "%s %-16s %-12s %-10s %s", n.DataCentre, n.Role, n.Address, n.Word, n.Mirroring)
		for _, a := range []struct {
			name string
			age  *float64
		}{{"backup", n.BackupAge}, {"copied", n.CopyAge}, {"restored", n.RestoreAge}} {
			if a.age != nil {
				fmt.Fprintf(&b, " %s %s ago", a.name, short(*a.age))
			}
		}
		if !n.Reachable {
			b.WriteString(" " + n.Life + ": " + fault.Said(n.Because...))
		}
		if n.Error != "" {
			b.WriteString(" " + n.Error)
		}
		b.WriteByte('\n')
	}
	b.WriteString(l.Pool.words() + "\n" + l.Share.words() + "\n")
	fmt.Fprintf(&b, "chat: %s (%s)\n", l.Chat.State, l.Chat.Why)
	switch {
	case l.Exposure == nil && l.Loss:
		fmt.Fprintf(&b, "loss: unknown (%s)", l.Why)
	case l.Exposure == nil:
		fmt.Fprintf(&b, "at risk: unknown (%s)", l.Why)
	case l.Loss:
		fmt.Fprintf(&b, "loss: up to %s of chat (%s)", short(*l.Exposure), l.Why)
	default:
		fmt.Fprintf(&b, "at risk since the last shipped backup: %s of chat (%s)", short(*l.Exposure), l.Why)
	}
	for _, u := range l.Unlearned {
		fmt.Fprintf(&b, "\nnot learned: %s: %s → %s", u.What, u.Why, u.Do)
	}
	for _, i := range l.Incidents {
		b.WriteString("\n" + i.words())
	}
	for _, f := range l.Findings {
		fmt.Fprintf(&b, "\n%s: %s → %s", strings.TrimRight(fmt.Sprintf("%s %s %s", f.Severity, f.Title, f.Subject), " "), f.Why, f.Do)
	}
	return b.String()
}

func (l poolLine) words() string {
	if !l.Read {
		return fmt.Sprintf("pool %s %s: not read: %s", l.FQDN, l.Word, cmp.Or(l.Error, "it has not answered"))
	}
	out := fmt.Sprintf("pool %s %s, %d active, %d idle", l.FQDN, l.Word, len(l.Active), len(l.Idle))
	if l.Record != "" {
		out += " (" + l.Record + ")"
	}
	return out
}

func (l shareLine) words() string {
	if l.Files == nil {
		return "share: not read: " + cmp.Or(l.Error, "it has not answered")
	}
	lacks := "the copy folder cannot be listed"
	if l.Uncopied != nil {
		lacks = fmt.Sprintf("%d not copied", *l.Uncopied)
	}
	return fmt.Sprintf("share: %d backups, newest %s, %s", *l.Files, cmp.Or(l.Newest, "not known"), lacks)
}

func short(seconds float64) string {
	return inventory.Span(time.Duration(seconds * float64(time.Second)))
}
