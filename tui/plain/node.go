package plain

import (
	"strconv"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// usualStale is when facts count as old where the site file does not say.
const usualStale = 15 * time.Second

// nodeName names a node so that its line is understood alone.
func nodeName(n *status.Node) string {
	role := strings.ReplaceAll(string(n.Role), "-", " ")
	if n.DataCentre == "" {
		return role + " " + n.Address
	}
	return n.DataCentre + " " + role + " " + n.Address
}

// nodeState is the state of a node in words that only change when it does.
func (c *console) nodeState(n *status.Node) string {
	switch {
	case n.Asked.IsZero():
		return status.Asking
	case !n.Reachable && c.state.Busy[n.Address] != "":
		return status.NoAnswer + ", in progress (" + c.state.Busy[n.Address] + ")"
	case !n.Reachable:
		return unreachable(n)
	case c.since(n.Answered) > c.stale():
		return "STALE, was " + database(n)
	case c.state.Busy[n.Address] != "":
		return database(n) + ", in progress (" + c.state.Busy[n.Address] + ")"
	}
	return database(n)
}

// unreachable is the word of a server that does not answer, with its number.
func unreachable(n *status.Node) string {
	if n.Err != nil && n.Err.Number != 0 {
		return n.Word() + ", error " + strconv.Itoa(int(n.Err.Number))
	}
	return n.Word()
}

// database is what a node holds, with the state of its mirroring.
func database(n *status.Node) string {
	word := n.Holds()
	if word == status.MirrorOf || word == status.Principal {
		word += " " + strings.ToLower(n.Facts.Mirroring.State)
	}
	return word
}

// nodeMore is what else is worth saying of a node; it holds ages.
func (c *console) nodeMore(n *status.Node) string {
	if n.Asked.IsZero() {
		return ""
	}
	if !n.Reachable {
		return c.silence(n)
	}
	since := c.since(n.Answered)
	var said []string
	say := func(s string) { said = append(said, s) }
	if r := n.Facts.Restoring; r != nil {
		say(r.Command + " " + percent(r.Percent))
	}
	if p := n.Facts.Primary; p != nil {
		say("backup " + ago(p.BackupAge, since, p.LastBackup) + late(p.BackupAge, since, p.Threshold, p.LastBackup))
	}
	if s := n.Facts.Secondary; s != nil {
		say("copied " + ago(s.CopyAge, since, s.LastCopied))
		say("restored " + ago(s.RestoreAge, since, s.LastRestored) + late(s.RestoreAge, since, s.Threshold, s.LastRestored))
	}
	if n.Facts.Sessions > 0 {
		say(strconv.Itoa(n.Facts.Sessions) + " sessions")
	}
	if a := n.Facts.Agent; a.State != "" && a.State != "unknown" && !a.Running() {
		say("Agent " + a.State)
	}
	if !n.Facts.Sysadmin && (n.Role.HoldsChat() || n.Role == site.Monitor) {
		say("login is not sysadmin")
	}
	return some(said...)
}

func (c *console) silence(n *status.Node) string {
	silent, last := "", "never seen"
	var more string
	switch {
	case n.Life.Verdict == status.Alive:
		more = "yet it lives: " + fault.Said(n.Life.Because...)
	case n.Life.Lacks != "":
		more = "missing for a verdict: " + n.Life.Lacks
	}
	if !n.Silent.IsZero() {
		silent = "no answer for " + span(c.since(n.Silent))
	}
	if !n.Answered.IsZero() {
		last = "STALE: was " + database(n)
	}
	return some(silent, last, more)
}

// late says that something is. What was at a time that is not known need not be.
func late(d, since, threshold time.Duration, at time.Time) string {
	if threshold > 0 && (status.Never(d, at) || d >= 0 && d+since > threshold) {
		return " (LATE)"
	}
	return ""
}

func (c *console) stale() time.Duration {
	if c.Site != nil && c.Site.Intervals.Stale > 0 {
		return c.Site.Intervals.Stale
	}
	return usualStale
}

// since is how long ago something was; never negative, since the clocks of
// servers and console differ.
func (c *console) since(t time.Time) time.Duration { return max(c.Clock.Now().Sub(t), 0) }
