package mgmt

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// left begins to install the mirror in another incident, on another machine,
// and ends that console while the job goes on.
func left(t *testing.T, machines ...*machine) string {
	t.Helper()
	o := fast()
	o.Token, o.By = "inc0", "alice on jump01"
	ctx, cancel := context.WithCancel(t.Context())
	r := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			cancel()
		}
	}}
	err := shellOn(t, o, machines...).InstallMirror(mirroring).Do(ctx, r)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	return r.facts["job"]
}

// installing runs the step's action in this incident until a line is logged,
// and lets the mirror be finished then.
func installing(t *testing.T, e *estate, m procedures.Mirroring, machines ...*machine) *reporter {
	t.Helper()
	r := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			close(e.finish)
		}
	}}
	require.NoError(t, shellOn(t, fast(), machines...).InstallMirror(m).Do(t.Context(), r))
	return r
}

func TestAMirrorThatAnotherIncidentInstallsIsNotInstalledTwice(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	job := left(t, two, one)
	require.Contains(t, job, "on FE11")

	again := mirroring
	again.DropExisting = false
	again.Principal.Label, again.Mirror.Label = "primary in dc2", "mirror in dc2" // another site file
	r := installing(t, e, again, one, two)
	require.Len(t, e.installed, 1)
	require.Equal(t, job, r.facts["job"], "the journal names the job that is followed")
	require.Contains(t, r.log(), "Install-CsMirrorDatabase was started before, on FE11 at ")
	require.Contains(t, r.log(), " UTC by alice on jump01, and is still running: following that job instead of starting a second")
	require.Contains(t, r.log(), "in the Task Scheduler of FE11")
	require.Contains(t, r.log(), "Database Name: mgc", "its log is shown from its first line")
}

func TestWhetherTheMirrorIsInstalledIsNotDecidedWhileAnotherIncidentsJobRuns(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	left(t, m)
	a := shellOn(t, fast(), m).InstallMirror(mirroring)
	took, err := a.Settle(t.Context())
	require.ErrorIs(t, err, engine.ErrUnderway)
	require.False(t, took)
	close(e.finish)
	r := &reporter{}
	require.NoError(t, a.Do(t.Context(), r), "running the step follows it to its end")
	require.Len(t, e.installed, 1)
	require.Contains(t, r.log(), "Install-CsMirrorDatabase was started before, on FE11 at ")
	require.Contains(t, r.log(), " UTC by alice on jump01, and is ", "whose job it is does not depend on who met it first")
	require.NotContains(t, r.log(), "a time that is not known")
}

func TestAnotherMirrorOrOneThatWasInstalledBeforeIsNoReasonToWait(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	var ahead atomic.Int64
	m.Tick = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	left(t, m)
	other := mirroring
	other.Principal.FQDN = "sql21.litwareinc.com"
	installing(t, e, other, m)
	require.Eventually(t, func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return len(e.installed) == 2
	}, 2*time.Minute, time.Millisecond, "both end")
	ahead.Store(int64(2 * time.Minute))
	e.finish = make(chan struct{})
	installing(t, e, mirroring, m)
	require.Len(t, e.installed, 3)
}

// Another console's cmdlet ends between the plan and its being sent. What it was
// planned for is done; a second one would begin by dropping it.
func TestAMirrorThatHasJustBeenInstalledIsNotInstalledAgain(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	planned := shellOn(t, fast(), one, two).InstallMirror(mirroring)
	job := left(t, two)
	close(e.finish)
	require.Eventually(t, func() bool { return e.count() == 1 }, 2*time.Minute, time.Millisecond)
	r := &reporter{}
	require.NoError(t, planned.Do(t.Context(), r))
	require.Equal(t, 1, e.count())
	require.Equal(t, job, r.facts["job"])
	require.Contains(t, r.log(), "by alice on jump01, and is done since")
}

// What had ended before this console came to drive may be undone since: its plan
// knows better.
func TestACmdletThatEndedBeforeIsNotTakenForThisOne(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE01", nil)
	left(t, m)
	close(e.finish)
	require.Eventually(t, func() bool { return e.count() == 1 }, 2*time.Minute, time.Millisecond)
	s := shellOn(t, fast(), m)
	s.hosts.Fence(t.Context())
	require.NoError(t, s.InstallMirror(mirroring).Do(t.Context(), &reporter{}))
	require.Equal(t, 2, e.count())
}

func TestAManagementHostThatCannotBeAskedIsTold(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	one.door.set(true)
	r := installing(t, e, mirroring, one, two)
	require.Len(t, e.installed, 1)
	require.Contains(t, r.log(), "FE01 does not answer: whether another console's Install-CsMirrorDatabase still runs there is not known")
}

// A job's id becomes part of the next request, and its words are shown.
func TestAJobThatHasNoUsableNameIsNotFollowed(t *testing.T) {
	for _, job := range []string{`{"id":"../x"}`, `{"id":"x","by":"\u001b[2J"}`} {
		odd := received(`{"ok":true,"jobs":[`+job+`]}`, "", 0)
		p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, odd) }))
		h := p.host(t, nil)
		o := Options{Secret: secrets, Token: "inc1"}
		s := &site.Site{Hosts: []site.Host{h.site}}
		hosts := NewHosts(s, site.Management, o)
		t.Cleanup(hosts.Close)
		err := NewShell(s, hosts, o).InstallMirror(mirroring).Do(t.Context(), &reporter{})
		require.ErrorContains(t, err, "unexpected answer", job)
		require.NotContains(t, err.Error(), "\x1b")
		require.Equal(t, 1, p.count(runs), "nothing is started")
	}
}
