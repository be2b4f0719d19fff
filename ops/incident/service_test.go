package incident_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// people are those who want to chat: somebody is seen once back is set.
type people struct {
	back  atomic.Bool
	blind atomic.Bool // nobody can be seen
	looks atomic.Int32
}

// wait lets the failover in small bring something back with F5.
func (p *people) wait(within time.Duration) func(*incident.Config) {
	return func(c *incident.Config) {
		c.Procedure.Service = &engine.Service{
			Step: "F5", Within: within,
			Seen: func(context.Context) (string, error) {
				p.looks.Add(1)
				switch {
				case p.blind.Load():
					return "", errors.New("the login does not see the sessions of others")
				case p.back.Load():
					return "chat11 works with mgc", nil
				}
				return "", nil
			},
			Missing: func(context.Context) string {
				return "no active chat server has worked with mgc; chat11: its service is stopped"
			},
		}
	}
}

func TestARunTellsWhenTheServiceWasBack(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	var p people
	p.back.Store(true)
	c := open(t, dir, w, p.wait(time.Minute))
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
	require.NotNil(t, sum.ChatBack)
	require.LessOrEqual(t, *sum.ChatBack, sum.Seconds)
	s := c.until("the screen tells", func(s *incident.State) bool { return s.ChatBack != nil })
	require.True(t, slices.ContainsFunc(s.Notes, func(e incident.Entry) bool { return e.Text == "the service is back: chat11 works with mgc" }))
	require.NoError(t, c.close())
	audited(t, dir)
}

// The steps behind the one that brings the service back do not wait for it.
func TestTheRunGoesOnWhileTheServiceIsAwaited(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	var p people
	c := open(t, dir, w, p.wait(time.Minute))
	sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
		if e.Type == engine.EventStep && e.Step == "F6" {
			p.back.Store(true)
		}
	})
	require.Equal(t, engine.EndDone, sum.Outcome)
	require.NotNil(t, sum.ChatBack)
	require.NoError(t, c.close())
	audited(t, dir)
}

func TestAServiceThatStaysAwayLeavesTheRunIncomplete(t *testing.T) {
	for name, c := range map[string]struct {
		blind, fails bool
		says         []string
	}{
		"nobody has it":      {false, false, []string{"its service is stopped"}},
		"nobody can be seen": {true, false, []string{"does not see the sessions of others"}},
		"nobody has it, and what could wait is not done": {false, true, []string{"its service is stopped", "F6 is not done", "the mirror is away"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			var p people
			p.blind.Store(c.blind)
			con := open(t, dir, w, p.wait(time.Millisecond), func(cfg *incident.Config) {
				if f6 := &cfg.Procedure.Steps[len(cfg.Procedure.Steps)-1]; c.fails {
					f6.Deferrable = true
					f6.Plan = func(context.Context) (*engine.Plan, error) { return nil, errors.New("the mirror is away") }
				}
			})
			sum := con.RunAll(t.Context(), "", yes, nil)
			require.Equal(t, engine.EndIncomplete, sum.Outcome)
			require.Equal(t, "F5", sum.Stopped)
			for _, says := range c.says {
				require.ErrorContains(t, sum.Error, says)
			}
			require.Nil(t, sum.ChatBack)
			s := con.until("a finding says so", func(s *incident.State) bool { return len(s.Findings) == 1 })
			require.Equal(t, "chat-not-back", s.Findings[0].Code)
			require.Contains(t, s.Findings[0].Why, c.says[0])
			require.Regexp(t, `; since \d\d:\d\d:\d\d UTC \(\d+m \d\ds\)$`, s.Findings[0].Why)
			if c.fails {
				require.NoError(t, con.close())
				return
			}
			w.failedOver(t)

			p.blind.Store(false)
			p.back.Store(true)
			con.until("it is back after all", func(s *incident.State) bool { return len(s.Findings) == 0 && s.ChatBack != nil })
			require.NoError(t, con.close())
		})
	}
}

// The console that waited for the service was killed; the next one waits on.
func TestTheNextConsoleWaitsForTheService(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	var p people
	c := open(t, dir, w, p.wait(time.Minute))
	for _, id := range []string{"F1", "F3", "F4b", "F5"} {
		require.Equal(t, engine.Done, func() engine.Outcome {
			go func() { _ = c.RunAll(t.Context(), id, yes, nil) }()
			return step(c.until(id+" is done", func(s *incident.State) bool { return step(s, id).Outcome == engine.Done }), id).Outcome
		}())
	}
	c.kill()
	p.back.Store(true)
	c = open(t, dir, w, p.wait(time.Minute))
	c.until("it was seen", func(s *incident.State) bool { return s.ChatBack != nil })
	looks := p.looks.Load()
	require.NoError(t, c.close())

	c = open(t, dir, w, p.wait(time.Minute))
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome)
	require.NotNil(t, sum.ChatBack, "as it was seen the first time")
	require.Greater(t, p.looks.Load(), looks, "that it is still so is seen anew")
	require.NoError(t, c.close())
}

// However often it is broken off and gone on with, one failover takes one time.
func TestARunThatGoesOnCountsFromTheBeginningOfTheIncident(t *testing.T) {
	w, dir, clock := newWorld(), t.TempDir(), &hurried{}
	var p people
	hour := func(c *incident.Config) { c.Clock = clock }
	c := open(t, dir, w, p.wait(time.Millisecond), hour)
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F1", yes, nil).Outcome)
	require.NoError(t, c.close())

	clock.hours.Store(1)
	c = open(t, dir, w, p.wait(time.Millisecond), hour)
	require.Equal(t, engine.EndIncomplete, c.RunAll(t.Context(), "", yes, nil).Outcome, "every step is done, and nobody has it back")
	require.NoError(t, c.close())

	p.back.Store(true)
	clock.hours.Store(2)
	c = open(t, dir, w, p.wait(time.Minute), hour)
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.NoError(t, c.close())
	require.Equal(t, engine.EndDone, sum.Outcome)
	require.InDelta(t, 7200, *sum.ChatBack, 30)
	audited(t, dir)
}

// Chat was back before the run that makes what was left open: it tells that time.
func TestARunAfterTheServiceWasBackTellsTheTimeOfThen(t *testing.T) {
	w, dir, clock := newWorld(), t.TempDir(), &hurried{}
	var p people
	p.back.Store(true)
	set := func(c *incident.Config) {
		c.Clock = clock
		c.Procedure.Steps[4] = w.simple("F6", engine.RoleChange, func() bool { return w.restored > 100 }, func() { w.restored += 100 })
		c.Procedure.Steps[4].Deferrable = true
	}
	c := open(t, dir, w, p.wait(time.Minute), set)
	first := c.RunAll(t.Context(), "", func(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
		given, _ := yes(s, p)
		return given, s.ID != "F6"
	}, nil)
	require.Equal(t, engine.EndIncomplete, first.Outcome)
	require.Less(t, *first.ChatBack, 60.0)
	require.NoError(t, c.close())

	clock.hours.Store(3)
	c = open(t, dir, w, p.wait(time.Minute), set)
	second := c.RunAll(t.Context(), "", yes, nil)
	require.NoError(t, c.close())
	require.Equal(t, engine.EndDone, second.Outcome, "%v", second.Error)
	require.Equal(t, *first.ChatBack, *second.ChatBack)
}

// Another console has brought the service back: when this one first saw it says nothing
// of how long it was away.
func TestARunThatBroughtNothingBackTellsNoTime(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	var p people
	c := open(t, dir, w, p.wait(time.Minute))
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F1", yes, nil).Outcome)
	require.NoError(t, c.close())
	other := open(t, t.TempDir(), w, p.wait(time.Millisecond))
	other.RunAll(t.Context(), "", yes, nil)
	require.NoError(t, other.close())

	p.back.Store(true)
	c = open(t, dir, w, p.wait(time.Minute))
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
	require.Nil(t, sum.ChatBack)
	require.NoError(t, c.close())
}
