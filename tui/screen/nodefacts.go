package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/clean"
)

// nodeFacts is what is to be said of a node beside its state, the most
// important first, since what does not fit is cut at the right. What has a
// column of its own is left out.
func (v View) nodeFacts(n *status.Node, own []*column) string {
	var said []string
	say := func(t tone, format string, args ...any) {
		said = append(said, v.ink(t).Render(fmt.Sprintf(format, args...)))
	}
	if step := v.State.Busy[n.Address]; step != "" {
		say(busy, "in progress (%s)", clean.Line(step))
	}
	if n.Asked.IsZero() {
		return strings.Join(said, v.ink(muted).Render(" · "))
	}
	if !n.Reachable {
		v.silence(n, say)
	} else {
		v.answers(n, own, say)
	}
	return strings.Join(said, v.ink(muted).Render(" · "))
}

type saying func(t tone, format string, args ...any)

// silence tells since when a node has not answered and what it last was; why
// is the word of its state.
func (v View) silence(n *status.Node, say saying) {
	if n.Silent.IsZero() {
		say(plain, "no answer")
	} else {
		say(plain, "no answer for %s", age(v.since(n.Silent)))
	}
	if n.Err != nil && n.Err.Number != 0 {
		say(plain, "error %d", n.Err.Number)
	}
	if n.Life.Verdict == status.Alive {
		say(warn, "yet it lives: %s", clean.Line(fault.Said(n.Life.Because...)))
	}
	if n.Answered.IsZero() {
		say(muted, "never seen")
		return
	}
	say(old, "STALE: was %s", clean.Line(n.Holds()))
	if n.Life.Lacks != "" {
		say(muted, "missing for a verdict: %s", clean.Line(n.Life.Lacks))
	}
}

func (v View) answers(n *status.Node, own []*column, say saying) {
	since := v.since(n.Answered)
	if since > v.stale() {
		say(old, "STALE %s", age(since))
	}
	f := n.Facts
	if r := f.Restoring; r != nil {
		say(busy, "%s %.0f %%", clean.Line(r.Command), r.Percent)
	}
	if f.Mirroring.Configured && !slices.Contains(own, mirroringColumn) {
		say(plain, "%s", clean.Line(strings.ToLower(f.Mirroring.State)))
	}
	if !slices.Contains(own, shippedColumn) {
		v.shipping(n, say)
	}
	if f.Sessions > 0 && !slices.Contains(own, sessionsColumn) {
		say(plain, "%s", count(f.Sessions, "session"))
	}
	if !slices.Contains(own, agentColumn) && f.Agent.State != "" && f.Agent.State != "unknown" && !f.Agent.Running() {
		say(warn, "Agent %s", clean.Line(f.Agent.State))
	}
	if !f.Sysadmin && (n.Role.HoldsChat() || n.Role == site.Monitor) {
		say(warn, "login is not sysadmin")
	}
}

// shipping is how old the last log backup is that came through a node.
func (v View) shipping(n *status.Node, say saying) {
	since := v.since(n.Answered)
	if p := n.Facts.Primary; p != nil {
		say(late(p.BackupAge, since, v.limit(p.Threshold, n.Role)), "backup %s", ago(p.BackupAge, since, p.LastBackup))
	}
	if s := n.Facts.Secondary; s != nil {
		say(plain, "copied %s", ago(s.CopyAge, since, s.LastCopied))
		say(late(s.RestoreAge, since, v.limit(s.Threshold, n.Role)), "restored %s", ago(s.RestoreAge, since, s.LastRestored))
	}
}

func (v View) stale() time.Duration {
	if v.Site != nil && v.Site.Intervals.Stale > 0 {
		return v.Site.Intervals.Stale
	}
	return defaultStale
}

// ago is an age that a server computed of a moment that it noted, grown by the time
// since it answered.
func ago(d, since time.Duration, at time.Time) string {
	switch {
	case status.Never(d, at):
		return "never"
	case d < 0: // still to come by its clock, which was put back
		return "? ago"
	}
	return shipped(d+since) + " ago"
}

func late(d, since, threshold time.Duration) tone {
	if threshold > 0 && (d < 0 || d+since > threshold) {
		return warn
	}
	return plain
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
