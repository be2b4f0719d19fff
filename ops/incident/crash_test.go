package incident_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/status"
)

var errLost = &fault.Error{Class: fault.Lost, Tried: "restore", Target: secondary, Text: "the connection ended"}

// crash is how a process can end around one write of the journal.
type crash string

const (
	before crash = "before the line was written"
	torn   crash = "with half the line written"
	after  crash = "after the line was written"
)

// mortal is a journal whose process dies at its nth line.
type mortal struct {
	*journal.Journal
	n    int
	how  crash
	dead bool
}

func (m *mortal) Append(l journal.Line) (journal.Line, error) {
	if m.n--; m.n >= 0 {
		return m.Journal.Append(l)
	}
	if !m.dead {
		m.dead = true
		switch m.how {
		case before:
		case torn:
			_ = appendText(m.Path(), `{"seq":`)
		case after:
			_, _ = m.Journal.Append(l)
		}
	}
	return l, &fault.Error{Class: fault.Other, Tried: "write the journal", Text: "killed"}
}

func appendText(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// Kill the console at every write of its journal, in every way; start it
// again: the same end, and nothing is sent twice.
func TestConsoleKilledAtEveryWriteFinishesTheFailover(t *testing.T) {
	for _, how := range []crash{before, torn, after} {
		for n := 0; ; n++ {
			if !killedAt(t, n, how) {
				require.Greater(t, n, 20, "the failover writes more lines than that")
				break
			}
		}
	}
}

// killedAt is false when the failover was over before its nth line.
func killedAt(t *testing.T, n int, how crash) bool {
	t.Helper()
	name := fmt.Sprintf("line %d, %s", n, how)
	dir, w := t.TempDir(), newWorld()
	m := &mortal{n: n, how: how}
	first := open(t, dir, w, func(c *incident.Config) {
		m.Journal = c.Journal.(*journal.Journal)
		c.Journal = m
	})
	sum := first.RunAll(t.Context(), "", yes, nil)
	first.kill()
	over := sum.Outcome == engine.EndDone
	require.True(t, m.dead || over, name)

	second := open(t, dir, w)
	sum = second.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome, "%s: %v", name, sum.Error)
	require.Equal(t, map[engine.Outcome]int{engine.Done: 4, engine.Skipped: 1}, sum.Steps, name)
	require.True(t, over || sum.RecoveredTo == "2026-11-21T02:45:00Z", "%s: the second console recalls what the first observed", name)
	require.NoError(t, second.close(), name)
	w.failedOver(t)
	audited(t, dir)
	return m.dead
}

func TestConsoleKilledInTheMiddleOfARestore(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	w.hold, w.inside = make(chan struct{}), make(chan struct{}, 9)
	first := open(t, dir, w)
	require.NoError(t, first.Run("F1", given))
	first.until("F1 done", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done })
	require.NoError(t, first.Run("F3", given))
	<-w.inside
	first.kill()

	second := open(t, dir, w)
	s := second.until("F3 unknown", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Unknown })
	require.Contains(t, step(s, "F4b").Blocked, "F3 is unknown: verify it")
	require.Empty(t, step(s, "F3").Blocked, "running again is offered")
	require.True(t, fault.Is(second.Run("F4b", given), fault.Refused))

	require.NoError(t, second.Verify("F3"))
	second.until("F3 failed", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Failed })
	close(w.hold)
	require.Equal(t, engine.EndDone, second.RunAll(t.Context(), "", yes, nil).Outcome)
	require.NoError(t, second.close())
	w.failedOver(t)
	audited(t, dir)
}

// The reply to a restore is lost; the restore took effect. Nothing is guessed,
// and running again goes on at the next backup.
func TestLostReplyIsUnknownUntilTheServersAreRead(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	w.lose = 2
	c := open(t, dir, w)
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndUnknown, sum.Outcome)
	require.Equal(t, "F3", sum.Stopped)
	require.True(t, *sum.Changed)
	require.Equal(t, fault.Lost, sum.Error.Class)

	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "", yes, nil).Outcome)
	require.NoError(t, c.close())
	w.failedOver(t)
}

// The job of a console that was killed still runs: verifying its step says so, and
// running it again follows the job.
func TestAJobThatOutlivesItsConsoleIsNotTakenForAFailure(t *testing.T) {
	dir, sent, over := t.TempDir(), 0, false
	install := engine.Action{
		ID: "install", Kind: engine.PowerShell, Target: secondary, Text: "Install-CsMirrorDatabase",
		Do: func(context.Context, engine.Reporter) error {
			if sent++; sent == 1 {
				return errLost
			}
			over = true
			return nil
		},
		Settle: func(context.Context) (bool, error) {
			return false, &fault.Error{Class: fault.Busy, Tried: "see what became of the job", Cause: engine.ErrUnderway}
		},
	}
	w := newWorld()
	only := mirroring(w, install, &over)

	first := open(t, dir, w, only)
	require.Equal(t, engine.EndUnknown, first.RunAll(t.Context(), "", yes, nil).Outcome)
	first.kill()
	second := open(t, dir, w, only)
	require.NoError(t, second.Verify("F6"))
	second.until("F6 is said to run", func(s *incident.State) bool {
		return step(s, "F6").Outcome == engine.Unknown && fault.Is(step(s, "F6").Err, fault.Busy)
	})
	require.Equal(t, engine.EndDone, second.RunAll(t.Context(), "", yes, nil).Outcome)
	require.NoError(t, second.close())
	require.Equal(t, 2, sent)
	audited(t, dir)
}

// The console that started a job was killed. The next one sees it come to its end
// without a key, and without sending anything.
func TestAJobThatOutlivesItsConsoleTurnsDoneByItself(t *testing.T) {
	dir, w, clock, snapshots := t.TempDir(), newWorld(), &hurried{}, make(chan *status.Snapshot)
	var over atomic.Bool
	sent := 0
	only := mirroring(w, engine.Action{
		ID: "install", Kind: engine.PowerShell, Target: secondary, Text: "Install-CsMirrorDatabase",
		Do: func(context.Context, engine.Reporter) error { sent++; return errLost },
	}, new(bool))
	live := func(c *incident.Config) {
		only(c)
		c.Procedure.Steps[0].Verify = func(context.Context) (*engine.Proof, error) { return &engine.Proof{Holds: over.Load()}, nil }
		c.Infer, c.Clock, c.Snapshots = true, clock, snapshots
	}
	first := open(t, dir, w, live)
	require.Equal(t, engine.EndUnknown, first.RunAll(t.Context(), "", yes, nil).Outcome)
	first.kill()

	second := open(t, dir, w, live)
	clock.hours.Store(1)
	snapshots <- &status.Snapshot{Seq: 1}
	require.Equal(t, engine.Unknown, step(second.until("it is looked at", func(s *incident.State) bool { return s.Snapshot != nil }), "F6").Outcome)
	over.Store(true)
	clock.hours.Store(2)
	snapshots <- &status.Snapshot{Seq: 2}
	second.until("it is done", func(s *incident.State) bool { return step(s, "F6").Outcome == engine.Done })
	require.NoError(t, second.close())
	require.Equal(t, 1, sent)
	audited(t, dir)
}

// The server does what it was told after the console has given up waiting, and
// after a look at it has found nothing. Nothing is guessed, and nothing is sent
// twice.
func TestAServerThatAnswersTooLateIsBelievedWhenItIsRead(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	late := w.f1()
	plan := late.Plan
	late.Plan = func(ctx context.Context) (*engine.Plan, error) {
		p, err := plan(ctx)
		for i := range p.Actions {
			p.Actions[i].Do = func(context.Context, engine.Reporter) error {
				return &fault.Error{Class: fault.Timeout, Tried: "F1", Target: secondary, Text: "no answer in time"}
			}
		}
		return p, err
	}
	c := open(t, dir, w, func(c *incident.Config) { c.Procedure.Steps[0] = late })
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndUnknown, sum.Outcome)
	require.NoError(t, c.Verify("F1"))
	c.until("it is not so yet", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Failed })
	w.mu.Lock()
	w.shipping = false // the answer would come now
	w.mu.Unlock()
	sum = c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
	require.NoError(t, c.close())
	w.failedOver(t)
	audited(t, dir)
}

// full is a journal on a disk that is full once a step has sent its action.
type full struct {
	*journal.Journal
	step string
}

func (f *full) Append(l journal.Line) (journal.Line, error) {
	if l.Type == journal.Action && strings.Contains(string(l.Data), `"step":"`+f.step+`"`) {
		f.step = "" // and stays full
	}
	if f.step == "" {
		return l, &fault.Error{Class: fault.Disk, Tried: "write the journal", Text: "no space left on device", Do: "free space and start again"}
	}
	return f.Journal.Append(l)
}

// The disk fills up in the middle of the run, after something was sent: that is
// unknown, whether the step may be deferred or not, and nothing more is sent.
func TestADiskThatFillsUpInTheMiddleOfARunEndsItAsUnknown(t *testing.T) {
	for _, id := range []string{"F1", "F3", "F4b", "F5"} {
		dir, w := t.TempDir(), newWorld()
		c := open(t, dir, w, func(c *incident.Config) {
			c.Journal = &full{Journal: c.Journal.(*journal.Journal), step: id}
		})
		sum := c.RunAll(t.Context(), "", yes, nil)
		require.Equal(t, engine.EndUnknown, sum.Outcome, id)
		require.Equal(t, id, sum.Stopped)
		require.True(t, *sum.Changed, id)
		require.Equal(t, fault.Disk, sum.Error.Class, id)
		s := c.until("it drives no longer", func(s *incident.State) bool { return s.ReadOnly != "" && s.Running == "" })
		require.Contains(t, s.ReadOnly, "free space")
		require.True(t, fault.Is(c.Run(id, given), fault.Refused), id)
		require.NoError(t, c.close())

		next := open(t, dir, w)
		require.Equal(t, engine.Unknown, step(next.until("a state", func(*incident.State) bool { return true }), id).Outcome)
		require.Equal(t, engine.EndDone, next.RunAll(t.Context(), "", yes, nil).Outcome, id)
		require.NoError(t, next.close())
		w.failedOver(t)
		audited(t, dir)
	}
}

// A detached job may have taken effect although its reply was lost and the
// plan does not show it yet: it is asked before it is started again.
func TestUnsettledActionOfTheConsoleBeforeIsNotSentTwice(t *testing.T) {
	dir, sent, took := t.TempDir(), 0, false
	install := engine.Action{
		ID: "install", Kind: engine.PowerShell, Target: secondary, Text: "Install-CsMirrorDatabase",
		Do:     func(context.Context, engine.Reporter) error { sent++; return errLost },
		Settle: func(context.Context) (bool, error) { took = true; return true, nil },
	}
	w := newWorld()
	only := mirroring(w, install, &took)

	first := open(t, dir, w, only)
	require.Equal(t, engine.EndUnknown, first.RunAll(t.Context(), "", yes, nil).Outcome)
	first.kill()
	second := open(t, dir, w, only)
	require.Equal(t, engine.EndDone, second.RunAll(t.Context(), "", yes, nil).Outcome)
	require.NoError(t, second.close())
	require.Equal(t, 1, sent)
	audited(t, dir)
}

// mirroring leaves F6 alone, with one action; holds says when it is proven.
func mirroring(w *world, install engine.Action, holds *bool) func(*incident.Config) {
	mirror := w.f6()
	mirror.Risk = engine.Reversible
	mirror.Plan = func(context.Context) (*engine.Plan, error) {
		return &engine.Plan{Actions: []engine.Action{install}}, nil
	}
	mirror.Verify = func(context.Context) (*engine.Proof, error) { return &engine.Proof{Holds: *holds}, nil }
	return func(c *incident.Config) {
		c.Procedure = &engine.Procedure{ID: "failover", Steps: []engine.Step{mirror}}
	}
}
