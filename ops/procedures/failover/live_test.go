package failover

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// withMirror adds the primary's mirror to the site.
func (e *estate) withMirror(s *server) {
	e.Site.Instances = append(e.Site.Instances, site.Instance{Role: site.Mirror, Label: `SQL02\RTC`, DataCentre: "dc1"})
	e.SQL[site.Mirror] = s
}

// What the probe could not prove dead stops every step that a living primary
// would suffer from, each with a phrase of its own.
func TestAPrimaryThatIsNotProvedDeadStopsTheFailover(t *testing.T) {
	phrases := map[string]string{
		"F1": `leave SQL01\RTC without log shipping if it lives`, "F3": `apply backups though SQL01\RTC may live`, "F4b": `split the chat if SQL01\RTC lives`,
	}
	for name, life := range map[string]status.Life{
		"a login was refused":        {Verdict: status.LifeUnknown, Because: []string{"the console: the login was refused"}},
		"TLS is not understood":      {Verdict: status.LifeUnknown, Because: []string{"the console: the answer to TLS or pre-login is not understood"}},
		"silence after the accept":   {Verdict: status.LifeUnknown, Because: []string{"the console: the connection was accepted, then silence or a reset"}},
		"no second place":            {Verdict: status.LifeUnknown, Since: disaster.Add(-time.Minute), Because: []string{"the console: no answer to SYN", "no second place"}, Lacks: "a second place"},
		"the verdict is not yet due": {Verdict: status.LifeUnknown, Since: disaster.Add(-4 * time.Second), Forming: true, Lacks: "4s more"},
		"the places disagree":        {Verdict: status.LifeUnknown, Disputed: true, Because: []string{"the console: no answer to SYN", "SQL11: the connection was accepted"}},
		"no verdict at all":          {},
	} {
		e := newEstate(t)
		e.verdicts = map[site.Role]status.Life{site.Primary: life}
		for id, phrase := range phrases {
			g, ok := unmet(e.plan(t, id))["no live primary"]
			require.True(t, ok, "%s, %s", name, id)
			require.Equal(t, phrase, g.Override, name)
			for _, because := range life.Because {
				require.Contains(t, g.Seen, because, name)
			}
			require.Contains(t, g.Seen, "A restart looks the same")
			require.Equal(t, !life.Disputed, strings.Contains(g.Seen, "cut off from here and from dc2"), "what dc2 has just reached is not cut off from it: %s", name)
			require.NotContains(t, g.Seen, ": dead", name)
		}
	}
}

func TestNobodyProbesSoNobodyIsDead(t *testing.T) {
	e := newEstate(t)
	e.Life = nil
	g, ok := unmet(e.plan(t, "F4b"))["no live primary"]
	require.True(t, ok, "an error is no death")
	require.Equal(t, `split the chat if SQL01\RTC lives`, g.Override)

	e = newEstate(t)
	e.Life = func(ctx context.Context, r site.Role) (status.Node, bool) {
		n, ok := e.probed(ctx, r)
		n.Asked = disaster.Add(-time.Minute)
		return n, ok
	}
	require.Contains(t, unmet(e.plan(t, "F1")), "no live primary", "an old look proves nothing")
}

func TestAPrimaryThatOnlyItsPartnerSeesLives(t *testing.T) {
	e := newEstate(t)
	e.verdicts = map[site.Role]status.Life{site.Primary: {Verdict: status.Alive, Because: []string{`SQL02\RTC: mirroring with it is SYNCHRONIZED, 2s ago`}}}
	g := unmet(e.plan(t, "F1"))["no live primary"]
	require.Equal(t, `abandon SQL01\RTC`, g.Override)
	require.Contains(t, g.Seen, "SYNCHRONIZED, 2s ago")
}

// defective is a server whose answer trips the console up.
type defective struct{ *server }

func (defective) Facts(context.Context) (status.Facts, error) { return status.Facts{}, []error(nil)[1] }

func TestAPrimaryWhoseAnswerCannotBeReadIsNotTakenForDead(t *testing.T) {
	e := newEstate(t)
	e.SQL[site.Primary] = defective{e.primary}
	e.Life = func(context.Context, site.Role) (status.Node, bool) {
		return status.Node{Reachable: true, Asked: disaster, Life: status.Life{Verdict: status.Alive}}, true
	}
	g, ok := unmet(e.plan(t, "F1"))["no live primary"]
	require.True(t, ok)
	require.Contains(t, g.Seen, "a fault in this program")
}

func TestThePhraseNamesEveryServer(t *testing.T) {
	e := newEstate(t)
	e.primary.down = nil
	e.primary.facts.Database = status.Database{Exists: true, State: "ONLINE"}
	e.withMirror(&server{down: &fault.Error{Class: fault.Login, Number: 18456}})
	e.verdicts = map[site.Role]status.Life{site.Mirror: {Verdict: status.LifeUnknown}}
	require.Equal(t, `abandon SQL01\RTC, and split the chat if SQL02\RTC lives`, unmet(e.plan(t, "F4b"))["no live primary"].Override)
	e.primary.down, e.verdicts[site.Primary] = &fault.Error{Class: fault.Unreachable}, status.Life{}
	require.Equal(t, `split the chat if SQL01\RTC or SQL02\RTC lives`, unmet(e.plan(t, "F4b"))["no live primary"].Override)
}

func TestTheDialogsSayWhatLooksLikeADeath(t *testing.T) {
	e := newEstate(t)
	e.Life = func(ctx context.Context, r site.Role) (status.Node, bool) {
		n, ok := e.probed(ctx, r)
		n.Second.Place = "SQL11"
		return n, ok
	}
	for _, id := range []string{"F1", "F4b"} {
		p := e.plan(t, id)
		require.NotContains(t, unmet(p), "no live primary")
		require.Contains(t, p.Notes, `SQL01\RTC: dead, silent since 2026-11-21 02:59:00 UTC (1m 00s): the console: no answer to SYN`)
		require.Equal(t, `taken for dead: SQL01\RTC, silent since 2026-11-21 02:59:00 UTC (1m 00s). A restart looks the same, and so does a data centre that is cut off from here and from dc2; and a firewall: dc2 never had a connection to SQL01\RTC`, p.Notes[0])
	}
}

func TestAMirrorThatAnswersHoldsNewerChatThanAnyBackup(t *testing.T) {
	for _, state := range []string{"DISCONNECTED", "SUSPENDED", "SYNCHRONIZED"} {
		e := newEstate(t)
		m := &server{address: `SQL02\RTC`}
		m.facts.Database = status.Database{Exists: true, State: "RESTORING"}
		m.facts.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR", State: state}
		e.withMirror(m)
		for _, id := range []string{"F1", "F4b"} {
			g, ok := unmet(e.plan(t, id))["no server with newer chat"]
			require.True(t, ok, id)
			require.Equal(t, `lose the chat that only SQL02\RTC has`, g.Override)
			require.Contains(t, g.Do, "Invoke-CsDatabaseFailover -PoolFqdn 'pchat.litwareinc.com' -DatabaseType PersistentChat -NewPrincipal Mirror -Force")
		}
		m.facts.Database, m.facts.Mirroring = status.Database{}, status.Mirroring{}
		g, ok := unmet(e.plan(t, "F1"))["no server with newer chat"]
		require.True(t, ok, "it may have another name there")
		require.Contains(t, g.Do, `bring mgc back on SQL02\RTC under its name`)
	}
}

// Whoever serves the database holds newer chat than any backup, in whatever role,
// and nothing is moved by force from under it.
func TestAServerThatServesTheDatabaseHoldsNewerChatThanAnyBackup(t *testing.T) {
	online, mirror := status.Database{Exists: true, State: "ONLINE"}, status.Database{Exists: true, State: "RESTORING"}
	paired := func(role, state string) status.Mirroring {
		return status.Mirroring{Configured: true, Role: role, State: state}
	}
	for name, c := range map[string]struct {
		primary, mirror *status.Facts // nil: it is dead
		phrase, do      string
		not             string // in what is to do
	}{
		"the mirror took over": {
			nil, &status.Facts{Database: online, Mirroring: paired("PRINCIPAL", "DISCONNECTED")},
			`lose the chat that only SQL02\RTC has`, `leave SQL02\RTC in service: it serves mgc, with chat that no backup has; where the chat servers do not use it yet: Invoke-CsDatabaseFailover -PoolFqdn 'pchat.litwareinc.com' -DatabaseType PersistentChat -NewPrincipal Mirror -Confirm:$false`, "-Force",
		},
		"somebody recovered the mirror": {
			nil, &status.Facts{Database: online},
			`lose the chat that only SQL02\RTC has`, `leave SQL02\RTC in service: it serves mgc, with chat that no backup has`, "Invoke-",
		},
		"the primary is back, and in sync with its mirror": {
			&status.Facts{Database: online, Mirroring: paired("PRINCIPAL", "SYNCHRONIZED")}, &status.Facts{Database: mirror, Mirroring: paired("MIRROR", "SYNCHRONIZED")},
			`lose the chat that only SQL01\RTC and SQL02\RTC have`, `leave SQL01\RTC in service: it serves mgc, with chat that no backup has`, "Invoke-",
		},
		"the primary serves alone": {
			&status.Facts{Database: online}, nil,
			`lose the chat that only SQL01\RTC has`, `leave SQL01\RTC in service: it serves mgc, with chat that no backup has`, "Invoke-",
		},
		"the primary serves beside a mirror that is none any more": {
			&status.Facts{Database: online}, &status.Facts{Sysadmin: true, Database: mirror},
			`lose the chat that only SQL01\RTC and SQL02\RTC have`, `bring mgc back on SQL02\RTC, or take the tail of its log`, "Invoke-",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.withMirror(&server{address: `SQL02\RTC`, down: &fault.Error{Class: fault.Unreachable}})
			for r, facts := range map[site.Role]*status.Facts{site.Primary: c.primary, site.Mirror: c.mirror} {
				if facts != nil {
					s := e.SQL[r].(*server)
					s.down, s.facts = nil, *facts
				}
			}
			for _, id := range []string{"F1", "F4b"} {
				gates := unmet(e.plan(t, id))
				g, fails := gates["no server with newer chat"]
				require.True(t, fails, id)
				require.Equal(t, c.phrase, g.Override)
				require.Contains(t, g.Do, c.do)
				require.NotContains(t, g.Do, c.not)
				require.NotContains(t, gates["no live primary"].Do, "stop SQL Server", "no remedy leads round the gate")
			}
		})
	}
}

// How long a server has been silent is not said of one that answers, and turns
// the console away.
func TestAServerThatTurnsTheConsoleAwayIsNotSilent(t *testing.T) {
	for came, says := range map[fault.Reach]string{
		fault.TurnedAway: "without an answer since", fault.Opened: "without an answer since", fault.NoAnswer: "silent since",
	} {
		for since, said := range map[time.Duration]bool{0: false, time.Minute: true} {
			s := standing{address: `SQL01\RTC`, life: status.Life{Verdict: status.Alive, Since: disaster.Add(-since)}, node: &status.Node{Sight: status.Sight{Reach: came}}}
			require.Equal(t, said, strings.Contains(s.says("mgc", disaster), says), "%s, %s", came, since)
		}
	}
}

func TestASecondLivePrincipalKeepsThePoolWhereItIs(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database.State = "ONLINE"
	require.NotContains(t, unmet(e.plan(t, "F5")), "one live database")
	e.primary.down = nil
	e.primary.facts.Database = status.Database{Exists: true, State: "ONLINE", Family: "F"}
	for _, mirrored := range []bool{true, false} {
		e.primary.facts.Mirroring.Configured = mirrored
		for _, id := range []string{"F5", "F7"} {
			g, ok := unmet(e.plan(t, id))["one live database"]
			require.True(t, ok, id)
			require.Equal(t, `use SQL11\RTC though SQL01\RTC lives too`, g.Override)
			require.Contains(t, g.Do, `on SQL01\RTC: `+status.TakeOffline("mgc", mirrored))
		}
	}
	require.Equal(t, "ALTER DATABASE [m]]gc] SET PARTNER OFF; ALTER DATABASE [m]]gc] SET OFFLINE WITH ROLLBACK IMMEDIATE", status.TakeOffline("m]gc", true))
	e.primary.facts.Database.Family = "another" // a rebuilt server's, which only shares the name
	require.NotContains(t, unmet(e.plan(t, "F7")), "one live database")
}

// What answers at the old primary's address and does not tell may serve chat.
func TestAPrimaryThatTakesConnectionsAndDoesNotTellKeepsThePoolWhereItIs(t *testing.T) {
	for _, came := range []fault.Reach{fault.Accepted, fault.NotUnderstood, fault.TurnedAway, fault.LoggedIn, fault.NoAnswer, fault.Closed} {
		e := newEstate(t)
		e.secondary.facts.Database.State = "ONLINE"
		e.primary.down = &fault.Error{Class: fault.Unreachable, Tried: "read the status", Target: `SQL01\RTC`, Reach: came}
		e.Life = nil // nobody probes: it is asked
		for _, id := range []string{"F5", "F7"} {
			g, fails := unmet(e.plan(t, id))["one live database"]
			require.Equal(t, came.Landed(), fails, "%s: %s", id, came)
			if fails {
				require.Equal(t, `use SQL11\RTC though SQL01\RTC may live too`, g.Override)
			}
		}
	}
}

// Whoever reaches the old primary while it tells the console nothing: it may serve
// chat. Of what nobody has had word since it fell silent, nothing is held up.
func TestAPrimaryThatSomebodyReachesKeepsThePoolWhereItIs(t *testing.T) {
	for name, c := range map[string]struct {
		life  status.Life
		after string // in the phrase; "": no gate
	}{
		"the places disagree":          {status.Life{Verdict: status.LifeUnknown, Disputed: true, Reached: "SQL11", Because: []string{"SQL11: the connection is accepted"}}, `SQL11 reaches SQL01\RTC`},
		"its partner sees it":          {status.Life{Verdict: status.Alive, Because: []string{"mirroring with it is SYNCHRONIZED"}}, `SQL01\RTC may live too`},
		"the witness sees one of two":  {status.Life{Verdict: status.LifeUnknown, Reached: `SQL03\RTC`, Because: []string{"1 server of the pair is connected to it"}}, `SQL01\RTC may live too`},
		"it has shipped since":         {status.Life{}.Against("the share: it began mgc_1.trn"), `SQL01\RTC may live too`},
		"it is dead":                   {status.Life{Verdict: status.Dead}, ""},
		"there is no second place":     {status.Life{Verdict: status.LifeUnknown, Lacks: "a second place"}, ""},
		"the verdict is not yet due":   {status.Life{Verdict: status.LifeUnknown, Forming: true}, ""},
		"a witness that does not tell": {status.Life{Verdict: status.LifeUnknown, Lacks: "it does not tell"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.secondary.facts.Database.State = "ONLINE"
			e.verdicts = map[site.Role]status.Life{site.Primary: c.life}
			for _, id := range []string{"F5", "F7"} {
				g, fails := unmet(e.plan(t, id))["one live database"]
				require.Equal(t, c.after != "", fails, id)
				if fails {
					require.Equal(t, `use SQL11\RTC though `+c.after, g.Override)
					require.NotEmpty(t, g.Do)
				}
				for _, because := range c.life.Because {
					require.Contains(t, g.Seen, because)
				}
			}
			unread := e.proven(t, "F7").Unread
			require.Equal(t, c.after != "", len(unread) == 1, "%v", unread)
		})
	}
}

// Before anything is decided on a death both places look again: what either sees
// otherwise than before ends the verdict, and so does a second place that cannot be
// asked any more.
func TestADeathIsSeenFromBothPlacesAtTheMomentOfTheDecision(t *testing.T) {
	silence := &fault.Error{Class: fault.Unreachable, Reach: fault.NoAnswer}
	for name, c := range map[string]struct {
		before, now fault.Reach
		errs        int    // answers of the second place that are errors
		says        string // "": it is dead
		reached     bool
	}{
		"nothing has changed":                  {fault.NoAnswer, fault.NoAnswer, 0, "", false},
		"no route now":                         {fault.NoAnswer, fault.NoRoute, 0, "", false},
		"one of its hosts does not answer":     {fault.NoAnswer, fault.NoAnswer, 1, "", false},
		"it gets a connection":                 {fault.NoAnswer, fault.Opened, 0, "SQL11, just now: the connection is accepted", true},
		"it was refused, and has a connection": {fault.Closed, fault.Opened, 0, "SQL11, just now: the connection is accepted", true},
		"the host is up":                       {fault.NoAnswer, fault.Closed, 0, "SQL11, just now: connection refused", false},
		"it cannot be asked any more":          {fault.NoAnswer, fault.NoAnswer, 2, "no second place, just now: ", false},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.Life = func(ctx context.Context, r site.Role) (status.Node, bool) {
				n, ok := e.probed(ctx, r)
				n.Sight.Reach, n.Second = fault.NoAnswer, status.Second{Place: "SQL11", Sight: status.Sight{Reach: c.before}}
				return n, ok
			}
			e.Knock = func(context.Context, site.Role) error { return silence }
			errs := 0
			e.Glance = func(context.Context, site.Role, time.Duration) (string, fault.Reach, error) {
				if errs++; errs <= c.errs {
					return "", "", silence
				}
				return "SQL11", c.now, nil
			}
			for _, id := range []string{"F1", "F4b"} {
				errs = 0
				g, fails := unmet(e.plan(t, id))["no live primary"]
				require.Equal(t, c.says != "", fails, "%s: %s", id, g.Seen)
				require.Contains(t, g.Seen, c.says)
			}
			errs, e.secondary.facts.Database.State = 0, "ONLINE"
			_, fails := unmet(e.plan(t, "F5"))["one live database"]
			require.Equal(t, c.reached, fails)
		})
	}
}

// A primary that answers without the live database is no dead one: what it
// holds is newer than any backup, unless it gave the tail of its log away.
func TestAPrimaryThatAnswersIsNotGivenUpWithoutAWord(t *testing.T) {
	for name, c := range map[string]struct {
		facts status.Facts
		do    string // "": the gate holds
	}{
		"taken offline":      {status.Facts{Sysadmin: true, Database: status.Database{Exists: true, State: "OFFLINE"}}, `bring mgc back on SQL01\RTC`},
		"it may be mirrored": {status.Facts{Database: status.Database{Exists: true, State: "RESTORING"}, Unread: []string{"mirroring: 229 denied"}}, `give the console's login on SQL01\RTC sysadmin`},
		"renamed":            {status.Facts{}, `bring mgc back on SQL01\RTC`},
		"a mirror now":       {status.Facts{Database: status.Database{Exists: true, State: "RESTORING"}, Mirroring: status.Mirroring{Configured: true, Role: "MIRROR", State: "DISCONNECTED"}}, "-NewPrincipal Primary"},
		"its tail is taken":  {status.Facts{Sysadmin: true, Database: status.Database{Exists: true, State: "RESTORING"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.primary.down, e.primary.facts = nil, c.facts
			for _, id := range []string{"F1", "F4b"} {
				g, fails := unmet(e.plan(t, id))["no server with newer chat"]
				require.Equal(t, c.do != "", fails, id)
				if fails {
					require.Contains(t, g.Do, c.do)
					require.Equal(t, `lose the chat that only SQL01\RTC has`, g.Override)
				}
			}
		})
	}
}
