package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// One state has one word. A server that merely turns the console away is not
// called down, and neither is one that nobody has proved dead.
func TestTheWordOfAServer(t *testing.T) {
	up := func(d Database, m Mirroring) Node {
		return Node{Role: site.Primary, Asked: now, Answered: now, Reachable: true, Facts: Facts{Database: d, Mirroring: m}}
	}
	lost := func(c fault.Class, v Verdict) Node {
		return Node{Role: site.Primary, Asked: now, Err: &fault.Error{Class: c}, Life: Life{Verdict: v}}
	}
	online := Database{Exists: true, State: "ONLINE"}
	for word, n := range map[string]Node{
		"ASKING":           {Role: site.Primary},
		"DOWN":             lost(fault.Unreachable, Dead),
		"NO ANSWER":        lost(fault.Unreachable, LifeUnknown),
		"NO LOGIN":         lost(fault.Login, LifeUnknown),
		"NO SECRET":        lost(fault.Config, LifeUnknown),
		"NO RIGHT":         lost(fault.Permission, Alive),
		"CERTIFICATE":      lost(fault.Certificate, LifeUnknown),
		"NOT SPOKEN":       {Role: site.Primary, Asked: now, Err: &fault.Error{Class: fault.Unreachable, Reach: fault.NotUnderstood}},
		"ERROR":            lost(fault.Other, LifeUnknown),
		"ONLINE":           up(online, Mirroring{}),
		"PRINCIPAL":        up(online, Mirroring{Configured: true, Role: "PRINCIPAL"}),
		"MIRROR":           up(Database{Exists: true, State: "RESTORING"}, Mirroring{Configured: true, Role: "MIRROR"}),
		"STANDBY":          up(Database{Exists: true, State: "ONLINE", Standby: true}, Mirroring{}),
		"RESTORING":        up(Database{Exists: true, State: "RESTORING"}, Mirroring{}),
		"NO DATABASE":      up(Database{}, Mirroring{}),
		"OF UNKNOWN STATE": up(Database{Exists: true}, Mirroring{}),
	} {
		require.Equal(t, word, n.Word())
	}
	mirror := Node{Role: site.SecondaryMirror, Asked: now, Reachable: true}
	require.Equal(t, "NO MIRROR", mirror.Word())
	witness := Node{Role: site.Witness, Asked: now, Reachable: true}
	require.Equal(t, "UP", witness.Word())
}

// What answers and does not tell is said, whatever it wants. A server that is
// silent is another matter.
func TestWhatCouldNotBeLearnedIsSaid(t *testing.T) {
	type trouble struct {
		class fault.Class
		reach fault.Reach
	}
	for c, blind := range map[trouble]bool{
		{fault.Login, fault.TurnedAway}: true, {fault.Permission, ""}: true, {fault.Config, ""}: true, {fault.Certificate, ""}: true,
		{fault.Access, ""}: true, {fault.Cmdlet, ""}: true, {fault.State, ""}: true, {fault.Other, ""}: true, {fault.NotFound, ""}: true,
		{fault.Unreachable, fault.NotUnderstood}: true, {fault.Unreachable, fault.NoName}: true,
		{fault.Timeout, fault.Accepted}: true, {fault.Timeout, fault.LoggedIn}: true, {fault.Lost, fault.Accepted}: true,
		{fault.Unreachable, fault.NoRoute}: false, {fault.Unreachable, fault.NoAnswer}: false, {fault.Unreachable, fault.Closed}: false,
		{fault.Unreachable, ""}: false, {fault.Timeout, ""}: false, {fault.Lost, ""}: false,
	} {
		err := &fault.Error{Class: c.class, Reach: c.reach, Do: "mend it"}
		silent := &fault.Error{Class: fault.Unreachable, Reach: fault.NoAnswer}
		for where, s := range map[string]*Snapshot{
			`SQL11\RTC`:                       {Nodes: []Node{{Address: `SQL11\RTC`, Asked: now, Err: err}}},
			`SQL01\RTC from the second place`: {Nodes: []Node{{Address: `SQL01\RTC`, Asked: now, Err: silent, Second: Second{Err: err}}}},
			"pool pchat.litware":              {Pool: Pool{FQDN: "pchat.litware", Asked: now, Err: err}},
			"backup share":                    {Share: Share{Err: err}},
			"copy folder":                     {Share: Share{CopyErr: err}},
		} {
			found := Blinds(s)
			require.Equal(t, blind, len(found) == 1, "%v at %s", c, where)
			if blind {
				require.Equal(t, where, found[0].What)
				require.Equal(t, "mend it", found[0].Do)
			}
		}
		require.Empty(t, Blinds(&Snapshot{Nodes: []Node{{Asked: now, Err: err, Life: Life{Verdict: Dead}}}}), "the dead tell nothing")
	}
	half := &Snapshot{Nodes: []Node{{Address: `SQL11\RTC`, Reachable: true, Facts: Facts{Sysadmin: true, Unread: []string{"jobs: 229 SELECT denied"}}}}}
	require.Contains(t, Blinds(half)[0].Why, "jobs: 229")
	half.Nodes[0].Facts = Facts{}
	require.Contains(t, Blinds(half)[0].Why, "not sysadmin")
}
