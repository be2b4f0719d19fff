package failover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// fresh is how old what the probe saw of a node may be to serve a gate.
const fresh = 15 * time.Second

// standing is what is known of an instance that may serve chat.
type standing struct {
	role    site.Role
	address string
	life    status.Life
	node    *status.Node // as the probe saw it; nil: nobody probes
	facts   status.Facts // read just now, where it answered
	answers bool
	err     error // why it did not answer just now
}

// serves reports whether it answers with the live database.
func (s standing) serves() bool { return s.answers && s.facts.Database.Online() }

// lives reports whether it serves the live database or may: it does, or it does
// not answer here and one of its partners says that it lives.
func (s standing) lives() bool { return s.serves() || !s.answers && s.life.Verdict == status.Alive }

// mute reports whether something at its address takes connections and does not
// tell what it serves: it refuses the login, or hangs.
func (s standing) mute() bool {
	said := faultOf(s.err)
	return !s.answers && said != nil && said.Reach.Landed()
}

// hides reports whether it may serve the database and does not tell: it does not
// answer here, and is reached from somewhere, by whomever. It is not dead then,
// whether or not anybody can prove that it lives. One that nobody has had word of
// since it fell silent hides nothing, though its death may lack a proof.
func (s standing) hides() bool {
	return !s.answers && (s.mute() || s.life.Verdict == status.Alive || s.life.Reached != "")
}

// disputed names the place that reaches it while the console does not; "": none.
func (s standing) disputed() string {
	if s.answers || s.mute() || !s.life.Disputed {
		return ""
	}
	return s.life.Reached
}

// doubtful reports whether nobody knows.
func (s standing) doubtful() bool { return !s.answers && !s.life.Known() }

// primarySite looks at primary and mirror once their verdicts have formed.
func (f *failover) primarySite(ctx context.Context) []standing {
	f.ripen(ctx)
	return f.lookAt(ctx)
}

// lookAt looks at primary and mirror at once.
func (f *failover) lookAt(ctx context.Context) []standing {
	var out []standing
	var wg sync.WaitGroup
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if in, ok := f.Site.Instance(r); ok {
			out = append(out, standing{role: r, address: in.Address()})
		}
	}
	for i := range out {
		wg.Go(func() { f.stand(ctx, &out[i]) })
	}
	wg.Wait()
	f.heed(out)
	return out
}

// ripen waits for the verdicts together, so that none is old when the last has
// formed. One that lives does not end that: a refusal says what is so of both.
func (f *failover) ripen(ctx context.Context) {
	if f.Life == nil {
		return
	}
	var wg sync.WaitGroup
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		wg.Go(func() { f.Life(ctx, r) })
	}
	wg.Wait()
}

// stand takes the probe's verdict on an instance, and asks it where it may answer.
func (f *failover) stand(ctx context.Context, s *standing) {
	if f.Life != nil {
		atOnce, end := context.WithCancel(ctx)
		end()
		if n, ok := f.Life(atOnce, s.role); ok && f.Now().Sub(n.Seen()) < fresh {
			s.node, s.life = &n, n.Life
		}
	}
	patience := f.answer()
	if s.node != nil && !s.node.Reachable {
		if s.node.Err != nil {
			s.err = s.node.Err
		}
		if s.life.Verdict != status.Dead || !f.revived(ctx, s) {
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	facts, err := f.ask(ctx, s)
	if s.answers = err == nil; s.answers {
		s.facts, s.err = facts, nil
	} else {
		s.err = err
		s.life = status.Life{Because: []string{"the console: " + err.Error()}}
		if s.node != nil { // it answered the probe, or took its connection
			s.life.Reached = "the console"
		}
	}
}

func (f *failover) ask(ctx context.Context, s *standing) (facts status.Facts, err error) {
	err = fault.Guard("ask "+s.address+" for its state", func() (err error) {
		sql := f.SQL[s.role]
		if sql == nil {
			return errors.New("there is no way to ask it")
		}
		facts, err = sql.Facts(ctx)
		return err
	})
	return facts, err
}

// says tells what is known of it.
func (s standing) says(db string, now time.Time) string {
	d := s.facts.Database
	switch {
	case s.answers && d.Online():
		return fmt.Sprintf("%s answers: %s is ONLINE", s.address, db)
	case s.answers && !d.Exists:
		return fmt.Sprintf("%s answers: no %s", s.address, db)
	case s.answers:
		return fmt.Sprintf("%s answers: %s is %s", s.address, db, d.State)
	}
	verdict := map[status.Verdict]string{status.Alive: "alive", status.Dead: "dead"}[s.life.Verdict]
	switch {
	case s.life.Disputed:
		verdict = "disputed"
	case verdict == "":
		verdict = "not known whether it lives"
	}
	out := s.address + ": " + verdict
	if quiet := now.Sub(s.life.Since); !s.life.Since.IsZero() && quiet >= time.Second {
		silent := "silent"
		if s.mute() || s.node != nil && s.node.Sight.Reach.Landed() {
			silent = "without an answer"
		}
		out += fmt.Sprintf(", %s since %s (%s)", silent, clock(s.life.Since), between(s.life.Since, now))
	}
	out += ": " + fault.Said(s.life.Because...)
	if s.doubtful() && s.life.Lacks != "" {
		out += "; missing for a verdict: " + s.life.Lacks
	}
	return out
}

// noLivePrimary is the gate against two live primaries: primary and mirror of
// data centre 1 are proved dead, or answer without the live database. What
// happens if one lives whose death is not proved is the step's own.
func (f *failover) noLivePrimary(all []standing, ifLives string) engine.Gate {
	g := engine.Gate{Name: "no live primary", Want: "primary and mirror are proved dead, or answer without " + f.db + " online"}
	var live, doubt, said, do []string
	for _, s := range all {
		said = append(said, s.says(f.db, f.Now()))
		switch {
		case s.lives():
			live = append(live, s.address)
			do = append(do, "leave "+s.address+" in service")
		case s.doubtful():
			doubt = append(doubt, s.address)
			do = append(do, s.remedy())
		}
	}
	g.Seen, g.Holds = fault.Sentences(said...), len(live)+len(doubt) == 0
	if g.Holds {
		return g
	}
	var phrase []string
	if len(live) > 0 {
		phrase = append(phrase, "abandon "+strings.Join(live, " and "))
	}
	if len(doubt) > 0 {
		g.Seen += ". " + f.looksTheSame(all)
		phrase = append(phrase, fmt.Sprintf(ifLives, strings.Join(doubt, " or ")))
	}
	g.Override, g.Do = strings.Join(phrase, ", and "), fault.Said(do...)
	return g
}

// remedy says what brings a verdict on a server of which nobody knows whether
// it lives.
func (s standing) remedy() string {
	switch {
	case s.life.Forming:
		return "wait for the verdict on " + s.address
	case s.life.Disputed:
		return "see why " + s.address + " is seen from one place and not from the other"
	case status.TurnsAway(faultOf(s.err)):
		return "mend what keeps the console from asking " + s.address
	}
	return "have somebody look at " + s.address + " itself, and switch it off for certain"
}

func faultOf(err error) *fault.Error {
	var f *fault.Error
	errors.As(err, &f)
	return f
}

// looksTheSame names what cannot be told from a death from here. A data centre
// that the second place has just reached is not cut off from there.
func (f *failover) looksTheSame(all []standing) string {
	out := "A restart looks the same"
	if !slices.ContainsFunc(all, func(s standing) bool { return !s.answers && s.life.Disputed }) {
		out += ", and so does a data centre that is cut off from here and from " + f.secondary.DataCentre
	}
	var strangers []string
	for _, s := range all {
		if s.node != nil && !s.answers && s.node.Second.Place != "" && !s.node.Second.Connected {
			strangers = append(strangers, s.address)
		}
	}
	if len(strangers) > 0 {
		out += fmt.Sprintf("; and a firewall: %s never had a connection to %s", f.secondary.DataCentre, strings.Join(strangers, " or "))
	}
	return out
}

// silences puts what a dialog says of the servers that count as dead around its
// other notes: what matters before them, the witnesses behind them.
func (f *failover) silences(all []standing, others ...string) []string {
	var dead, why []string
	var since time.Time
	for _, s := range all {
		if s.answers || s.life.Verdict != status.Dead {
			continue
		}
		dead, why = append(dead, s.address), append(why, s.says(f.db, f.Now()))
		if since.IsZero() || s.life.Since.After(since) {
			since = s.life.Since
		}
	}
	if dead == nil {
		return others
	}
	head := fmt.Sprintf("taken for dead: %s, silent since %s (%s). %s", strings.Join(dead, " and "), clock(since), between(since, f.Now()), f.looksTheSame(all))
	return slices.Concat([]string{head}, others, why)
}

// newer is the name of the gate against giving up newer chat.
const newer = "no server with newer chat"

// newerChat is the gate against giving up chat that a server of the primary's
// site holds, in whatever role it answers: it has what the primary had, and any
// backup has less. So has the mirror of the secondary that is ahead of that.
func (f *failover) newerChat(all []standing, ahead ...*successor) engine.Gate {
	g := engine.Gate{
		Name: newer, Holds: true, Seen: "neither the primary nor its mirror answers",
		Want: "neither the primary nor its mirror answers with a database that was not given up, and no mirror of the secondary is ahead of it",
	}
	var seen, holders, maybe, do []string
	for _, s := range ahead {
		seen, do = append(seen, s.says(f.db, f.Now())), append(do, s.keep())
		if s.serves() {
			holders = append(holders, s.address)
		} else {
			maybe = append(maybe, s.address)
		}
	}
	for _, s := range all {
		d, m := s.facts.Database, s.facts.Mirroring
		if !s.answers {
			continue
		}
		state := d.State
		if !d.Exists {
			state = "missing, or has another name"
		}
		if m.Configured {
			state += ", mirroring " + m.State
		}
		seen = append(seen, fmt.Sprintf("%s answers: %s is %s", s.address, f.db, state))
		if s.role == site.Mirror && gaveAllAway(all, s) || s.role == site.Primary && d.Restoring() && s.facts.Sysadmin && !m.Configured {
			continue // the tail of the log holds all that it has
		}
		holders = append(holders, s.address)
		if way := f.keep(all, s); !slices.Contains(do, way) {
			do = append(do, way)
		}
	}
	if seen != nil {
		g.Seen = fault.Sentences(seen...)
	}
	if g.Holds = len(holders)+len(maybe) == 0; g.Holds {
		return g
	}
	var lose []string
	if holders != nil {
		have := map[bool]string{true: " has", false: " have"}[len(holders) == 1]
		lose = append(lose, "lose the chat that only "+strings.Join(holders, " and ")+have)
	}
	if maybe != nil {
		lose = append(lose, "lose the chat that "+strings.Join(maybe, " and ")+" may have")
	}
	g.Override, g.Do = strings.Join(lose, ", and "), fault.Said(do...)
	return g
}

// keep says how the chat that a server of the primary's site has is kept. Where one
// of them serves it, nothing is to be moved, least of all by force.
func (f *failover) keep(all []standing, holder standing) string {
	for _, s := range all {
		if !s.serves() || s.address != holder.address && !holder.facts.Mirroring.Configured {
			continue
		}
		way := fmt.Sprintf("leave %s in service: it serves %s, with chat that no backup has", s.address, f.db)
		if s.role == site.Mirror && s.facts.Mirroring.Configured {
			way += fmt.Sprintf("; where the chat servers do not use it yet: Invoke-CsDatabaseFailover -PoolFqdn '%s' -DatabaseType PersistentChat -NewPrincipal Mirror -Confirm:$false", f.Site.Pool)
		}
		return way
	}
	return status.KeepChat(f.Site, status.Holder{Role: holder.role, Address: holder.address, Facts: holder.facts})
}

// gaveAllAway reports whether the tail of the log holds all that a mirror has:
// the primary ended the mirroring, backed its tail up, and waits for log itself
// at a point that the mirror has not passed.
func gaveAllAway(all []standing, mirror standing) bool {
	m := mirror.facts
	for _, s := range all {
		p := s.facts
		if s.role == site.Primary && s.answers && p.Sysadmin && m.Sysadmin && !p.Mirroring.Configured && !m.Mirroring.Configured &&
			p.Database.Restoring() && m.Database.Restoring() && !m.Database.RedoLSN.IsZero() && m.Database.RedoLSN.Compare(p.Database.RedoLSN) <= 0 {
			return true
		}
	}
	return false
}

func (f *failover) answer() time.Duration {
	if d := f.Site.Intervals.Answer; d > 0 {
		return d
	}
	return 5 * time.Second
}
