package failover

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func TestTheWholeProcedureConverges(t *testing.T) {
	e := newEstate(t)
	for _, id := range []string{"F1", "F2", "F3", "F4a", "F4b", "F5a", "F5", "F7", "F6"} {
		require.Empty(t, unmet(e.plan(t, id)), id)
		_, err := e.run(t, id)
		require.NoError(t, err, id)
		require.True(t, e.proven(t, id).Holds, "%s: %s", id, e.proven(t, id).Says)
		again := e.plan(t, id)
		require.Empty(t, again.Actions, "%s has something left to do", id)
		require.NotEmpty(t, again.Already, id)
	}
	require.Equal(t, "ONLINE", e.secondary.facts.Database.State)
	require.Equal(t, number(5), e.secondary.facts.Database.RedoLSN, "the backup that was only on the share is applied")
	require.Equal(t, "FailedOver", e.shell.pool.State)
	require.Equal(t, []string{"chat11.litwareinc.com", "chat12.litwareinc.com"}, e.shell.pool.Active)
}

func TestALivePrimaryStopsTheFailoverUntilItIsAbandoned(t *testing.T) {
	e := newEstate(t)
	e.primary.down = nil
	e.primary.facts.Database = status.Database{Exists: true, State: "ONLINE"}
	for _, id := range []string{"F1", "F3", "F4b"} {
		g, ok := unmet(e.plan(t, id))["no live primary"]
		require.True(t, ok, id)
		require.Contains(t, g.Seen, `SQL01\RTC answers: mgc is ONLINE`)
		require.Equal(t, `abandon SQL01\RTC`, g.Override)
	}
	e.primary.facts.Database.State = "RESTORING" // it came back as a mirror
	require.NotContains(t, unmet(e.plan(t, "F1")), "no live primary")
}

func TestF1RemembersWhatItRemoves(t *testing.T) {
	e := newEstate(t)
	p := e.plan(t, "F1")
	require.Contains(t, p.Notes[1], "LSCopy")
	require.Contains(t, p.Notes[1], "LSRestore")
	_, err := e.run(t, "F1")
	require.NoError(t, err)
	require.Equal(t, fileName(4), e.remembered["last copied file"])
}

func TestF2CopiesOnlyWhatIsMissingAndCanStillBeNeeded(t *testing.T) {
	e := newEstate(t)
	old := e.shared("mgc_20261101000000.trn", chain.Header{First: number(0), Last: number(1)})
	e.folders.copied[3].Bytes-- // a copy that ended half-way
	_, err := e.run(t, "F2")
	require.NoError(t, err)
	var names []string
	for _, b := range e.folders.copied[4:] {
		names = append(names, b.Name)
	}
	require.Equal(t, []string{inventory.Alias(e.folders.share[3]), fileName(5)}, names, "the broken copy stays; what is old by its header is not copied")
	require.NotContains(t, names, old.Name)
}

// A backup whose name says that it is old may be the newest there is.
func TestF2CopiesWhatAWrongClockHasNamed(t *testing.T) {
	for name, wrong := range map[string]func(*estate) string{
		"the primary's clock was set back": func(e *estate) string {
			b := &e.folders.share[4]
			b.Name = "mgc_20261119024500.trn"
			return b.Name
		},
		"it was ahead, and has been set right": func(e *estate) string {
			e.secondary.applied = append(e.secondary.applied, chain.Header{File: "mgc_20270101000000.trn"})
			return fileName(5)
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			want := wrong(e)
			require.False(t, e.proven(t, "F2").Holds)
			_, err := e.run(t, "F2")
			require.NoError(t, err)
			require.Equal(t, want, e.folders.copied[len(e.folders.copied)-1].Name)
			require.True(t, e.proven(t, "F2").Holds)
		})
	}
}

func TestF2WithoutShareSaysWhatIsKnownAndWhatIsLost(t *testing.T) {
	e := newEstate(t)
	e.folders.shareErr = &fault.Error{Class: fault.Unreachable, Number: 53, Tried: "list", Text: "The network path was not found."}
	p := e.plan(t, "F2")
	g := unmet(p)["backup share readable"]
	require.Equal(t, withoutShare, g.Override)
	require.Contains(t, p.Loss, "unknown", "who cannot see the share cannot say how much is lost")
	require.Contains(t, fmt.Sprint(p.Notes), fileName(4))
	_, err := e.step(t, "F2").Verify(t.Context())
	require.ErrorIs(t, err, e.folders.shareErr)
	require.True(t, engine.IsLater(err), "that the share is away undoes nothing, and F4b asks")
	_, err = e.run(t, "F2")
	require.NoError(t, err)
	require.True(t, e.proven(t, "F2").Holds, "the decision is remembered")

	_, err = e.run(t, "F3")
	require.NoError(t, err)
	online := e.plan(t, "F4b")
	require.Equal(t, "lose chat after 2026-11-21 02:30:00 UTC", unmet(online)["nothing given up"].Override)
	require.Equal(t, `SQL11\RTC of litware`, online.Confirm, "what names the step does not change with the loss")
	require.Contains(t, online.Loss, `what \\FS01\LogShip holds beyond that is unknown`)
	require.Contains(t, online.Lost, `what only \\FS01\LogShip holds`)
}

func TestAShareThatHasComeBackIsGivenUpNoLonger(t *testing.T) {
	e := newEstate(t)
	e.folders.shareErr = &fault.Error{Class: fault.Unreachable, Number: 53, Tried: "list", Text: "The network path was not found."}
	for _, id := range []string{"F2", "F3"} {
		_, err := e.run(t, id)
		require.NoError(t, err)
	}
	require.Contains(t, unmet(e.plan(t, "F4b")), "nothing given up")
	e.folders.shareErr = nil
	require.Contains(t, unmet(e.plan(t, "F4b")), "all known backups applied")
	for _, id := range []string{"F2", "F3"} {
		_, err := e.run(t, id)
		require.NoError(t, err)
	}
	p := e.plan(t, "F4b")
	require.Equal(t, `SQL11\RTC of litware`, p.Confirm)
	require.NotContains(t, p.Loss, "given up")
}

func TestF2RefusesWhenTheCopyFolderHasNoRoom(t *testing.T) {
	e := newEstate(t)
	e.folders.free = 10
	g, ok := unmet(e.plan(t, "F2"))["room in the copy folder"]
	require.True(t, ok)
	require.Equal(t, "10 bytes free", g.Seen)
	e.folders.free = -1
	for _, g := range e.plan(t, "F2").Gates {
		require.NotContains(t, g.Seen, "-1", "what is not told is no number")
	}
}

func TestF3SetsBadFilesAsideByName(t *testing.T) {
	e := newEstate(t)
	add := func(name string, h chain.Header, err error) {
		path := copyFolder + `\` + name
		h.File = path
		e.secondary.files[path], e.secondary.unread[path] = h, err
		e.folders.copied = append(e.folders.copied, procedures.Backup{Name: name})
	}
	add("hr_20261121023000.trn", chain.Header{Type: 2, Database: "hr", First: number(3), Last: number(4)}, nil)
	add("mgc_20261121023100.trn", chain.Header{}, &fault.Error{Class: fault.Media, Number: 3241, Tried: "read header"})
	p := e.plan(t, "F3")
	notes := fmt.Sprint(p.Notes)
	require.Contains(t, notes, "set aside hr_20261121023000.trn")
	require.Contains(t, notes, "set aside mgc_20261121023100.trn")
	sent, err := e.run(t, "F3")
	require.NoError(t, err)
	require.Equal(t, []string{"restore " + fileName(4)}, sent)
}

func TestF3StopsBeforeAGapAndSaysWhichIntervalIsMissing(t *testing.T) {
	e := newEstate(t)
	e.folders.copied = append(e.folders.copied, e.backup(6), e.backup(7)) // 5 is missing
	e.folders.share = nil
	sent, err := e.run(t, "F3")
	require.Equal(t, []string{"restore " + fileName(4)}, sent)
	require.NoError(t, err)
	open := e.proven(t, "F3")
	require.False(t, open.Holds)
	require.True(t, open.Decide, "the next plan asks")
	require.Contains(t, open.Says, fileName(6))

	p := e.plan(t, "F3")
	g := unmet(p)["unbroken log chain"]
	require.Contains(t, g.Seen, number(4).String())
	require.NotEmpty(t, g.Override)
	require.NotEmpty(t, p.Loss)
	require.Equal(t, "lose "+fileName(6)+" and "+fileName(7), unmet(e.plan(t, "F4b"))["no backup left behind"].Override)
	_, err = e.run(t, "F3")
	require.NoError(t, err)
	proof := e.proven(t, "F3")
	require.True(t, proof.Holds)
	require.Len(t, proof.LeftBehind, 2)
	require.Contains(t, unmet(e.plan(t, "F4b")), "no backup left behind", "what was accepted at F3 is a loss at F4b all the same")

	e.folders.copied = append(e.folders.copied, e.backup(5)) // found after all
	sent, err = e.run(t, "F3")
	require.NoError(t, err)
	require.Equal(t, []string{"restore " + fileName(5), "restore " + fileName(6), "restore " + fileName(7)}, sent)
}

func TestF3EndsTheReadersOfAStandbyDatabaseFirst(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database.State, e.secondary.facts.Database.Standby = "ONLINE", true
	e.secondary.sessions = []status.Session{{ID: 61}, {ID: 5, System: true}, {ID: 62, Own: true}}
	sent, err := e.run(t, "F3")
	require.NoError(t, err)
	require.Equal(t, []string{"kill 61", "restore " + fileName(4)}, sent)
}

func TestF3ReadsHeadersAheadOfTheRestoreAndEachOnce(t *testing.T) {
	e := newEstate(t)
	e.folders.copied = nil
	for n := 4; n < 504; n++ {
		e.folders.copied = append(e.folders.copied, e.backup(n))
	}
	p := e.plan(t, "F3")
	require.Equal(t, 500, p.Total)
	require.Equal(t, window, len(p.Actions))
	require.Equal(t, window, len(e.secondary.reads), "the plan reads no more than one window")
	sent, err := e.run(t, "F3")
	require.NoError(t, err)
	require.Equal(t, 500, len(sent))
	require.Equal(t, 500, len(e.secondary.reads), "no header is read twice")
	require.True(t, e.proven(t, "F3").Holds)
	require.Equal(t, 500, len(e.secondary.reads), "the proof needs no second reading")
}

func TestF4aEndsNewcomersTooAndNeverTheConsoleOrTheSystem(t *testing.T) {
	e := newEstate(t)
	e.secondary.sessions = []status.Session{{ID: 61, Login: "svc"}, {ID: 5, System: true}, {ID: 62, Own: true}}
	e.secondary.comeback = 2
	sent, err := e.run(t, "F4a")
	require.NoError(t, err)
	require.Equal(t, []string{"kill 61", "kill 161", "kill 261"}, sent)
	require.Len(t, e.secondary.sessions, 2)
}

func TestF4aGivesUpOnAServiceThatAlwaysComesBack(t *testing.T) {
	e := newEstate(t)
	e.secondary.sessions = []status.Session{{ID: 61, Login: "svc", Host: "chat11", Program: "Persistent Chat"}}
	e.secondary.comeback = 10_000
	_, err := e.run(t, "F4a")
	require.True(t, fault.Is(err, fault.InUse))
	require.ErrorContains(t, err, "stop that program on chat11")
}

func TestF4bStatesTheLossAndWantsTheBackupsAppliedFirst(t *testing.T) {
	e := newEstate(t)
	require.Contains(t, unmet(e.plan(t, "F4b")), "all known backups applied")
	for _, id := range []string{"F1", "F2", "F3"} {
		_, err := e.run(t, id)
		require.NoError(t, err)
	}
	p := e.plan(t, "F4b")
	require.Empty(t, unmet(p))
	require.Equal(t, `SQL11\RTC of litware`, p.Confirm)
	require.Contains(t, p.Loss, "applied up to 2026-11-21 02:45:00 UTC")
	require.Contains(t, p.Loss, "15m 00s")
	require.Contains(t, fmt.Sprint(p.Notes), "mgccomp is not failed over")
	_, err := e.run(t, "F4b")
	require.NoError(t, err)
	require.Contains(t, e.proven(t, "F4b").Facts, engine.Fact{Name: engine.RecoveredTo, Value: "2026-11-21T02:45:00Z"})
}

func TestF6IsSkippedWhereThereIsNoSecondaryMirror(t *testing.T) {
	e := newEstate(t)
	e.Site.Instances = e.Site.Instances[:2]
	require.Equal(t, noMirror, e.plan(t, "F6").Skip)
}

func TestF7RefusesServersFarFromTheDatabase(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database.State = "ONLINE"
	e.ActiveServers = []string{"chat01.litwareinc.com", "chat11.litwareinc.com"}
	g := unmet(e.plan(t, "F7"))["active servers near the database"]
	require.Contains(t, g.Seen, "chat01.litwareinc.com")
	require.Empty(t, g.Override, "nobody may override it")
	e.Site.FastLinks = [][2]string{{"dc1", "dc2"}}
	require.Empty(t, unmet(e.plan(t, "F7")))
	_, err := e.run(t, "F7")
	require.NoError(t, err)
	require.Equal(t, e.ActiveServers, e.shell.pool.Active)
}

// What is named for F7 is the same server in whatever case and with blanks around it,
// once; what F7 would refuse is refused with its own way out.
func TestTheActiveServersThatSomebodyNames(t *testing.T) {
	chat := func(names ...string) []string { return names }
	for name, c := range map[string]struct {
		given, taken []string
		says, do     string
	}{
		"as they are":     {chat("chat11.litwareinc.com"), chat("chat11.litwareinc.com"), "", ""},
		"as people write": {chat("CHAT11.litwareinc.com", " chat11.LITWAREINC.com ", ""), chat("chat11.litwareinc.com"), "", ""},
		"far":             {chat("chat11.litwareinc.com", "Chat01.litwareinc.com"), nil, "far from the database: chat01.litwareinc.com (dc1)", "fast_links"},
		"unknown":         {chat("chat99.litwareinc.com", "chat11"), nil, "the site file has no chat server chat99.litwareinc.com, chat11", "chat_servers"},
		"none":            {chat(), nil, "no server is named", "leave it out"},
		"blanks":          {chat(" ", ""), nil, "no server is named", "leave it out"},
	} {
		e := newEstate(t)
		got, err := ActiveServers(e.Site, c.given)
		require.Equal(t, c.taken, got, name)
		if c.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.says, name)
		require.ErrorContains(t, err, c.do, name)
		require.NotContains(t, strings.ReplaceAll(err.Error(), c.do, ""), "fast_links", name)
	}
}

func TestASecondaryThatDoesNotAnswerIsAnErrorNotAPlan(t *testing.T) {
	e := newEstate(t)
	e.secondary.down = &fault.Error{Class: fault.Timeout, Tried: "read the status", Target: `SQL11\RTC`}
	for _, id := range []string{"F1", "F2", "F3", "F4a", "F4b"} {
		_, err := e.step(t, id).Plan(t.Context())
		require.True(t, fault.Is(err, fault.Timeout), id)
		_, err = e.step(t, id).Verify(t.Context())
		require.Error(t, err, id)
	}
}

// Whether the list of procedures offers a failover rests on what is known of each
// server, and says what is not.
func TestWhetherAFailoverAppliesIsSaidWithWhatIsNotKnown(t *testing.T) {
	e := newEstate(t)
	p, err := New(e.Estate)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change  func(primary, secondary *status.Node)
		applies bool
		why     string
	}{
		"the primary is dead":           {func(*status.Node, *status.Node) {}, true, "the secondary is restoring"},
		"the primary may live":          {func(p, _ *status.Node) { p.Life.Verdict = status.LifeUnknown }, true, `whether SQL01\RTC lives is not known`},
		"its partner says that it does": {func(p, _ *status.Node) { p.Life.Verdict = status.Alive }, false, "and lives"},
		"it serves": {func(p, _ *status.Node) {
			p.Reachable, p.Facts.Database = true, status.Database{Exists: true, State: "ONLINE"}
		}, false, "second primary"},
		"it answers without":      {func(p, _ *status.Node) { p.Reachable = true }, true, `SQL01\RTC answers with mgc missing`},
		"the secondary is silent": {func(_, s *status.Node) { s.Reachable = false }, false, "what it holds is not known"},
		"it was failed over":      {func(_, s *status.Node) { s.Facts.Database.State = "ONLINE" }, true, "online on"},
	} {
		s := &status.Snapshot{Nodes: []status.Node{
			{Role: site.Primary, Address: `SQL01\RTC`, Asked: disaster, Life: status.Life{Verdict: status.Dead}},
			{Role: site.Secondary, Address: `SQL11\RTC`, Asked: disaster, Answered: disaster, Reachable: true, Facts: e.secondary.facts},
		}}
		c.change(&s.Nodes[0], &s.Nodes[1])
		ok, why := p.Applies(s)
		require.Equal(t, c.applies, ok, "%s: %s", name, why)
		require.Contains(t, why, c.why, name)
	}
}

func TestAnAmountOfBytesIsReadable(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 7309: "7.1 KB", 500_000_000_000: "465.7 GB", 1 << 50: "1024.0 TB"} {
		require.Equal(t, want, sized(bytes))
	}
	require.Equal(t, "at least 5 bytes", bytesOf([]procedures.Copying{{Backup: procedures.Backup{Bytes: 5}}, {Backup: procedures.Backup{Bytes: -1}}}))
}
