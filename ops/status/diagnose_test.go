package status

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

func codes(found []Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, f.Code)
	}
	return out
}

func TestAHealthySiteHasNoFinding(t *testing.T) {
	require.Equal(t, []Finding{}, Diagnose(healthy(), litware(), now), "an empty list, not none: scripts read it")
}

func TestASiteThatWasNeverPolledHasNoFinding(t *testing.T) {
	s := &Snapshot{}
	for _, i := range litware().Instances {
		s.Nodes = append(s.Nodes, Node{Role: i.Role, Address: i.Label})
	}
	require.Empty(t, Diagnose(s, litware(), now))
}

// A silent server bears one word, in the findings too.
func TestASilentServerHasOneWord(t *testing.T) {
	s := healthy()
	silence(s, site.Primary, site.Mirror, site.Witness)
	for life, word := range map[*Life]string{{Verdict: Dead}: Down, {Verdict: LifeUnknown}: NoAnswer, {Verdict: LifeUnknown, Disputed: true}: Disputed, {Verdict: Alive}: NoAnswer} {
		s.Node(site.Witness).Life = *life
		found := codesLike(s, "node-unreachable")
		require.Len(t, found, 1)
		require.Equal(t, word, found[0].Title)
		require.Equal(t, s.Node(site.Witness).Word(), found[0].Title)
	}
}

// A database that is missing where it was restored is looked for while nobody serves
// it; beside a primary that does, it is made anew.
func TestADatabaseThatIsMissingIsLookedForWhereNobodyServesIt(t *testing.T) {
	s := healthy()
	at, err := chain.ParseLSN("100")
	require.NoError(t, err)
	s.Node(site.Secondary).Facts.Database = Database{Restored: Restored{Last: at}}
	found := codesLike(s, "database-missing")
	require.Len(t, found, 1)
	require.Contains(t, found[0].Do, "setting up log shipping with initialisation does")
	require.Equal(t, "ship-primary", found[0].Key)

	silence(s, site.Primary, site.Mirror, site.Witness)
	for _, code := range []string{"database-missing", "primary-site-lost"} {
		found := codesLike(s, code)
		require.Len(t, found, 1, code)
		require.Contains(t, found[0].Do, "if it bears another name, give it its own back", code)
		require.Contains(t, found[0].Do, "all chat since is in it alone", code)
		require.NotContains(t, found[0].Do, "initialisation", code)
		require.NotEqual(t, "ship-primary", found[0].Key, code)
	}
}

// Beside the live database of data centre 2, a server that somebody reaches and that
// tells nothing may take chat that nobody sees. One of which nobody has had word does not.
func TestASilentServerThatSomebodyReachesIsCriticalBesideALiveDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		life Life
		code string
	}{
		"the places disagree":       {Life{Verdict: LifeUnknown, Disputed: true, Reached: "SQL11", Because: []string{"SQL11: the connection is accepted"}}, "life-disputed"},
		"its witness sees it":       {Life{Verdict: Alive, Because: []string{"2 servers of the pair are connected"}}, "life-disputed"},
		"it accepts, and is silent": {Life{Verdict: LifeUnknown, Reached: "the console", Because: []string{"the console: the connection is accepted"}}, "life-unknown"},
		"it has shipped since":      {Life{}.Against("the share: it began mgc_1.trn"), "life-unknown"},
		"it is dead":                {Life{Verdict: Dead}, ""},
		"nobody can be asked":       {Life{Verdict: LifeUnknown}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			s.Pool.State = "FailedOver"
			silence(s, site.Primary, site.Mirror)
			s.Node(site.Primary).Life = c.life
			s.Node(site.Secondary).Facts.Database = Database{Exists: true, State: "ONLINE"}
			found := slices.DeleteFunc(Diagnose(s, litware(), now), func(f Finding) bool { return !strings.HasPrefix(f.Code, "life-") })
			if c.code == "" {
				require.Empty(t, found)
				return
			}
			require.Equal(t, []string{c.code}, codes(found))
			require.Equal(t, Critical, found[0].Severity)
			require.Equal(t, `SQL01\RTC`, found[0].Subject)
			require.Contains(t, found[0].Why, c.life.Because[0])
			require.Contains(t, found[0].Do, "SET OFFLINE")
		})
	}
}

// Each case changes the healthy site and names every finding that must follow,
// in order, with words of the evidence of the first.
func TestSituationsOfTheSites(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Snapshot)
		want   []string
		why    string
	}{
		"data centre 1 is gone": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror, site.Witness)
		}, []string{"primary-site-lost", "node-unreachable"}, `SQL01\RTC has not answered for 2m 0s (9 attempts)`},
		"only the witness is left of it": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror)
		}, []string{"primary-site-lost"}, `the witness SQL03\RTC still answers, so dc1 is not gone`},
		"the primary refuses the login, so it is not lost": {func(s *Snapshot) {
			silence(s, site.Mirror)
			refuse(s, fault.Login, site.Primary)
		}, []string{"no-login", "node-unreachable"}, "no route to host"},
		"the mirror's certificate is refused, so it is not lost": {func(s *Snapshot) {
			silence(s, site.Primary)
			refuse(s, fault.Certificate, site.Mirror)
		}, []string{"no-login", "node-unreachable"}, `cannot log in to SQL02\RTC`},
		"nobody knows whether the primary lives": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror)
			s.Node(site.Primary).Life = Life{Because: []string{"the console: connection refused"}, Lacks: "30s are wanted"}
		}, []string{"life-unknown", "node-unreachable"}, `the console: connection refused; missing for a verdict: 30s are wanted`},
		"of the attempts there is one figure": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror)
			n := s.Node(site.Primary)
			n.Failures, n.Sight.Attempts = 2, 5
			n.Life = Life{Because: []string{"the console: no answer to SYN, 5 attempts in 10s"}}
		}, []string{"life-unknown", "node-unreachable"}, `SQL01\RTC has not answered for 2m 0s; SQL01\RTC: the console: no answer to SYN, 5 attempts in 10s`},
		"nobody knows whether the mirror lives": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror)
			s.Node(site.Mirror).Life = Life{Verdict: LifeUnknown}
		}, []string{"life-unknown", "node-unreachable"}, `SQL02\RTC has not answered`},
		"the places disagree about the primary": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror)
			s.Node(site.Primary).Life = Life{Disputed: true, Because: []string{"the console: no answer to SYN", "SQL11: the connection was accepted"}}
		}, []string{"life-disputed", "node-unreachable"}, `SQL11: the connection was accepted`},
		"the mirror says that the primary lives": {func(s *Snapshot) {
			silence(s, site.Primary)
			s.Node(site.Primary).Life = Life{Verdict: Alive, Because: []string{`SQL02\RTC: mirroring with it is SYNCHRONIZED`}}
		}, []string{"node-unreachable"}, "and yet it lives: SQL02"},
		"nothing answers": {func(s *Snapshot) {
			silence(s, site.Primary, site.Mirror, site.Secondary)
		}, []string{"all-unreachable"}, `SQL11\RTC has not answered`},
		"the mirror took over": {func(s *Snapshot) {
			silence(s, site.Primary)
			m := s.Node(site.Mirror)
			m.Facts.Database.State, m.Facts.Mirroring.Role, m.Facts.Mirroring.State = "ONLINE", "PRINCIPAL", "DISCONNECTED"
			m.Facts.Primary = shippingPrimary()
		}, []string{"mirror-took-over", "mirror-disconnected"}, `SQL02\RTC has the database ONLINE as principal; SQL01\RTC has not answered`},
		"primary down, mirror still mirror": {func(s *Snapshot) {
			silence(s, site.Primary)
			s.Node(site.Mirror).Facts.Mirroring.State = "DISCONNECTED"
		}, []string{"primary-down-mirror-up"}, `SQL02\RTC is RESTORING`},
		"both sides of the mirror wait": {func(s *Snapshot) {
			s.Node(site.Primary).Facts.Database.State = "RESTORING"
		}, []string{"no-principal"}, `SQL01\RTC RESTORING, SQL02\RTC RESTORING, SQL11\RTC RESTORING`},
		"the secondary was brought online beside the primary": {func(s *Snapshot) {
			s.Node(site.Secondary).Facts.Database.State = "ONLINE"
		}, []string{"two-live-principals"}, `SQL01\RTC and on SQL11\RTC`},
		"both partners are principals": {func(s *Snapshot) {
			s.Node(site.Mirror).Facts.Database.State = "ONLINE"
			s.Node(site.Mirror).Facts.Mirroring.Role = "PRINCIPAL"
		}, []string{"two-live-principals"}, `SQL02\RTC`},
		"a rebuilt primary holds another database of that name": {func(s *Snapshot) {
			*s = *failedOver()
			p := healthy().Node(site.Primary)
			p.Facts.Database.Family, p.Facts.Mirroring, p.Facts.Primary = "another", Mirroring{}, nil
			*s.Node(site.Primary) = *p
		}, []string{"secondary-online", "node-unreachable"}, `SQL11\RTC has the database ONLINE`},
		"failed over": {func(s *Snapshot) {
			*s = *failedOver()
		}, []string{"secondary-online", "node-unreachable", "pool-failed-over"}, `SQL02\RTC has not answered`},
		"online, but the pool does not know yet": {func(s *Snapshot) {
			*s = *failedOver()
			s.Pool.State = "Normal"
		}, []string{"pool-mismatch", "secondary-online", "node-unreachable"}, "the pool state is Normal"},
		"a standby secondary is no live principal": {func(s *Snapshot) {
			d := &s.Node(site.Secondary).Facts.Database
			d.State, d.Standby = "ONLINE", true
		}, []string{}, ""},
		"old facts of a live primary prove nothing": {func(s *Snapshot) {
			s.Node(site.Secondary).Facts.Database.State = "ONLINE"
			s.Node(site.Primary).Answered = now.Add(-time.Minute)
		}, []string{"pool-mismatch", "secondary-online", "stale-facts", "active-servers-elsewhere"}, `SQL01\RTC unknown`},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			c.change(s)
			found := Diagnose(s, litware(), now)
			require.Equal(t, c.want, ignoreNoMirror(found))
			if c.why != "" {
				require.Contains(t, found[0].Why, c.why)
			}
		})
	}
}

// ignoreNoMirror leaves out the finding that follows wherever a secondary is
// live without its mirror; TestSituationsOfMirroring has it.
func ignoreNoMirror(found []Finding) []string {
	out := []string{}
	for _, c := range codes(found) {
		if c != "no-mirror" {
			out = append(out, c)
		}
	}
	return out
}

func TestFindingsComeMostSevereFirstAndInAStableOrder(t *testing.T) {
	s := failedOver()
	s.Pool.State, s.Pool.Active = "Normal", nil
	s.Node(site.Secondary).Facts.Agent.State = "stopped"
	estate := litware()
	estate.Instances[0].Trust.Any = true
	want := Diagnose(s, estate, now)
	order := map[Severity]int{Critical: 0, Warning: 1, Info: 2}
	for i := 1; i < len(want); i++ {
		require.LessOrEqual(t, order[want[i-1].Severity], order[want[i].Severity])
	}
	require.Equal(t, "pool-mismatch", want[0].Code)
	require.Equal(t, "certificate-any", want[len(want)-1].Code)
	for range 10 {
		require.Equal(t, want, Diagnose(s, estate, now))
	}
}

func TestAServersWordsAreHarmlessInAFinding(t *testing.T) {
	s := healthy()
	j := &s.Node(site.Secondary).Facts.Secondary.CopyJob
	j.Outcome, j.Message = "failed", "denied\x1b]0;owned\x07\r\n"+strings.Repeat("x", 10_000)
	found := Diagnose(s, litware(), now)
	require.Equal(t, []string{"job-failed"}, codes(found))
	require.NotContains(t, found[0].Why, "\x1b")
	require.NotContains(t, found[0].Why, "\n")
	require.Less(t, len(found[0].Why), 500)
}

func TestEverySituationIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/findings.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| (critical|warning|info) \\|").FindAllStringSubmatch(string(page), -1)
	documented := map[string]string{}
	for _, r := range rows {
		documented[r[1]] = r[2]
	}
	inCode := map[string]string{}
	for _, s := range situations {
		require.NotContains(t, inCode, s.code, "a code names one situation")
		inCode[s.code] = string(s.severity)
	}
	require.Equal(t, inCode, documented)
}
