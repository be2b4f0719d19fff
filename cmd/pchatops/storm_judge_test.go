package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/memnet"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/failover"
)

// fall is an invariant that broke.
type fall struct{ invariant, text string }

type falls []fall

// String tells them to people.
func (f falls) String() string {
	var b strings.Builder
	for _, x := range f {
		fmt.Fprintf(&b, "  FELL %s: %s\n", x.invariant, x.text)
	}
	return b.String()
}

// of gives what broke an invariant, "" where it holds.
func (f falls) of(invariant string) string {
	for _, x := range f {
		if x.invariant == invariant {
			return x.text
		}
	}
	return ""
}

func (s *storm) fall(invariant, format string, args ...any) {
	f := fall{invariant, fmt.Sprintf(format, args...)}
	s.say("FELL", f.invariant+": "+f.text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.falls = append(s.falls, f)
}

// lookout is what the judge knows besides the lab: which console is where, and
// when each was last seen with the right to drive. storm.mu guards it.
type lookout struct {
	hosts map[string]*stormConsole // by address
	held  map[string]time.Time     // by address: when it last held a lock
}

func (s *storm) keep(h *memnet.Host, c *stormConsole) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hosts == nil {
		s.hosts, s.held = map[string]*stormConsole{}, map[string]time.Time{}
	}
	s.hosts[h.Address()] = c
}

// consoleAt is the console behind an address, nil where it is somebody else's.
func (s *storm) consoleAt(peer string) *stormConsole {
	host, _, _ := net.SplitHostPort(peer)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hosts[host]
}

// changes are the requests that change something on a server.
var (
	changesSQL = regexp.MustCompile(`(?i)\b(RESTORE LOG|RESTORE DATABASE|BACKUP DATABASE|BACKUP LOG|KILL|ALTER DATABASE|DROP DATABASE|sp_(add|delete|change|start|stop|update|attach)_\w+)\b`)
	// endsOwn ends a session that a console itself left behind, to have its lock again.
	endsOwn      = regexp.MustCompile(`IF EXISTS \( SELECT # FROM sys \. dm_exec_sessions`)
	bringsOnline = regexp.MustCompile(`(?i)\bRESTORE DATABASE .*WITH RECOVERY`)
)

func changes(r lab.Request) bool {
	if r.Kind == faults.PowerShell {
		return strings.HasPrefix(r.Text, "Send pchatops job-start") || strings.Contains(r.Text, "job-start") && strings.HasPrefix(r.Text, "Send")
	}
	return changesSQL.MatchString(r.Text) && !endsOwn.MatchString(r.Text)
}

// stated is the bound within which the right to drive is proved for what does
// not go through the session that holds it.
const stated = time.Minute

// witness holds a request against the right to drive, and the end of the old
// primary against its phrase.
func (s *storm) witness(c *stormConsole, r lab.Request) {
	if !changes(r) {
		return
	}
	me, _, _ := net.SplitHostPort(r.Peer)
	now := time.Now()
	var mine, others bool
	s.mu.Lock()
	for _, l := range s.lab.World().Locks() {
		at, _, _ := net.SplitHostPort(l.Address)
		if s.hosts[at] == nil {
			continue
		}
		s.held[at] = now
		mine = mine || at == me && (r.Kind == faults.PowerShell || l.Instance == r.Target)
		others = others || at != me
	}
	last, once := s.held[me]
	s.mu.Unlock()
	switch {
	case mine:
	case r.Kind == faults.SQL:
		s.fall("nobody acts without the lease", "%s sent to %s without its lock there: %.200s", c.name, r.Target, r.Text)
	case others || !once || now.Sub(last) > stated:
		s.fall("nobody acts without the lease", "%s began a job on %s and does not hold the lease: %.200s", c.name, r.Target, r.Text)
	}
	if bringsOnline.MatchString(r.Text) {
		s.living(c)
	}
}

// living: while a primary is known to serve chat for a while, or cannot be
// known not to, nothing comes online beside it without its phrase.
func (s *storm) living(c *stormConsole) {
	const noticed = 30 * time.Second // what came back within it may be missed
	t := s.lab.World().Truth()
	if len(t.Principal) == 0 {
		return
	}
	s.mu.Lock()
	for _, m := range s.truths {
		if time.Since(m.at) < noticed && len(m.Principal) == 0 {
			s.mu.Unlock()
			return
		}
	}
	s.mu.Unlock()
	if !c.passed("F4b", "primary", "principal", "mirror", "live") {
		s.fall("no living primary is failed over without its phrase", "%s brings mgc online beside %v, which no phrase names: %v", c.name, t.Principal, c.given())
	}
}

// hears holds what a console says of a step against what is so.
func (c *stormConsole) hears(e engine.Event) {
	switch e.Type {
	case engine.EventPlanned:
		c.began(e.Step, c.lab.World().Truth())
	case engine.EventStep:
		if e.Outcome == engine.Done {
			c.holds(e)
		}
	default:
	}
}

// holds: what is said to be done is so, or was at some time since the step began.
func (c *stormConsole) holds(e engine.Event) {
	now := c.lab.World().Truth()
	since, then := c.begun(e.Step)
	wrong := c.untrue(e, now, then)
	if wrong == "" {
		return
	}
	c.storm.mu.Lock()
	past := slices.Clone(c.truths)
	c.storm.mu.Unlock()
	for _, m := range past {
		if !m.at.Before(since) && c.untrue(e, m.Truth, then) == "" {
			return
		}
	}
	c.fall("done is never said of what is not so", "%s says %s of %s, and %s", c.name, e.Outcome, e.Step, wrong)
}

// untrue says what is not so of a step of the failover, "" where all is.
func (c *stormConsole) untrue(e engine.Event, t, then world.Truth) string {
	switch e.Step {
	case "F1":
		if t.Shipping {
			return "the secondary is still configured for log shipping"
		}
	case "F2":
		for _, name := range t.ToCopy {
			if slices.Contains(then.ToCopy, name) && !named(e.Proof, name) {
				return name + " is on the share only"
			}
		}
	case "F3":
		for _, name := range t.ToApply {
			if slices.Contains(then.ToApply, name) && !named(e.Proof, name) {
				return name + " is not applied"
			}
		}
	case "F4b":
		if t.Live == "" {
			return "the database is not online"
		}
	case "F5":
		if t.Pool != "FailedOver" {
			return "the pool is " + t.Pool
		}
	case "F6":
		if !t.Mirrored {
			return "there is no mirror"
		}
	case "F7":
		if len(t.Active) != 4 || !strings.HasPrefix(t.Active[0], "chat1") {
			return fmt.Sprint("active are ", t.Active)
		}
	}
	return ""
}

// named reports whether a proof owns up to what it leaves: the backup itself, also
// under the name of its second copy, or places that were not read.
func named(p *engine.Proof, name string) bool {
	if p == nil {
		return false
	}
	stem := strings.TrimSuffix(name, ".trn")
	return len(p.Unread) > 0 || strings.Contains(fmt.Sprint(p.Says, p.Facts), stem) ||
		slices.ContainsFunc(p.LeftBehind, func(l engine.Left) bool { return strings.HasPrefix(l.File, stem) })
}

// ends judges the end of a console's process.
func (c *stormConsole) ends(code int) {
	w := c.lab.World()
	sum, t := w.Ledger(), w.Truth()
	if code == exitDone && c.draw.procedure == "failover" {
		switch {
		case !sum.Live:
			c.fall("exit 0 means that nothing is lost", "%s ended with 0 and the database is not online", c.name)
		case sum.Lost > 0:
			c.fall("exit 0 means that nothing is lost", "%s ended with 0 and %d of %d shipped messages are lost", c.name, sum.Lost, sum.Shipped)
		}
	}
	if code == exitIncomplete && sum.Live && c.draw.procedure == "failover" && sum.ChatBack == nil && t.Pool == "FailedOver" && len(t.Active) == 0 {
		c.fall("chat comes back first", "%s ended with 6 and chat is down", c.name)
	}
}

// mayBeIncomplete: 6 is the true end where something is lost or was given up by a
// phrase, where somebody else has brought the database online, where an old primary
// lives, where log of the path that was left lies there beyond what was recovered (a
// console that has no record of the recovery cannot tell whether that came later), or
// where a file was spoilt just when the database was recovered: it was left behind unread
// then, and what lies under its name later does not tell what it held.
func (s *storm) mayBeIncomplete() bool {
	w := s.lab.World()
	return w.Ledger().Lost > 0 || s.recovered.Load() || len(w.Truth().Standing) > 0 || slices.ContainsFunc(s.consoles, (*stormConsole).gaveUp) ||
		len(w.Beyond()) > 0 && !s.leftNothing() || s.leftSpoilt()
}

// leftNothing reports whether the last console has the record of a recovery that left
// nothing behind and nothing unread.
func (s *storm) leftNothing() bool {
	kept := s.kept()
	return len(kept) > 0 && !slices.ContainsFunc(kept, func(f engine.Fact) bool { return strings.HasSuffix(f.Name, "in all") && f.Value != "0" })
}

// leftSpoilt reports whether that record names a file that was spoilt.
func (s *storm) leftSpoilt() bool {
	kept := fmt.Sprint(s.kept())
	s.mu.Lock()
	defer s.mu.Unlock()
	for path := range s.spoilt {
		if strings.Contains(kept, filepath.Base(path)) {
			return true
		}
	}
	return false
}

// kept is what the last console has on record of the recovery.
func (s *storm) kept() []engine.Fact {
	all, err := journal.List(s.consoles[len(s.consoles)-1].state)
	s.note(err)
	for _, i := range all {
		past, _ := replayed(i.Path)
		if kept := failover.Kept(past); len(kept) > 0 {
			return kept
		}
	}
	return nil
}

// gaveUp reports whether an operator has passed a gate about backups.
func (c *stormConsole) gaveUp() bool {
	return slices.ContainsFunc(c.given(), func(p passed) bool {
		return (p.step == "F2" || p.step == "F3" || p.step == "F4b") && !strings.Contains(p.gate, "primary") && !strings.Contains(p.gate, "mirror")
	})
}

// beyond: what somebody broke by hand no procedure mends. A situation says how
// that ends.
func (s *storm) beyond(code int) bool {
	return s.undone.Load() && code != exitUnknown || s.situation != nil && code == s.situation.Expect.Again
}

// audit checks every journal, and what the lab counted.
func (s *storm) audit() {
	for _, dir := range slices.Compact(s.states()) {
		all, err := journal.List(dir)
		if err != nil {
			s.fall("the journal's audit holds", "%v", err)
		}
		for _, i := range all {
			if err := audited(i.Path); err != nil {
				s.fall("the journal's audit holds", "%s: %v", i.ID, err)
			}
		}
	}
	for _, what := range s.lab.World().Ledger().Twice {
		s.fall("nothing that is not repeatable is begun twice", "%s", what)
	}
	for name, n := range s.lab.World().Ledger().Restored {
		if n > 1 {
			s.fall("nothing that is not repeatable is begun twice", "%s was restored %d times", name, n)
		}
	}
}

func (s *storm) states() (dirs []string) {
	for _, c := range s.consoles {
		dirs = append(dirs, c.state)
	}
	slices.Sort(dirs)
	return dirs
}

func audited(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = engine.Audited(f)
	return err
}
