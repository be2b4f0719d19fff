package incident_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// rescuing has F3 be a step that saves what comes: whatever comes late is more for it
// to do. arrives is asked before F4b is planned.
func rescuing(w *world, arrives func()) func(*incident.Config) {
	return func(c *incident.Config) {
		f3, f4b := &c.Procedure.Steps[1], &c.Procedure.Steps[2]
		f3.Rescues = true
		verify := f3.Verify
		f3.Verify = func(ctx context.Context) (*engine.Proof, error) {
			p, err := verify(ctx)
			p.Open = !p.Holds
			return p, err
		}
		plan := f4b.Plan
		f4b.Plan = func(ctx context.Context) (*engine.Plan, error) {
			arrives()
			p, err := plan(ctx)
			p.Gates = append(p.Gates, engine.Gate{Name: "all applied", Holds: w.read(func() bool { return w.restored == w.backups }), Seen: "some are not", Want: "all are"})
			return p, err
		}
	}
}

func (w *world) arrive() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.backups++
}

// A backup that comes after the others were applied is applied, too, before the
// database is recovered, whenever it comes.
func TestARunGoesBackToWhatHasMoreToDo(t *testing.T) {
	for name, when := range map[string]func(e engine.Event) bool{
		"while they are applied":        func(e engine.Event) bool { return e.Type == engine.EventAction && e.Step == "F3" },
		"after they were":               func(e engine.Event) bool { return e.Type == engine.EventStep && e.Step == "F3" },
		"while the recovery is planned": nil,
	} {
		t.Run(name, func(t *testing.T) {
			w, once, said := newWorld(), true, ""
			late := func() {
				if once {
					once = false
					w.arrive()
				}
			}
			dir := t.TempDir()
			c := open(t, dir, w, rescuing(w, func() {
				if when == nil {
					late()
				}
			}))
			sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
				if when != nil && when(e) {
					late()
				}
				if e.Type == engine.EventLog && strings.HasPrefix(e.Line, "the run goes on from F3") {
					said = e.Line
				}
			})
			require.NoError(t, c.close())
			require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
			require.True(t, w.online)
			require.Equal(t, 5, w.restored)
			require.Empty(t, w.mistakes)
			require.NotEmpty(t, said)
			require.Equal(t, 4, sum.Steps[engine.Done])
			audited(t, dir)
		})
	}
}

// What comes without end ends the run, and is said.
func TestARunDoesNotGoBackForEver(t *testing.T) {
	w := newWorld()
	n := 0
	c := open(t, t.TempDir(), w, rescuing(w, func() { n++; w.arrive() }), func(c *incident.Config) {
		plan := c.Procedure.Steps[2].Plan
		c.Procedure.Steps[2].Plan = func(ctx context.Context) (*engine.Plan, error) {
			p, err := plan(ctx)
			g := &p.Gates[len(p.Gates)-1]
			g.Seen = strings.Repeat("one more, ", n) + "and it is not applied"
			return p, err
		}
	})
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.NoError(t, c.close())
	require.Equal(t, engine.EndRefused, sum.Outcome)
	require.Equal(t, "F4b", sum.Stopped)
	require.Contains(t, sum.Error.Text, "this run went back 10 times because more had come, and more comes still")
	require.Contains(t, sum.Error.Do, "find out who goes on bringing it")
	require.Equal(t, 14, w.restored)
	require.False(t, w.online)
}

// A step that is not done keeps the run where it is, unless one before it has more to do.
func TestARunDoesNotGoBackWhereNothingHasChanged(t *testing.T) {
	w := newWorld()
	plans := 0
	c := open(t, t.TempDir(), w, rescuing(w, func() { plans++ }), func(c *incident.Config) {
		plan := c.Procedure.Steps[2].Plan
		c.Procedure.Steps[2].Plan = func(ctx context.Context) (*engine.Plan, error) {
			p, err := plan(ctx)
			p.Gates = append(p.Gates, engine.Gate{Name: "shut", Seen: "shut", Want: "open"})
			return p, err
		}
	})
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.NoError(t, c.close())
	require.Equal(t, engine.EndRefused, sum.Outcome)
	require.Equal(t, 1, plans)
	require.NotContains(t, sum.Error.Text, "went back")
}

// What the servers say of a step that was skipped is so as they say it now; what
// somebody said stays.
func TestASkipIsToldAsItIsNow(t *testing.T) {
	for name, given := range map[string]bool{"the servers gave the reason": false, "somebody did": true} {
		t.Run(name, func(t *testing.T) {
			w, says, dir := newWorld(), "too late: 1 backup is left behind", t.TempDir()
			moot := func(c *incident.Config) {
				f3 := &c.Procedure.Steps[1]
				f3.Rescues = true
				f3.Plan = func(context.Context) (*engine.Plan, error) { return &engine.Plan{Skip: says}, nil }
				f3.Verify = func(context.Context) (*engine.Proof, error) { return &engine.Proof{Moot: says}, nil }
			}
			c := open(t, dir, w, moot)
			told := func(only string) (reason string) {
				c.RunAll(t.Context(), only, yes, func(e engine.Event) {
					if rec, ok := e.Record.(engine.StepRecord); ok && e.Step == "F3" {
						reason = rec.Reason
					}
				})
				return reason
			}
			told("F1")
			want := "nothing came"
			if given {
				require.NoError(t, c.Skip("F3", want))
				c.until("the skip is on record", func(s *incident.State) bool { return s.Steps[1].Reason == want })
			} else {
				require.Equal(t, "too late: 1 backup is left behind", told("F3"))
				want = "too late: 4 backups are left behind"
			}
			says = "too late: 4 backups are left behind"
			require.Equal(t, want, told(""))
		})
	}
}
