package mgmt

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func TestThePoolIsReadWhateverTheLogin(t *testing.T) {
	for name, change := range map[string]func(*site.Host, *wsman.Server){
		"sealed NTLM over http": nil,
		"NTLM inside TLS":       overTLS(t, site.AuthNTLM),
		"Basic inside TLS":      overTLS(t, site.AuthBasic),
	} {
		t.Run(name, func(t *testing.T) {
			s := shellOn(t, fast(), newMachine(t, newEstate(t), "FE11", change))
			got, err := s.Pool(t.Context())
			require.NoError(t, err)
			require.Equal(t, "service:"+pool, got.Identity)
			require.Equal(t, "Normal", got.State)
			require.Equal(t, []string{"chat01.litwareinc.com"}, got.Active)
			require.Equal(t, []string{"chat11.litwareinc.com"}, got.Idle)
			require.Equal(t, "FE11", got.Host)

			sides, err := s.MirrorState(t.Context())
			require.NoError(t, err)
			require.Equal(t, []status.MirrorSide{{Database: "mgc", StateOnPrimary: "Principal", StateOnMirror: "Mirror", StatusOnPrimary: "synchronized", StatusOnMirror: "synchronized"}}, sides)
		})
	}
}

func TestManyCallsShareTheConnectionsOfAHost(t *testing.T) {
	s := shellOn(t, fast(), newMachine(t, newEstate(t), "FE11", nil))
	var calls sync.WaitGroup
	for range 12 {
		calls.Go(func() {
			got, err := s.Pool(t.Context())
			if err != nil || got.State != "Normal" {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	calls.Wait()
}

func TestAHostThatHasForgottenTheLoginIsLoggedInAgain(t *testing.T) {
	m := newMachine(t, newEstate(t), "FE11", nil)
	s := shellOn(t, fast(), m)
	for range 3 {
		_, err := s.Pool(t.Context())
		require.NoError(t, err)
		m.door.set(true)
		m.door.set(false)
	}
}

func TestAModuleThatIsNotInstalledIsSaid(t *testing.T) {
	m := newMachine(t, newEstate(t), "FE11", nil)
	s := shellOn(t, fast(), m)
	s.module = "Lync"
	_, err := s.Pool(t.Context())
	require.Equal(t, fault.NotFound, fault.ClassOf(err))
	require.ErrorContains(t, err, "Lync")
	require.ErrorContains(t, err, "install the Management Shell")
}

func TestTheFirstManagementHostThatAnswersIsUsed(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	s := shellOn(t, fast(), one, two)
	read := func() string {
		got, err := s.Pool(t.Context())
		require.NoError(t, err)
		return got.Host
	}
	require.Equal(t, "FE01", read())
	one.door.set(true)
	require.Equal(t, "FE11", read())
	one.door.set(false)
	require.Equal(t, "FE11", read(), "the one that answered last is asked first")
	two.door.set(true)
	one.door.set(true)
	_, err := s.Pool(t.Context())
	require.Equal(t, fault.Unreachable, fault.ClassOf(err))
	require.ErrorContains(t, err, "FE01")
	require.ErrorContains(t, err, "FE11")
}

func TestARefusedLoginIsNotTriedOnTheNextHost(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	one.site.Credential.User = `LITWARE\nobody`
	_, err := shellOn(t, fast(), one, two).Pool(t.Context())
	require.Equal(t, fault.Login, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "FE01")
}

func TestASiteWithoutManagementHostSaysSo(t *testing.T) {
	_, err := shellOn(t, fast()).Pool(t.Context())
	require.Equal(t, fault.Config, fault.ClassOf(err))
	err = shellOn(t, fast()).SetPoolState(thePool, "Normal").Do(t.Context(), &reporter{})
	require.Equal(t, fault.Config, fault.ClassOf(err))
}

func TestThePoolStateIsSetByAJob(t *testing.T) {
	e := newEstate(t)
	s := shellOn(t, fast(), newMachine(t, e, "FE11", nil))
	a := s.SetPoolState(thePool, "FailedOver")
	require.Equal(t, []string{
		`Set-CsPersistentChatState -Identity 'service:pchat.litwareinc.com' -PoolState 'FailedOver' -Confirm:$false`,
		`# only if that identity is refused and nothing has changed: Set-CsPersistentChatState -Identity 'PersistentChatServer:pchat.litwareinc.com' -PoolState 'FailedOver' -Confirm:$false`,
	}, strings.Split(a.Text, "\n"))
	require.Equal(t, "FE11", a.Target)
	r := &reporter{}
	require.NoError(t, a.Do(t.Context(), r))
	_, state := e.PoolState()
	require.Equal(t, "FailedOver", state)
	require.Contains(t, r.facts["job"], "on FE11")
}

func TestTheActiveServersAreReplacedOrCleared(t *testing.T) {
	e := newEstate(t)
	s := shellOn(t, fast(), newMachine(t, e, "FE11", nil))
	want := []string{"chat11.litwareinc.com", "chat12.litwareinc.com"}
	a := s.SetActiveServers(thePool, want)
	require.Contains(t, a.Text, `@{Replace='chat11.litwareinc.com','chat12.litwareinc.com'}`)
	require.NoError(t, a.Do(t.Context(), &reporter{}))
	active, _ := e.Servers()
	require.Equal(t, want, active)

	a = s.SetActiveServers(thePool, nil)
	require.Contains(t, a.Text, `-ActiveServers $null`)
	require.NoError(t, a.Do(t.Context(), &reporter{}))
	active, _ = e.Servers()
	require.Empty(t, active)

	require.NoError(t, s.SetActiveServers(thePool, want).Do(t.Context(), &reporter{}))
	active, _ = e.Servers()
	require.Equal(t, want, active, "the same again is done again, not taken for done")
}

func TestACmdletsOwnWordsComeBackAndTheStepCanBeRunAgain(t *testing.T) {
	e := newEstate(t)
	s := shellOn(t, fast(), newMachine(t, e, "FE11", nil))
	e.refuse = &windows.CmdletError{Message: "Access is denied to the central store.", ID: "AccessDenied", Category: "PermissionDenied"}
	a := s.SetPoolState(thePool, "FailedOver")
	err := a.Do(t.Context(), &reporter{})
	require.Equal(t, fault.Permission, fault.ClassOf(err))
	require.ErrorContains(t, err, "Access is denied to the central store.")
	require.ErrorContains(t, err, "RTCUniversalServerAdmins")

	took, err := a.Settle(t.Context())
	require.NoError(t, err)
	require.False(t, took)

	e.mu.Lock()
	e.refuse = nil
	e.mu.Unlock()
	require.NoError(t, a.Do(t.Context(), &reporter{}), "the right has been granted meanwhile")
	took, err = a.Settle(t.Context())
	require.NoError(t, err)
	require.True(t, took)
}

func TestAWrongRunAsPasswordIsSentOnce(t *testing.T) {
	m := newMachine(t, newEstate(t), "FE11", nil)
	m.site.RunAs = site.Credential{User: `LITWARE\svc-jobs`, Source: site.FromPrompt}
	err := shellOn(t, fast(), m).SetPoolState(thePool, "FailedOver").Do(t.Context(), &reporter{})
	require.Equal(t, fault.Login, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "1326")
	require.NotContains(t, err.Error(), password)
}

// mirroring are the parameters of F6.
var mirroring = procedures.Mirroring{
	Pool:      pool,
	Principal: site.Instance{Label: `SQL11\RTC`, FQDN: "sql11.litwareinc.com", Name: "RTC"},
	Mirror:    site.Instance{Label: `SQL12\RTC`, FQDN: "sql12.litwareinc.com", Name: "RTC"},
	FileShare: share, DropExisting: true,
}

func TestAMirrorIsInstalledThoughTheConnectionIsLost(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	a := shellOn(t, fast(), m).InstallMirror(mirroring)
	r := &reporter{}
	r.onLine = func(line string) {
		switch {
		case line == "Database Name: mgc":
			m.door.set(true)
		case strings.HasPrefix(line, "no answer from FE11"):
			m.server.CloseShells()
			m.door.set(false)
		case strings.HasPrefix(line, "FE11 answers again"):
			close(e.finish)
		}
	}
	require.NoError(t, a.Do(t.Context(), r))
	require.Equal(t, []windows.Mirror{{SQLServerFQDN: "sql11.litwareinc.com", Instance: "RTC", FileShare: share, DropExisting: true}}, e.installed)
	require.Equal(t, 1, strings.Count("\n"+r.log(), "\nDatabase Name: mgc"), "no line of the log is shown twice")
	require.Contains(t, r.log(), "REPORT: Database Name: mgc", "what the cmdlet leaves out on the screen is in its report")
}

func TestAConsoleThatIsStartedAgainFollowsTheSameJob(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	ctx, cancel := context.WithCancel(t.Context())
	first := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			cancel()
		}
	}}
	err := shellOn(t, fast(), m).InstallMirror(mirroring).Do(ctx, first)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)

	again := mirroring
	again.DropExisting = !mirroring.DropExisting // the database that the job has made there is seen now
	second := shellOn(t, fast(), m).InstallMirror(again)
	took, err := second.Settle(t.Context())
	require.ErrorIs(t, err, engine.ErrUnderway, "it still runs")
	require.ErrorContains(t, err, "is still running")
	require.ErrorContains(t, err, "verify again")
	require.False(t, took)
	close(e.finish)
	r := &reporter{}
	require.NoError(t, second.Do(t.Context(), r))
	require.Len(t, e.installed, 1, "the mirror was installed once")
	require.Contains(t, r.log(), "was started before")
	took, err = second.Settle(t.Context())
	require.NoError(t, err)
	require.True(t, took)
}

func TestAnotherManagementHostsJobIsFound(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	one.door.set(true)
	ctx, cancel := context.WithCancel(t.Context())
	started := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			cancel()
		}
	}}
	require.Error(t, shellOn(t, fast(), one, two).InstallMirror(mirroring).Do(ctx, started))
	require.Contains(t, started.facts["job"], "on FE11")

	one.door.set(false)
	close(e.finish)
	next := shellOn(t, fast(), one, two).InstallMirror(mirroring)
	require.Eventually(t, func() bool {
		took, err := next.Settle(t.Context())
		return err == nil && took
	}, 2*time.Minute, time.Millisecond)
	require.Len(t, e.installed, 1)
}

func TestAJobThatIsKilledWithItsHostIsUnknown(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	a := shellOn(t, fast(), m).InstallMirror(mirroring)
	r := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			m.PowerOff()
			m.PowerOn()
		}
	}}
	err := a.Do(t.Context(), r)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.Empty(t, e.installed)

	close(e.finish)
	require.NoError(t, a.Do(t.Context(), &reporter{}), "running the step again starts it anew")
	require.Len(t, e.installed, 1)
}

func TestPatienceWithASilentHostEnds(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	o := fast()
	o.Patience = 50 * time.Millisecond
	r := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			m.door.set(true)
		}
	}}
	err := shellOn(t, o, m).InstallMirror(mirroring).Do(t.Context(), r)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "has not answered")
	require.ErrorContains(t, err, "run the step again")
}

func TestAJobCanBeStopped(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	s := shellOn(t, fast(), m)
	stopper := s.hosts.All()[0]
	var once sync.Once
	r := &reporter{}
	r.onLine = func(line string) {
		if line != "Database Name: mgc" {
			return
		}
		once.Do(func() {
			id, _, _ := strings.Cut(r.facts["job"], " ")
			stopped, err := stopper.StopJob(context.Background(), id)
			if err != nil || !stopped {
				t.Errorf("%v %v", stopped, err)
			}
		})
	}
	err := s.InstallMirror(mirroring).Do(t.Context(), r)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.Empty(t, e.installed)
}

var _ engine.Reporter = (*reporter)(nil)
