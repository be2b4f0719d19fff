package probe

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// watch runs a prober for some time and gives every snapshot.
func watch(t *testing.T, p *Prober, d time.Duration) []*status.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	done := make(chan struct{})
	go func() { p.Run(ctx); close(done) }()
	var seen []*status.Snapshot
	for s := range p.Updates() {
		seen = append(seen, s)
	}
	<-done
	return seen
}

func TestFiveInstancesAnswerInOneRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, _, from := litware()
		started := time.Now()
		s := New(estate, from, time.Now).Once(t.Context())
		require.Equal(t, 80*time.Millisecond, time.Since(started))
		for _, r := range roles {
			n := s.Node(r)
			require.True(t, n.Reachable, r)
			require.Equal(t, "ONLINE", n.Facts.Database.State)
			require.Equal(t, 80*time.Millisecond, n.RoundTrip)
			require.WithinDuration(t, time.Now(), n.Answered, 0)
		}
	})
}

func TestAServerThatDoesNotAnswerKeepsItsLastFacts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		p := New(estate, from, time.Now)
		before := *p.Once(t.Context()).Node(site.Primary)
		time.Sleep(time.Minute)
		servers[site.Primary].set(func(s *server) { s.delay = time.Hour })
		asked := time.Now()
		p.Once(t.Context())
		s := p.Once(t.Context())
		n := s.Node(site.Primary)
		require.False(t, n.Reachable)
		require.Equal(t, fault.Timeout, n.Err.Class)
		require.Equal(t, "primary", n.Err.Target)
		require.Equal(t, before.Facts, n.Facts)
		require.Equal(t, before.Answered, n.Answered, "the age of the facts goes on")
		require.WithinDuration(t, asked, n.Silent, 0, "silent since the first attempt that failed")
		require.Equal(t, 2, n.Failures)
		require.True(t, s.Node(site.Secondary).Reachable)

		servers[site.Primary].set(func(s *server) { s.delay, s.state = time.Millisecond, "RESTORING" })
		n = p.Once(t.Context()).Node(site.Primary)
		require.True(t, n.Reachable)
		require.Equal(t, "RESTORING", n.Facts.Database.State)
		require.Zero(t, n.Failures)
		require.True(t, n.Silent.IsZero())
		require.Nil(t, n.Err)
	})
}

func TestAServerThatIgnoresItsDeadlineBlocksNobodyAndIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		deaf := make(chan struct{})
		servers[site.Mirror].set(func(s *server) { s.deaf = deaf })
		p := New(estate, from, time.Now)
		time.AfterFunc(2*time.Minute, func() {
			servers[site.Mirror].set(func(s *server) { s.deaf = nil })
			close(deaf)
		})
		seen := watch(t, p, 4*time.Minute)
		require.Equal(t, 1, servers[site.Mirror].at, "calls never pile up")
		require.Greater(t, servers[site.Primary].times(), 45, "the others are polled at their pace")
		var silent, back bool
		for _, s := range seen {
			n := s.Node(site.Mirror)
			silent = silent || n.Failures > 1 && n.Err.Class == fault.Timeout
			back = back || silent && n.Reachable
		}
		require.True(t, silent, "it is shown as not answering")
		require.True(t, back, "it is seen again once it answers")
	})
}

func TestRunEndsOnlyWhenNoCallIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		deaf := make(chan struct{})
		servers[site.Mirror].set(func(s *server) { s.deaf = deaf })
		time.AfterFunc(time.Minute, func() { close(deaf) })
		started := time.Now()
		watch(t, New(estate, from, time.Now), time.Second)
		require.Equal(t, time.Minute, time.Since(started))
		require.Zero(t, servers[site.Mirror].now)
	})
}

func TestPausesGrowAfterFailuresUpToABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		down := servers[site.Primary]
		down.set(func(s *server) { s.delay, s.err = 0, errors.New("connection refused") })
		watch(t, New(estate, from, time.Now), 2*time.Minute)
		var pauses []time.Duration
		for i := 1; i < len(down.asked); i++ {
			pauses = append(pauses, down.asked[i].Sub(down.asked[i-1]))
		}
		s := time.Second
		require.Equal(t, []time.Duration{5 * s, 10 * s, 20 * s, 30 * s, 30 * s}, pauses)
	})
}

func TestPollNowEndsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		down := servers[site.Primary]
		down.set(func(s *server) { s.delay, s.err = 0, errors.New("connection refused") })
		p := New(estate, from, time.Now)
		time.AfterFunc(40*time.Second, p.Poll) // in the pause from 35 s to 65 s
		watch(t, p, time.Minute)
		require.Equal(t, 40*time.Second, down.asked[4].Sub(down.asked[0]))
	})
}

func TestARefusedLoginIsNotTriedAgainUntilSomebodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		refused := servers[site.Primary]
		refused.set(func(s *server) { s.err = &fault.Error{Class: fault.Login, Number: 18456} })
		p := New(estate, from, time.Now)
		time.AfterFunc(30*time.Minute, func() {
			if refused.times() != 1 {
				t.Errorf("tried %d times in half an hour", refused.times())
			}
			refused.set(func(s *server) { s.err = nil })
			p.Poll()
		})
		seen := watch(t, p, time.Hour)
		require.Equal(t, int32(18456), seen[4].Node(site.Primary).Err.Number)
		require.True(t, seen[len(seen)-1].Node(site.Primary).Reachable)
	})
}

func TestPoolAndShareHaveTheirOwnPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, _, from := litware()
		shell := &server{delay: 8 * time.Second, state: "Normal"}
		files := &server{delay: time.Second, state: "mgc_20261121024500.trn"}
		from.Pool, from.Share = shell, files
		p := New(estate, from, time.Now)
		seen := watch(t, p, 65*time.Second)
		require.Equal(t, 3, shell.times())
		require.Equal(t, 3, files.times())
		last := seen[len(seen)-1]
		require.Equal(t, "Normal", last.Pool.State)
		require.Equal(t, "pchat.litwareinc.com", last.Pool.FQDN)
		require.Equal(t, "mgc_20261121024500.trn", last.Share.Newest)

		shell.set(func(s *server) { s.err = errors.New("no management host answers") })
		files.set(func(s *server) { s.delay = time.Hour })
		s := New(estate, from, time.Now)
		s.current = *last
		after := s.Once(t.Context())
		require.Equal(t, "Normal", after.Pool.State, "what was read last stays")
		require.Equal(t, last.Pool.Answered, after.Pool.Answered)
		require.Contains(t, after.Pool.Err.Text, "no management host")
		require.Equal(t, fault.Timeout, after.Share.Err.Class)
		require.Equal(t, "mgc_20261121024500.trn", after.Share.Newest)
	})
}

// Each read over WinRM starts a PowerShell on a host and loads the Management Shell.
func TestInQuietTimesAHostIsAskedOnceInFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		shell, files := &server{state: "Normal"}, &server{err: errors.New("the share is gone")}
		from.Pool, from.Share = shell, files
		p := New(estate, from, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		var work sync.WaitGroup
		work.Go(func() { p.Run(ctx) })
		work.Go(func() {
			for range p.Updates() {
			}
		})
		passes := func(d time.Duration) [2]int {
			before := [2]int{shell.times(), files.times()}
			time.Sleep(d)
			return [2]int{shell.times() - before[0], files.times() - before[1]}
		}
		time.Sleep(10 * time.Minute)
		require.Equal(t, [2]int{12, 12}, passes(time.Hour), "one that fails no oftener than one that answers")

		servers[site.Primary].set(func(s *server) { s.err = errors.New("it is dead") })
		quick := passes(time.Minute)
		require.GreaterOrEqual(t, quick[0], 2, "something moves: its usual pace")
		require.LessOrEqual(t, quick[0], 3)
		shell.set(func(s *server) { s.state = "FailedOver" })
		time.Sleep(15 * time.Minute)
		require.Equal(t, [2]int{12, 12}, passes(time.Hour), "it has settled")

		p.Poll()
		require.Equal(t, [2]int{1, 1}, passes(time.Second), "a step that has ended, or a person, is answered at once")
		require.Equal(t, [2]int{2, 2}, passes(time.Minute))
		cancel()
		work.Wait()
	})
}

func TestASnapshotNeverChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, servers, from := litware()
		p := New(estate, from, time.Now)
		first := p.Once(t.Context())
		kept := *first.Node(site.Primary)
		servers[site.Primary].set(func(s *server) { s.err = errors.New("gone") })
		second := p.Once(t.Context())
		require.Equal(t, kept, *first.Node(site.Primary))
		require.False(t, second.Node(site.Primary).Reachable)
		require.Greater(t, second.Seq, first.Seq)
	})
}

func TestALateViewerGetsTheNewestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		estate, _, from := litware()
		p := New(estate, from, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { p.Run(ctx); close(done) }()
		time.Sleep(10 * time.Minute)
		s := <-p.Updates()
		require.Less(t, time.Since(s.Taken), 5*time.Second)
		require.Greater(t, s.Seq, uint64(500))
		cancel()
		<-done
	})
}

func TestWithoutSourcesNothingIsAsked(t *testing.T) {
	estate, _, _ := litware()
	s := New(estate, Sources{}, time.Now).Once(t.Context())
	require.Len(t, s.Nodes, 5)
	require.True(t, s.Node(site.Primary).Asked.IsZero())
}
