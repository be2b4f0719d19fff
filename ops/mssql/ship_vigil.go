package mssql

import (
	"context"
	"errors"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/fault"
)

// errAgentAnew is the cause of a fault where a run ended with the Agent that had begun it.
var errAgentAnew = errors.New("the run was cut short")

// vigil is how long the Agent has left a run alone that was asked of it.
type vigil struct {
	*Server
	tried, job string
	session    int64     // of the Agent when it took the run
	idle       time.Time // the run was last seen to be under way
	down       time.Time // since when the Agent is seen not to run; zero: it is not
	says       string    // what is waited for
	over       func()    // ends that wait
}

// look judges by what a look told whether the run is still to be waited for, and says
// what for.
func (v *vigil) look(ctx context.Context, run jobRun) (note string, err error) {
	now, on := time.Now(), v.Address()
	agent := "SQL Server Agent on " + on
	down := v.down
	if v.down = (time.Time{}); run.stopped() {
		v.down = now
		if !down.IsZero() {
			v.down = down
		}
	}
	switch {
	case v.session != 0 && run.session != v.session:
		f := v.fault(fault.Agent, v.tried, 0, agent+" was started anew meanwhile: the run of the job "+v.job+" ended with the one before, and nobody knows how far it came", "run the step again: it goes on where the world stands")
		f.Cause = errAgentAnew
		return "", f
	case run.stopped() && now.Sub(v.down) > v.pace.patience:
		return "", v.fault(fault.Agent, v.tried, 0, agent+" is "+run.agent+" since "+v.down.UTC().Format(time.TimeOnly)+" UTC: it has taken the job "+v.job+", whose end nobody sees to",
			"start "+agent+", then run the step again: it goes on where the world stands")
	case run.stopped():
		v.tell(ctx, agent+", which is "+run.agent+", to be started: it has taken the job "+v.job, v.pace.patience)
		return agent + " is " + run.agent + ": start it, " + v.job + " does not go on without it", nil
	case run.running:
		v.idle = now
	case now.Sub(v.idle) > v.pace.patience:
		return "", v.fault(fault.Agent, v.tried, 0, "the Agent took the request and never ran the job", remedy[fault.Agent])
	}
	if run.agent == "unknown" {
		v.tell(ctx, "the end of the job "+v.job+" on "+on+", where nobody can tell whether SQL Server Agent runs", 0)
		return v.job + " is under way; whether " + agent + " runs is not known", nil
	}
	v.tell(ctx, "the end of the job "+v.job+" on "+on, 0)
	return v.job + " is running", nil
}

// tell says what is waited for from now on.
func (v *vigil) tell(ctx context.Context, says string, most time.Duration) {
	if says != v.says {
		v.end()
		v.says, v.over = says, await.For(ctx, says, most)
	}
}

func (v *vigil) end() {
	if v.over != nil {
		v.over()
	}
	v.over = nil
}
