package failover

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// mirrored is an estate whose failover is finished, mirror and all.
func mirrored(t *testing.T) *estate {
	t.Helper()
	e := newEstate(t)
	e.secondary.facts.Database.State = "ONLINE"
	e.shell.after()
	return e
}

// The Management Shell is told of, and decides nothing: after a failover its
// cmdlet may look at the dead pair, or not answer at all.
func TestAHealthyMirrorIsNotMadeAgainWhateverTheManagementShellSays(t *testing.T) {
	silent := &fault.Error{Class: fault.Unreachable, Tried: "reach FE11", Target: "FE11", Text: "no answer"}
	for name, wrong := range map[string]func(*estate){
		"it reports the primary pair": func(e *estate) {
			e.shell.sides = []status.MirrorSide{{Database: "mgc", StateOnPrimary: "DatabaseInaccessibleOrMirroringNotEnabled", StateOnMirror: "DatabaseInaccessibleOrMirroringNotEnabled"}}
		},
		"it has no row":          func(e *estate) { e.shell.sides = nil },
		"the host is silent":     func(e *estate) { e.shell.sidesErr, e.shell.poolErr = silent, silent },
		"one reply was lost":     func(e *estate) { e.shell.sidesErr = &fault.Error{Class: fault.Lost, Tried: "read"} },
		"the cmdlet is refused":  func(e *estate) { e.shell.sidesErr = &fault.Error{Class: fault.Cmdlet, Tried: "read"} },
		"the cmdlet takes a lot": func(e *estate) { e.shell.sidesErr = &fault.Error{Class: fault.Timeout, Tried: "read"} },
	} {
		t.Run(name, func(t *testing.T) {
			e := mirrored(t)
			wrong(e)
			p := e.plan(t, "F6")
			require.Empty(t, p.Actions)
			require.Contains(t, p.Already, "has caught up")
			require.True(t, e.proven(t, "F6").Holds)
		})
	}
}

func TestF6HasNoPlanWhereAPartnerDoesNotSayWhetherItMirrors(t *testing.T) {
	for name, wrong := range map[string]func(*estate){
		"the mirror is silent":           func(e *estate) { e.mirror.down = &fault.Error{Class: fault.Timeout, Tried: "read"} },
		"the new primary is silent":      func(e *estate) { e.secondary.down = &fault.Error{Class: fault.Lost, Tried: "read"} },
		"the login there is no sysadmin": func(e *estate) { e.mirror.facts = status.Facts{Database: e.mirror.facts.Database} },
		"nor does it show the database":  func(e *estate) { e.mirror.facts = status.Facts{} },
		"the login here is no sysadmin": func(e *estate) {
			e.secondary.facts.Sysadmin, e.secondary.facts.Mirroring = false, status.Mirroring{}
		},
		"whether the cmdlet still runs is unknown": func(e *estate) {
			e.secondary.facts.Mirroring, e.mirror.facts.Mirroring = status.Mirroring{}, status.Mirroring{}
			e.shell.underway = &fault.Error{Class: fault.Unreachable, Tried: "ask for the job"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := mirrored(t)
			wrong(e)
			_, err := e.step(t, "F6").Plan(t.Context())
			require.Error(t, err)
		})
	}
}

// Install-CsMirrorDatabase drops first and fails later at a principal that it
// cannot use.
func TestF6DropsNothingForAPrincipalThatTakesNoConnections(t *testing.T) {
	for _, access := range []string{"SINGLE_USER", "RESTRICTED_USER", ""} {
		e := newEstate(t)
		e.secondary.facts.Database.State, e.secondary.facts.Database.UserAccess = "ONLINE", access
		g, ok := unmet(e.plan(t, "F6"))["user access of mgc"]
		require.True(t, ok, access)
		require.Empty(t, g.Override)
	}
}

// What lies on the mirror is dropped for a phrase that names it and its state.
func TestF6DropsADatabaseOnlyForAPhraseThatNamesIt(t *testing.T) {
	other := func(role, state string) status.Mirroring {
		return status.Mirroring{Configured: true, Session: "other", Role: role, State: state, Partner: "TCP://sql99.litwareinc.com:5022"}
	}
	for name, c := range map[string]struct {
		there  status.Facts
		phrase string
	}{
		"a leftover": {
			status.Facts{Database: status.Database{Exists: true, State: "RESTORING"}},
			`drop mgc on SQL12\RTC, RESTORING, fork 6f1c2d3e`,
		},
		"somebody's live database": {
			status.Facts{Database: status.Database{Exists: true, State: "ONLINE"}},
			`drop mgc on SQL12\RTC, ONLINE, fork 6f1c2d3e, which may hold the newer chat`,
		},
		"a live database of another family": {
			status.Facts{Database: status.Database{Exists: true, State: "ONLINE", Family: "other"}},
			`drop mgc on SQL12\RTC, ONLINE, fork 6f1c2d3e`,
		},
		"a standby": {
			status.Facts{Database: status.Database{Exists: true, State: "ONLINE", Standby: true}},
			`drop mgc on SQL12\RTC, STANDBY, fork 6f1c2d3e`,
		},
		"the principal of another pair": {
			status.Facts{Database: status.Database{Exists: true, State: "ONLINE"}, Mirroring: other("PRINCIPAL", "SYNCHRONIZED")},
			`drop mgc on SQL12\RTC, ONLINE, fork 6f1c2d3e, PRINCIPAL SYNCHRONIZED with TCP://sql99.litwareinc.com:5022, which may hold the newer chat`,
		},
		"the mirror of another pair": {
			status.Facts{Database: status.Database{Exists: true, State: "RESTORING"}, Mirroring: other("MIRROR", "DISCONNECTED")},
			`drop mgc on SQL12\RTC, RESTORING, fork 6f1c2d3e, MIRROR DISCONNECTED with TCP://sql99.litwareinc.com:5022`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.secondary.facts.Database.State = "ONLINE"
			c.there.Sysadmin, c.there.Database.Fork = true, "6F1C2D3E-0000-4000-8000-000000000001"
			e.mirror.facts = c.there
			p := e.plan(t, "F6")
			require.Equal(t, c.phrase, unmet(p)[`no mgc on SQL12\RTC`].Override)
			require.Contains(t, p.Loss, "is dropped")
			require.Equal(t, strings.Contains(c.phrase, "newer"), strings.Contains(p.Loss, "nobody can tell which is newer"))
			require.Equal(t, `SQL12\RTC of litware`, p.Confirm, "what confirms the step does not confirm the loss")
		})
	}
}

// What this incident's own cmdlet has left half made is made anew, and nobody has to
// agree to its loss: it is a copy of the new primary. All else is somebody's.
func TestF6MakesItsOwnHalfMadeMirrorAnew(t *testing.T) {
	const fork, another = "11551664-0000-4000-8000-000000000001", "6F1C2D3E-0000-4000-8000-000000000001"
	restoring := status.Database{Exists: true, State: "RESTORING", RedoFork: fork}
	with := func(f func(*status.Facts)) status.Facts {
		facts := status.Facts{Sysadmin: true, Database: restoring}
		f(&facts)
		return facts
	}
	same := func(*status.Facts) {}
	untold := with(func(f *status.Facts) { f.Database.RedoFork = "" })
	for name, c := range map[string]struct {
		there  status.Facts
		here   string
		begun  bool
		before string // what the record says of the time when it was begun
		rec    string // the fork that F4b has kept on record
		own    bool
	}{
		"its own":                            {with(same), fork, true, nothingThere, "", true},
		"its own, by an older record":        {with(same), fork, true, "", "", true},
		"its own, told otherwise":            {with(func(f *status.Facts) { f.Database.RedoFork, f.Database.Fork = "", strings.ToLower(fork) }), fork, true, nothingThere, "", true},
		"this incident has made none":        {with(same), fork, false, "", "", false},
		"of another line":                    {with(func(f *status.Facts) { f.Database.RedoFork = another }), fork, true, nothingThere, "", false},
		"of the line before the failover":    {with(same), another, true, nothingThere, "", false},
		"its line is not told":               {untold, fork, true, nothingThere, "", true},
		"nor what was there before":          {untold, fork, true, "", "", false},
		"another was there before":           {untold, fork, true, "RESTORING, fork 6f1c2d3e at LSN 34000000012300001", "", true},
		"the same was there before":          {untold, fork, true, "RESTORING, fork not told", "", false},
		"not told, and none was made":        {untold, fork, false, nothingThere, "", false},
		"not told, and being restored":       {with(func(f *status.Facts) { f.Database.RedoFork, f.Restoring = "", &status.Request{} }), fork, true, nothingThere, "", false},
		"not told, nor whether it is":        {with(func(f *status.Facts) { f.Database.RedoFork, f.Unread = "", []string{"request: 1222"} }), fork, true, nothingThere, "", false},
		"not told, and online":               {with(func(f *status.Facts) { f.Database.RedoFork, f.Database.State = "", "ONLINE" }), fork, true, nothingThere, "", false},
		"the new primary's line is not told": {with(same), "", true, nothingThere, "", true},
		"but F4b has it on record":           {with(same), "", true, "", fork, true},
		"and F4b has another on record":      {with(same), "", true, nothingThere, another, false},
		"neither is told":                    {untold, "", true, nothingThere, "", true},
		"neither is told, nor on record":     {untold, "", true, "", "", false},
		"somebody brought it online":         {with(func(f *status.Facts) { f.Database.State, f.Database.Fork = "ONLINE", fork }), fork, true, nothingThere, "", false},
		"a standby":                          {with(func(f *status.Facts) { f.Database.State, f.Database.Standby = "ONLINE", true }), fork, true, nothingThere, "", false},
		"suspect":                            {with(func(f *status.Facts) { f.Database.State = "SUSPECT" }), fork, true, nothingThere, "", false},
		"in a session with somebody": {with(func(f *status.Facts) {
			f.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR", State: "DISCONNECTED", Partner: "TCP://sql99.litwareinc.com:5022"}
		}), fork, true, nothingThere, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.secondary.facts.Database.State, e.secondary.facts.Database.Fork = "ONLINE", c.here
			e.mirror.facts = c.there
			if c.begun {
				e.remembered[engine.Begun("F6")] = "2026-11-21T03:00:00Z"
			}
			e.remembered[mirrorBefore], e.remembered[recoveredFork] = c.before, c.rec
			p := e.plan(t, "F6")
			_, asked := unmet(p)[`no mgc on SQL12\RTC`]
			require.Equal(t, c.own, !asked)
			require.Equal(t, c.own, len(p.Lost) == 0)
			require.Len(t, p.Actions, 1)
			require.Equal(t, `SQL12\RTC of litware`, p.Confirm)
		})
	}
}

// What lies on the mirror is on record before F6 begins anything: a leftover that was
// dropped by its phrase is known from what has come in its place.
func TestF6PutsOnRecordWhatItFindsOnTheMirror(t *testing.T) {
	for name, c := range map[string]struct{ there, want string }{
		"nothing":    {"", nothingThere},
		"a leftover": {"RESTORING", "RESTORING, fork not told"},
	} {
		e := newEstate(t)
		e.secondary.facts.Database.State = "ONLINE"
		e.mirror.facts.Database = status.Database{Exists: c.there != "", State: c.there}
		_, err := e.run(t, "F6")
		require.NoError(t, err, name)
		require.Equal(t, c.want, e.remembered[mirrorBefore], name)
	}
}

// A confirmation that was given for one database is none for another that came
// into its place.
func TestF6TellsApartDatabasesOfOneNameAndState(t *testing.T) {
	lsn := func(n uint64) (l chain.LSN) { l, _ = chain.ParseLSN(strconv.FormatUint(n, 10)); return l }
	seen := map[string]bool{}
	for name, d := range map[string]status.Database{
		"online":               {State: "ONLINE", Fork: "6F1C2D3E-0000-4000-8000-000000000001"},
		"recovered since":      {State: "ONLINE", Fork: "7A1C2D3E-0000-4000-8000-000000000001"},
		"its identity unknown": {State: "ONLINE"},
		"restoring":            {State: "RESTORING", RedoFork: "6F1C2D3E-0000-4000-8000-000000000001", RedoLSN: lsn(34000000012300001)},
		"restored further":     {State: "RESTORING", RedoFork: "6F1C2D3E-0000-4000-8000-000000000001", RedoLSN: lsn(35000000012300001)},
	} {
		e := newEstate(t)
		e.secondary.facts.Database.State = "ONLINE"
		d.Exists = true
		e.mirror.facts = status.Facts{Sysadmin: true, Database: d}
		p := e.plan(t, "F6")
		phrase := unmet(p)[`no mgc on SQL12\RTC`].Override
		require.NotEmpty(t, phrase, name)
		require.False(t, seen[phrase] || seen[p.Lost[0]], "%s: %s", name, phrase)
		seen[phrase], seen[p.Lost[0]] = true, true
	}
}

// While the mirror is being made there is a database on it: that is no leftover.
func TestF6FollowsTheCmdletThatRuns(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database.State = "ONLINE"
	e.mirror.facts.Database = status.Database{Exists: true, State: "RESTORING"}
	e.shell.underway = engine.ErrUnderway
	p := e.plan(t, "F6")
	require.Empty(t, unmet(p))
	require.Empty(t, p.Loss)
	_, err := e.run(t, "F6")
	require.NoError(t, err)
	require.False(t, e.shell.dropped)
}

// A session that exists is mended: a new one cannot be made beside it.
func TestF6MakesNoMirrorWhereThereIsASession(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*estate)
		says   string
	}{
		"suspended":    {func(e *estate) { e.secondary.facts.Mirroring.State = "SUSPENDED" }, "SET PARTNER RESUME"},
		"disconnected": {func(e *estate) { e.secondary.facts.Mirroring.State = "DISCONNECTED" }, "be reached"},
		"the other way round, suspended": {func(e *estate) {
			turned(e)
			e.mirror.facts.Mirroring.State = "SUSPENDED"
		}, `on SQL12\RTC: ALTER DATABASE mgc SET PARTNER RESUME`},
		"the other way round, and nobody serves": {func(e *estate) {
			turned(e)
			e.mirror.facts.Database.State = "RESTORING"
		}, `lost for good, make SQL11\RTC the principal`},
		"with somebody else": {func(e *estate) { e.mirror.facts.Mirroring.Session = "other" }, "SET PARTNER OFF"},
		"with nobody there":  {func(e *estate) { e.mirror.facts = status.Facts{Sysadmin: true} }, "SET PARTNER OFF"},
	} {
		t.Run(name, func(t *testing.T) {
			e := mirrored(t)
			c.change(e)
			p := e.plan(t, "F6")
			require.Empty(t, p.Actions)
			g := unmet(p)["mirroring of mgc"]
			require.Contains(t, g.Do, c.says)
			require.Empty(t, g.Override)
			require.False(t, e.proven(t, "F6").Holds)
		})
	}
}

func TestF6SaysWhetherTheMirrorHasCaughtUp(t *testing.T) {
	e := mirrored(t)
	require.Contains(t, e.proven(t, "F6").Says, "has caught up: SYNCHRONIZED")
	e.secondary.facts.Mirroring.State, e.secondary.facts.Mirroring.SendQueueKB = "SYNCHRONIZING", 2048
	p := e.proven(t, "F6")
	require.True(t, p.Holds)
	require.Contains(t, p.Says, "has not caught up yet: SYNCHRONIZING, 2048 KB to send")
	for name, kb := range map[string]int64{"not told": -1, "not counted yet": 0} {
		e.secondary.facts.Mirroring.SendQueueKB = kb
		says := e.proven(t, "F6").Says
		require.Contains(t, says, "has not caught up yet: SYNCHRONIZING", name)
		require.NotContains(t, says, "to send", name)
	}
}

// The cmdlets act on the topology's stores, whatever the site file says.
func TestTheTopologysStoresAreTheSiteFiles(t *testing.T) {
	for step, gate := range map[string]string{"F5": "backup store of the topology", "F6": "mirror of the backup store of the topology"} {
		for name, c := range map[string]struct {
			stores *status.Stores
			phrase string
		}{
			"not told": {nil, map[string]string{"F5": `the backup store is SQL11\RTC`, "F6": `the mirror of the backup store is SQL12\RTC`}[step]},
			"another": {&status.Stores{
				Backup: status.Store{FQDN: "sql77.litwareinc.com", Instance: "RTC"}, BackupMirror: status.Store{FQDN: "sql77.litwareinc.com", Instance: "RTC"},
			}, `sql77.litwareinc.com\RTC is ` + map[string]string{"F5": `SQL11\RTC`, "F6": `SQL12\RTC`}[step]},
			"each other's": {&status.Stores{
				Backup: status.Store{FQDN: "sql12.litwareinc.com", Instance: "RTC"}, BackupMirror: status.Store{FQDN: "sql11.litwareinc.com", Instance: "RTC"},
			}, ""},
			"none": {&status.Stores{}, ""},
		} {
			t.Run(step+" "+name, func(t *testing.T) {
				e := newEstate(t)
				e.secondary.facts.Database.State = "ONLINE"
				e.shell.pool.Stores = c.stores
				g, ok := unmet(e.plan(t, step))[gate]
				require.True(t, ok)
				require.Equal(t, c.phrase, g.Override)
			})
		}
	}
}

func TestF1IsNotDoneWhereTheServerDoesNotTellOfLogShipping(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Secondary = nil
	e.secondary.facts.Unread = []string{"secondary: 1222 Lock request time out period exceeded."}
	_, err := e.step(t, "F1").Plan(t.Context())
	require.ErrorContains(t, err, "1222")
	_, err = e.step(t, "F1").Verify(t.Context())
	require.ErrorContains(t, err, "1222")
}

// turned changes the roles of the pair of the second data centre.
func turned(e *estate) {
	e.secondary.facts.Mirroring.Role, e.mirror.facts.Mirroring.Role = "MIRROR", "PRINCIPAL"
	e.secondary.facts.Database.State, e.mirror.facts.Database.State = "RESTORING", "ONLINE"
}

// While the roles change, the two may be read at different moments: they are read again.
func TestPartnersThatAreReadInBetweenAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := mirrored(t)
		turned(e)
		e.mirror.facts.Mirroring.Role = "MIRROR"
		time.AfterFunc(time.Second/2, func() {
			e.mirror.mu.Lock()
			defer e.mirror.mu.Unlock()
			e.mirror.facts.Mirroring.Role = "PRINCIPAL"
		})
		p := e.proven(t, "F6")
		require.True(t, p.Holds, p.Says)
		require.Contains(t, p.Says, `SQL12\RTC has taken over from it`)
	})
}
