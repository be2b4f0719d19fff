package shipmirror

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// paired is a site that ships its log from the principal of a pair that has caught up.
func paired() ends {
	e := configured()
	e.primary.Database = status.Database{Exists: true, State: "ONLINE"}
	e.primary.Mirroring = status.Mirroring{Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED", Safety: "FULL"}
	e.mirror.Database = status.Database{Exists: true, State: "RESTORING"}
	e.mirror.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR", State: "SYNCHRONIZED", Safety: "FULL"}
	e.secondary.Database = status.Database{Exists: true, State: "RESTORING"}
	for _, f := range []*status.Facts{&e.primary, &e.mirror, &e.secondary} {
		f.Sysadmin = true
	}
	return e
}

// Waiting is a remedy only where something is under way.
func TestWhatKeepsAServerFromBeingPrincipalHasARemedyOfItsOwn(t *testing.T) {
	mirrored := status.Mirroring{Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED", Safety: "FULL"}
	in := func(state string) status.Database { return status.Database{Exists: true, State: state} }
	with := func(change func(*status.Mirroring)) status.Mirroring {
		m := mirrored
		change(&m)
		return m
	}
	const wait = "wait until the partner has caught up"
	m := litware()
	for name, c := range map[string]struct {
		d       status.Database
		m       status.Mirroring
		blind   bool
		do      string
		waiting bool
	}{
		"there is none":              {status.Database{}, status.Mirroring{}, false, `what became of mgc on SQL01\RTC`, false},
		"it is offline":              {in("OFFLINE"), status.Mirroring{}, false, "ALTER DATABASE [mgc] SET ONLINE", false},
		"it is suspect":              {in("SUSPECT"), mirrored, false, "error log", false},
		"it waits for recovery":      {in("RECOVERY_PENDING"), status.Mirroring{}, false, "error log", false},
		"it is recovering":           {in("RECOVERING"), mirrored, false, "has recovered mgc", false},
		"nobody may see":             {in("ONLINE"), status.Mirroring{}, true, "sysadmin", false},
		"it waits alone":             {in("RESTORING"), status.Mirroring{}, false, "no partner", false},
		"it serves alone":            {in("ONLINE"), status.Mirroring{}, false, "Install-CsMirrorDatabase", false},
		"it is suspended":            {in("ONLINE"), with(func(m *status.Mirroring) { m.State = "SUSPENDED" }), false, "SET PARTNER RESUME", false},
		"the partner is away":        {in("ONLINE"), with(func(m *status.Mirroring) { m.State = "DISCONNECTED" }), false, "endpoints", false},
		"the roles are changing":     {in("ONLINE"), with(func(m *status.Mirroring) { m.State = "PENDING_FAILOVER" }), false, "change of roles has ended", false},
		"it catches up":              {in("ONLINE"), with(func(m *status.Mirroring) { m.State = "SYNCHRONIZING" }), false, wait, true},
		"it is the mirror":           {in("RESTORING"), with(func(m *status.Mirroring) { m.Role = "MIRROR" }), false, "is the mirror", false},
		"it waits for nobody's word": {in("ONLINE"), with(func(m *status.Mirroring) { m.Safety = "OFF" }), false, "SAFETY FULL", true},
	} {
		g := m.synchronised(m.primary, status.Facts{Database: c.d, Mirroring: c.m, Sysadmin: !c.blind}, paired())
		require.False(t, g.Holds, name)
		require.Contains(t, g.Do, c.do, name)
		if !c.waiting {
			require.NotContains(t, g.Do, wait, name)
		}
	}
	require.True(t, m.synchronised(m.primary, paired().primary, paired()).Holds)
}

// After a failover the chat is neither on the primary nor on the mirror, whatever
// these two are to each other.
func TestWhereTheChatIsTheServersTell(t *testing.T) {
	m := litware()
	for name, c := range map[string]struct {
		change func(*ends)
		says   string
	}{
		"as it should be":    {func(*ends) {}, `the chat runs on SQL01\RTC`},
		"between M1 and M22": {func(e *ends) { e.primary, e.mirror = e.mirror, e.primary }, `the chat runs on the mirror SQL02\RTC`},
		"it was failed over": {func(e *ends) { e.secondary.Database.State = "ONLINE" }, `mgc is ONLINE on SQL11\RTC`},
		"it was failed over from the mirror": {func(e *ends) {
			e.primary, e.mirror = e.mirror, e.primary
			e.secondary.Database.State = "ONLINE"
		}, `mgc is ONLINE on SQL11\RTC`},
		"nobody has it": {func(e *ends) { e.primary.Database.State = "OFFLINE" }, "neither of the two serves the chat"},
	} {
		e := paired()
		c.change(&e)
		require.Contains(t, m.where(e), c.says, name)
		if e.secondary.Database.Online() {
			require.NotContains(t, m.where(e), "the chat runs", name)
			require.Contains(t, m.shipped(e).Do, "leave it as it is", name)
			require.NotContains(t, m.shipped(e).Do, "ship-primary", name)
			require.Contains(t, m.synchronised(m.mirror, e.mirror, e).Do, "leave it as it is", name)
		}
	}
}

func TestWhetherTheMirrorHasAnythingToBeSetUp(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	m := litware()
	for name, c := range map[string]struct {
		change  func(*ends)
		lose    func(*status.Node)
		applies bool
		why     string
	}{
		"it is open":            {func(e *ends) { e.mirror.Primary = nil }, nil, true, "lets the mirror do so too"},
		"it was failed over":    {func(e *ends) { e.secondary.Database.State = "ONLINE" }, nil, false, "looks like a failover"},
		"the primary ships not": {func(e *ends) { e.primary.Primary = nil }, nil, false, "ships no log yet"},
		"nobody has the chat":   {func(e *ends) { e.primary.Database.State = "OFFLINE" }, nil, false, "neither of the two serves"},
		"the login sees little": {func(e *ends) { e.mirror.Sysadmin = false }, nil, false, "not sysadmin"},
		"a part was not told":   {func(e *ends) { e.primary.Unread = []string{"primary: 229 denied"} }, nil, false, "does not tell what log shipping"},
		"the mirror is dead":    {func(*ends) {}, func(n *status.Node) { n.Reachable, n.Life.Verdict = false, status.Dead }, false, `SQL02\RTC is DOWN`},
		"the mirror is silent":  {func(*ends) {}, func(n *status.Node) { n.Reachable = false }, false, "not known"},
	} {
		e := paired()
		c.change(&e)
		s := &status.Snapshot{Taken: at}
		for r, f := range map[site.Role]status.Facts{site.Primary: e.primary, site.Mirror: e.mirror, site.Secondary: e.secondary} {
			s.Nodes = append(s.Nodes, status.Node{Role: r, Address: f.ServerName, Reachable: true, Asked: at, Answered: at, Facts: f})
		}
		if c.lose != nil {
			c.lose(s.Node(site.Mirror))
		}
		ok, why := m.applies(s)
		require.Equal(t, c.applies, ok, "%s: %s", name, why)
		require.Contains(t, why, c.why, name)
	}
}
