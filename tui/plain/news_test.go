package plain

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui/tuitest"
)

// What a topic shows second by second, and the lines that come of it.
func TestAChangeIsToldOnceAndFlappingInOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		gap   time.Duration
		marks string // a letter a second, after the first
		lines []string
	}{
		"what stays as it is is not told":             {calm, "aaaaaaaaaaaaaaaaaaaa", nil},
		"a change is told at once and once":           {calm, "abbbbbbbbbbbbbbbbbbb", []string{"1 b"}},
		"coming back soon is told after a pause":      {calm, "abaaaaaaaaaaaaaaaaaa", []string{"1 b", "11 a"}},
		"flapping is told with its count":             {calm, "abababababaaaaaaaaaa", []string{"1 b", "11 a It changed 9 times in 9 s."}},
		"what changed back meanwhile is told, too":    {calm, "ababbbbbbbbbbbbbbbbb", []string{"1 b", "11 b It changed 2 times in 9 s."}},
		"progress is told at most every third second": {pace, "abcdefghijjjjjjjjjjj", []string{"1 b", "4 e", "7 h", "10 j"}},
		"an outcome waits for nothing":                {0, "abababa", []string{"1 b", "2 a", "3 b", "4 a", "5 b", "6 a"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := news{}
			var lines []string
			for second, mark := range c.marks {
				list := []topic{{key: "node", mark: string(mark), text: string(mark), gap: c.gap}}
				if second == 0 {
					n.know(list)
					continue
				}
				for _, l := range n.pick(list, night.Add(time.Duration(second)*time.Second)) {
					lines = append(lines, fmt.Sprintf("%d %s", second, l))
				}
			}
			require.Equal(t, c.lines, lines)
		})
	}
}

func TestANodeThatGoesAndComesBackIsTold(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	up := func(reachable bool) func(*incident.State) {
		return func(s *incident.State) {
			s.Snapshot = lost()
			if n := &s.Snapshot.Nodes[1]; !reachable {
				n.Reachable, n.Err = false, &fault.Error{Class: fault.Timeout, Tried: "ask"}
			}
		}
	}
	f.Change(up(false))
	y.reads(`03:00:00 dc2 secondary SQL11\RTC: NO ANSWER.`)
	f.Change(up(true))
	f.Change(func(s *incident.State) { s.Driver = "bob" })
	y.reads("03:00:00 bob drives.")
	require.Equal(t, 1, y.count("RESTORING"), "it is too early to tell again")
	y.clock.advance(10 * time.Second)
	y.reads(`03:00:10 dc2 secondary SQL11\RTC: RESTORING.`)
}

func TestFactsThatGrowOldAreToldThoughNobodySaysAnything(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	y.clock.advance(2 * time.Hour)
	y.reads(`05:00:00 dc2 secondary SQL11\RTC: STALE, was RESTORING.`)
}

func TestFindingsAreToldWhenTheyComeAndWhenTheyGo(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("critical finding: PRIMARY SITE LOST.", "1 runs F1")
	behind := status.Finding{Severity: status.Warning, Title: "SECONDARY BEHIND", Subject: `SQL11\RTC`, Do: "look at the restore job"}
	f.Change(func(s *incident.State) { s.Findings = append(s.Findings, behind) })
	y.reads(`New warning finding: SECONDARY BEHIND, SQL11\RTC. To do: look at the restore job.`)
	f.Change(func(s *incident.State) { s.Findings, s.Running, s.Driver = s.Findings[:1], "F1", "bob" })
	y.reads("bob drives")
	y.clock.advance(time.Minute)
	f.Change(func(s *incident.State) { s.Driver = "carol" })
	y.reads("carol drives")
	require.Zero(t, y.count("No longer"), "what a running step hides is not gone")
	f.Change(func(s *incident.State) { s.Running = "" })
	y.reads(`No longer: warning finding: SECONDARY BEHIND, SQL11\RTC.`)
}

func TestAFloodOfFindingsDoesNotDrownTheRest(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	f.Change(func(s *incident.State) {
		for i := range 10_000 {
			s.Findings = append(s.Findings, status.Finding{Severity: status.Info, Title: fmt.Sprintf("finding %d", i)})
		}
		s.Driver = "bob"
	})
	y.reads("bob drives.", "And more has changed: choose the state of the site.")
	require.Equal(t, mostNews-1, y.count("New info finding"))
	y.types("8").reads("PRIMARY SITE LOST", "And 9981 more.")
}

func TestARunningStepTellsItsWayInTenths(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	at := func(sent int, percent float64) {
		f.Change(func(s *incident.State) {
			st := &s.Steps[1] // F3
			s.Running, s.Busy = "F3", map[string]string{`SQL11\RTC`: "F3"}
			st.Running, st.Total, st.Sent, st.Started = true, 4, sent, night
			st.Actions = []incident.ActionState{{Outcome: engine.None}}
			st.Progress = &engine.Progress{Percent: percent}
		})
	}
	at(1, 4)
	y.reads("F3 Apply remaining log backups is running.")
	at(2, 20)
	y.reads("F3: 30 percent, 2 of 4 sent.")
	at(2, 24) // less than a tenth of the whole
	at(3, 60)
	y.clock.advance(pace)
	y.reads("F3: 65 percent, 3 of 4 sent.")
	f.Change(func(s *incident.State) {
		st := &s.Steps[1] // F3
		s.Running, s.Busy, st.Running, st.Outcome, st.Took = "", nil, false, engine.Done, 90*time.Second
	})
	y.reads("F3 Apply remaining log backups: done in 1 min 30 s.")
	require.Equal(t, 2, y.count("percent"))
}

func TestAStepOfUnknownLengthGivesASignOfLifeAMinute(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	f.Change(func(s *incident.State) {
		st := &s.Steps[0] // F1
		s.Running, st.Running, st.Started, st.Output = "F1", true, night, []string{"creating the endpoint"}
	})
	y.reads("F1 Remove log shipping is running.")
	for minute := range 3 {
		y.clock.advance(time.Minute)
		y.reads(fmt.Sprintf("F1: running for %d min. creating the endpoint.", minute+1))
	}
}

func TestAnUnknownOutcomeLeadsToItsVerification(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	f.Step("F1", func(s *incident.StepState) {
		s.Outcome, s.Err = engine.Unknown, &fault.Error{Class: fault.Lost, Tried: "remove log shipping", Target: `SQL11\RTC`, Do: "verify"}
	})
	y.reads("F1 Remove log shipping: outcome UNKNOWN.", `remove log shipping on SQL11\RTC: lost.`, "Whether it took effect is not known. To do: verify it.")
	y.types("").reads("4 verifies F1").types("4").reads("F1 is under way.")
	require.Equal(t, []string{"verify F1"}, f.Requests())
	again := func() {
		f.Step("F1", func(s *incident.StepState) {
			s.Proof = &engine.Proof{Says: "mgc is still a secondary"}
		})
	}
	again()
	y.reads("The proof does not hold: mgc is still a secondary.", "4 verifies F1").types("4").reads("F1 is under way.")
	again()
	y.reads("The proof does not hold: mgc is still a secondary.", "4 verifies F1").types("4").reads("F1 is under way.")
	f.Step("F1", func(s *incident.StepState) {
		s.Outcome, s.Err, s.Proof = engine.Done, nil, &engine.Proof{Holds: true, Says: "mgc is no secondary"}
	})
	y.reads("F1 Remove log shipping: done. Proof: mgc is no secondary.", "1 runs F3")
}

func TestAFailureIsToldAgainWhenItHappensAgain(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.State.Steps[0].Risk = engine.Read
	fail := func() {
		f.Step("F1", func(s *incident.StepState) {
			s.Outcome, s.Proof, s.Err = engine.Failed, nil, &fault.Error{Class: fault.Disk, Tried: "copy", Number: 112}
		})
	}
	y := sit(t, f, 80).reads("1 runs F1")
	fail()
	y.reads("F1 Remove log shipping: FAILED. copy: disk 112.").types("4").reads("F1 is under way")
	fail()
	y.reads("F1 Remove log shipping: FAILED. copy: disk 112.", "1 runs F1")
}

func TestARightThatIsBeingTakenAgainIsTold(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("This console drives.", "1 runs F1")
	f.Change(func(s *incident.State) {
		s.Retaking = &incident.Retaking{Since: night, Until: night.Add(time.Minute), Why: `SQL11\RTC: the session was ended`}
	})
	y.reads("This console drives, but nothing has been sent since 03:00:00 UTC: SQL11\\RTC: the session was ended; until 03:01:00 UTC this console")
	f.Change(func(s *incident.State) { s.Retaking = nil })
	y.reads("This console drives.")
}

func TestWhatIsWaitedForIsTold(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("This console drives.", "1 runs F1")
	f.Change(func(s *incident.State) {
		s.Waiting = &await.Wait{For: "SQL11 to answer", Since: night, Until: night.Add(time.Minute)}
	})
	y.reads("Waiting since 03:00:00 UTC for SQL11 to answer; until 03:01:00 UTC at most.")
}
