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
	"pchatops/ops/lab/world"
)

// confirmMirror is what ship-mirror wants to have typed.
func confirmMirror() []string {
	return []string{"--confirm", `M1=SQL02\RTC of litware-lab`, "--confirm", `M22=SQL01\RTC of litware-lab`}
}

// agentCase is a step during which the Agent is stopped that runs a job for it.
type agentCase struct {
	procedure, step, instance, job string
	nth                            int32 // of the jobs of the instance that the run starts
	confirm                        []string
}

var agentCases = map[string]agentCase{
	"the backup job of the primary":  {"ship-primary", "P20", `SQL01\RTC`, "LSBackup_mgc", 1, nil},
	"the copy job of the secondary":  {"ship-primary", "P20", `SQL11\RTC`, "LSCopy_", 1, nil},
	"the backup job of the mirror":   {"ship-mirror", "M21", `SQL02\RTC`, "LSBackup_mgc", 1, confirmMirror()},
	"the restore job, after M1":      {"ship-mirror", "M21", `SQL11\RTC`, "LSRestore_", 2, confirmMirror()},
	"the backup job, after the trip": {"ship-mirror", "M22b", `SQL01\RTC`, "LSBackup_mgc", 1, confirmMirror()},
}

func (c agentCase) run() []string { return append([]string{"run", c.procedure}, c.confirm...) }

// begun starts a site whose jobs take some seconds, and lets one of them meet
// something just after it was begun.
func (c agentCase) begun(t testing.TB, meets func(l *lab.Lab)) *lab.Lab {
	var l *lab.Lab
	var started atomic.Int32
	l = startSite(t, c.procedure, lab.Options{Speed: 1, Pace: world.Pace{Base: 7 * time.Second}, OnRequest: func(r lab.Request) lab.Verdict {
		if r.Target == c.instance && strings.Contains(r.Text, "sp_start_job") && started.Add(1) == c.nth {
			time.AfterFunc(time.Millisecond, func() { meets(l) })
		}
		return lab.Verdict{}
	}})
	return l
}

// forEachAgent runs a test for each case, on virtual time.
func forEachAgent(t *testing.T, body func(t *verdict, c agentCase)) {
	t.Parallel()
	for name, c := range agentCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) { body(t, c) })
		})
	}
}

// A job whose Agent has been stopped comes to no end. The run names the Agent while it
// waits for it, waits for so long and no longer, and goes on once it runs again.
func TestAJobIsNotWaitedForWithoutItsAgent(t *testing.T) {
	forEachAgent(t, func(t *verdict, c agentCase) {
		l := c.begun(t, func(l *lab.Lab) { l.World().StopAgent(c.instance) })
		con := consoleOn(t, l)
		began := time.Now()
		r := con.run(c.run()...)
		require.Less(t, time.Since(began), 10*time.Minute)
		require.NotContains(t, []int{0, 130}, r.code)
		agent := "SQL Server Agent on " + c.instance
		require.Contains(t, r.stderr, c.step+": run the job "+c.job)
		require.Contains(t, r.stderr, agent+" is stopped")
		require.Contains(t, r.stderr, "start "+agent+", then run the step again")
		said := false
		for _, w := range r.of("wait") {
			what := fmt.Sprint(w["for"])
			require.NotContains(t, what, "sp_start_job", "it was carried out")
			if strings.Contains(what, agent+", which is stopped, to be started") {
				said = true
				require.NotEmpty(t, w["until"])
				require.Equal(t, c.step == "M21", strings.Contains(what, `the chat runs on the mirror SQL02\RTC`), what)
				require.Equal(t, c.step == "M21", strings.Contains(what, "M22"), what)
			}
		}
		require.True(t, said, r.of("wait"))

		l.World().StartAgent(c.instance)
		again := con.run(c.run()...)
		require.Equal(t, 0, again.code, again.stderr)
	})
}

func TestAJobIsRunAgainOnceItsAgentIsBack(t *testing.T) {
	forEachAgent(t, func(t *verdict, c agentCase) {
		l := c.begun(t, func(l *lab.Lab) {
			l.World().StopAgent(c.instance)
			time.AfterFunc(40*time.Second, func() { l.World().StartAgent(c.instance) })
		})
		r := consoleOn(t, l).run(c.run()...)
		require.Equal(t, 0, r.code, r.stderr)
	})
}

// Who interrupts a run that only watches a job does not wait for the job's end.
func TestAnInterruptEndsTheWatchingOfAJob(t *testing.T) {
	forEachAgent(t, func(t *verdict, c agentCase) {
		ctx, interrupt := context.WithCancel(t.Context())
		var at time.Time
		l := c.begun(t, func(l *lab.Lab) {
			l.World().StopAgent(c.instance)
			time.AfterFunc(15*time.Second, func() { at = time.Now(); interrupt() })
		})
		con := consoleOn(t, l)
		r := con.interrupted(ctx, t, c.run())
		require.Less(t, time.Since(at), 10*time.Second)
		require.NotEqual(t, 0, r.code)
		require.Contains(t, r.stderr, "is not watched any more")
		l.World().StartAgent(c.instance)
		again := con.run(c.run()...)
		require.Equal(t, 0, again.code, again.stderr)
	})
}
