package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/memnet"
)

// moveCase is a step that has the partners change roles.
type moveCase struct {
	step, to, from string // from: the store that was principal before
	nth            int    // of the changes of the run
}

var moveCases = map[string]moveCase{
	"M1":  {"M1", `SQL02\RTC`, "Primary", 1},
	"M22": {"M22", `SQL01\RTC`, "Mirror", 2},
}

// forEachMove runs a test for each case, on virtual time.
func forEachMove(t *testing.T, body func(t *verdict, c moveCase)) {
	t.Parallel()
	for name, c := range moveCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) { body(t, c) })
		})
	}
}

// moved starts a site where something happens just before the new principal is asked
// anything.
func (c moveCase) moved(t *verdict, meets func(l *lab.Lab)) *lab.Lab {
	var l *lab.Lab
	var met atomic.Bool
	l = startSite(t, "ship-mirror", lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
		if r.Target == c.to && c.done(l) && met.CompareAndSwap(false, true) {
			meets(l)
		}
		return lab.Verdict{}
	}})
	return l
}

// done reports whether the step has moved the chat, and nobody has moved it on.
func (c moveCase) done(l *lab.Lab) bool {
	return l != nil && l.World().Ledger().Started["Invoke-CsDatabaseFailover"] == c.nth && l.World().StateOf(c.to) == "ONLINE"
}

// partner tells the new principal something about its partner.
func (c moveCase) partner(t *verdict, l *lab.Lab, do string) {
	t.on.rows(l.World().Instance(c.to), "ALTER DATABASE mgc SET PARTNER "+do)
}

// apart keeps the partners from catching up.
func (c moveCase) apart(t *verdict, then func()) *lab.Lab {
	return c.moved(t, func(l *lab.Lab) { c.partner(t, l, "SUSPEND"); then() })
}

// toldTrue requires that what was waited for is said as what it is.
func (c moveCase) toldTrue(t *verdict, r result) {
	said := false
	for _, w := range r.of("wait") {
		what := fmt.Sprint(w["for"])
		require.NotContains(t, what, "to carry out, for "+c.step, "it was carried out")
		if strings.Contains(what, c.to+" to be PRINCIPAL and SYNCHRONIZED") {
			said = true
			require.NotEmpty(t, w["until"])
		}
	}
	require.True(t, said, r.of("wait"))
}

func shipMirror() []string { return append([]string{"run", "ship-mirror"}, confirmMirror()...) }

// The chat was moved, and somebody has moved it back before anybody looked: there is
// nothing to wait for any more.
func TestAChangeOfRolesThatWasTakenBackIsNotWaitedFor(t *testing.T) {
	forEachMove(t, func(t *verdict, c moveCase) {
		l := c.moved(t, func(l *lab.Lab) {
			require.NoError(t, l.World().FailoverDatabase(t.Context(), c.from, false, func(string) {}))
		})
		con := consoleOn(t, l)
		began := time.Now()
		r := con.run(shipMirror()...)
		require.Less(t, time.Since(began), time.Minute)
		require.Equal(t, exitFailed, r.code, r.stderr)
		require.Contains(t, r.stderr, "on "+c.to+": mirroring: the partners have changed roles 2 times since the step was planned")
		require.False(t, c.done(l), "nothing is moved behind another's back")

		again := con.run(shipMirror()...)
		require.Equal(t, 0, again.code, again.stderr)
	})
}

// Who interrupts a run that only watches a change of roles does not wait for its end.
func TestAnInterruptEndsTheWatchingOfAChangeOfRoles(t *testing.T) {
	forEachMove(t, func(t *verdict, c moveCase) {
		ctx, interrupt := context.WithCancel(t.Context())
		var at time.Time
		l := c.apart(t, func() { time.AfterFunc(45*time.Second, func() { at = time.Now(); interrupt() }) })
		con := consoleOn(t, l)
		r := con.interrupted(ctx, t, shipMirror())
		require.Less(t, time.Since(at), 10*time.Second)
		require.NotEqual(t, 0, r.code)
		require.Contains(t, r.stderr, "the change of roles is not watched any more: interrupted")
		require.True(t, con.journalSays(`"type":"step"`, `"step":"`+c.step+`"`, `"outcome":"unknown"`))
		c.toldTrue(t, r)
		c.partner(t, l, "RESUME")
		until(t, "the partners have caught up", func() bool { return l.World().MirrorState()[0].StatusOnPrimary == "synchronized" })
		again := con.run(shipMirror()...)
		require.Equal(t, 0, again.code, again.stderr)
	})
}

// Partners that do not catch up are waited for so long and no longer.
func TestAChangeOfRolesIsWaitedForSoLongAndNoLonger(t *testing.T) {
	forEachMove(t, func(t *verdict, c moveCase) {
		l := c.apart(t, func() {})
		began := time.Now()
		r := consoleOn(t, l).run(shipMirror()...)
		require.Less(t, time.Since(began), 4*time.Minute)
		require.NotEqual(t, 0, r.code)
		require.Contains(t, r.stderr, "SUSPENDED")
		c.toldTrue(t, r)
	})
}

// The right is lost for a moment while the partners catch up. The run says so at once,
// and goes on once they have.
func TestALostRightEndsTheWatchingOfAChangeOfRoles(t *testing.T) {
	forEachMove(t, func(t *verdict, c moveCase) {
		l := c.apart(t, func() {})
		host, done := t.on.net.Host(), make(chan result, 1)
		con := consoleOn(t, l)
		go func() { done <- con.from(t.Context(), host, shipMirror()) }()
		until(t, "the chat is moved", func() bool { return c.done(l) })
		time.Sleep(20 * time.Second)
		killDrivers(t, l)
		lost := time.Now()
		time.AfterFunc(20*time.Second, func() { c.partner(t, l, "RESUME") })
		r := <-done
		require.Equal(t, 0, r.code, r.stderr)
		require.Less(t, time.Since(lost), 2*time.Minute)
		right := r.of("right")
		require.NotEmpty(t, right)
		require.Equal(t, c.step, right[0]["step"], "it is told before the next step")
	})
}

// overtaken takes the network away from a run's host at some moment, and gives the site
// to another console before it comes back. It returns the run, and how long that went on.
func overtaken(t *verdict, l *lab.Lab, args []string, now func() bool) (result, time.Duration) {
	host, done := t.on.net.Host(), make(chan result, 1)
	con := consoleOn(t, l)
	go func() { done <- con.from(t.Context(), host, args) }()
	until(t, "it is under way", now)
	time.Sleep(20 * time.Second)
	holdElsewhere(t, l, host)
	back := time.Now()
	r := <-done
	return r, time.Since(back)
}

// holdElsewhere lets another console take the right from those on a host.
func holdElsewhere(t *verdict, l *lab.Lab, host *memnet.Host) {
	host.Away()
	killDrivers(t, l)
	require.NoError(t, sessionOn(t, l).lease.await(t.Context()))
	host.Back()
}

// Nobody waits without the right to drive, once somebody else has that: neither for a
// change of roles nor for a job.
func TestWhoseRightIsGoneWaitsForNothing(t *testing.T) {
	forEachMove(t, func(t *verdict, c moveCase) {
		l := c.apart(t, func() {})
		r, took := overtaken(t, l, shipMirror(), func() bool { return c.done(l) })
		require.Less(t, took, 20*time.Second)
		require.Equal(t, exitHeld, r.code, r.stderr)
		require.Contains(t, r.stderr, "has been driving this site since")
	})
}

func TestWhoseRightIsGoneWaitsForNoJob(t *testing.T) {
	forEachAgent(t, func(t *verdict, c agentCase) {
		var begun atomic.Bool
		l := c.begun(t, func(l *lab.Lab) { l.World().StopAgent(c.instance); begun.Store(true) })
		r, took := overtaken(t, l, c.run(), func() bool { return begun.Load() })
		require.Less(t, took, 20*time.Second)
		require.Equal(t, exitHeld, r.code, r.stderr)
		require.Contains(t, r.stderr, "has been driving this site since")
	})
}

func TestWhoseRightIsGoneWaitsForNoMirror(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Hour})
		r, took := overtaken(t, l, append([]string{"run", "failover"}, confirm()...), func() bool {
			return l.World().Ledger().Started["Install-CsMirrorDatabase"] == 1
		})
		require.Less(t, took, 20*time.Second)
		require.NotEqual(t, 0, r.code)
		require.Contains(t, r.stderr, "has been driving this site since")
	})
}

// A console stands still, without a network, just after its job of M1 was begun; another
// one carries all of the procedure to its end. The first one finds that out at once.
func TestAConsoleThatStoodStillFindsThatAllIsDone(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		host, begun, done := t.on.net.Host(), make(chan struct{}), make(chan result, 1)
		var once atomic.Bool
		l := startSite(t, "ship-mirror", lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
			if r.Target == "FE01" && strings.Contains(r.Text, "job-start") && once.CompareAndSwap(false, true) {
				host.Away()
				close(begun)
			}
			return lab.Verdict{}
		}})
		con := consoleOn(t, l)
		go func() { done <- con.from(t.Context(), host, shipMirror()) }()
		<-begun
		killDrivers(t, l)
		other := consoleOn(t, l).run(shipMirror()...)
		require.Equal(t, 0, other.code, other.stderr)
		host.Back()
		back := time.Now()
		r := <-done
		require.Less(t, time.Since(back), 20*time.Second)
		require.Contains(t, []int{exitRefused, exitUnknown}, r.code, r.stderr)
		require.Contains(t, r.stderr, "another console has driven this site")
		require.Equal(t, 2, l.World().Ledger().Started["Invoke-CsDatabaseFailover"])
	})
}
