package main

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
	"pchatops/tui"
	"pchatops/tui/drive"
)

// moments are states of a real failover that stand still, so that a screen can
// be measured on them: the one before each step, its plan just read, and one in
// the middle of the restores.
type moments struct {
	site      *site.Site
	before    []*incident.State // in the order of the steps
	restoring *incident.State
}

// failOver carries a failover through on the lab. Every step has something to
// do: a report program stands in the way of the recovery.
func failOver(t testing.TB) moments {
	l := startSite(t, "failover", lab.Options{
		Start: time.Now().Truncate(15 * time.Minute).Add(5 * time.Minute), // no job is due before the console has dropped them
		Speed: 1, Pace: world.Pace{Base: 300 * time.Millisecond}, MirrorTime: time.Second, Interval: 15 * time.Minute, History: 90 * time.Minute,
	})
	l.World().Intrude(world.Secondary, world.Database, "Report Server", 2, 0)
	s := sessionOn(t, l)
	box := s.incident.Subscribe()
	defer box.Close()
	m := moments{site: s.site}
	wait := func(holds func(*incident.State) bool) *incident.State {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		for {
			now, err := box.Next(ctx)
			require.NoError(t, err)
			if now.Running == "F3" && stepOf(now, "F3").Progress != nil {
				m.restoring = now
			}
			if holds(now) {
				return now
			}
		}
	}
	first := wait(func(s *incident.State) bool {
		return s.Snapshot != nil && !s.Snapshot.Pool.Answered.IsZero() && s.Findings[0].Code == "primary-site-lost" && s.Steps[len(s.Steps)-1].Plan != nil
	})
	for _, step := range first.Steps {
		asked := time.Now()
		require.NoError(t, s.incident.Plan(step.ID))
		planned := wait(func(s *incident.State) bool { return stepOf(s, step.ID).PlanAt.After(asked) })
		require.NoError(t, stepOf(planned, step.ID).PlanErr)
		m.before = append(m.before, planned)
		given := engine.Granted(step.ID, step.Risk, stepOf(planned, step.ID).Plan)
		given.By = "alice"
		require.NoError(t, s.incident.Run(step.ID, given))
		done := wait(func(s *incident.State) bool { return s.Running == "" && stepOf(s, step.ID).Outcome != engine.None })
		require.Equal(t, engine.Done, stepOf(done, step.ID).Outcome, "%s: %v", step.ID, stepOf(done, step.ID).Err)
	}
	require.NotNil(t, m.restoring)
	return m
}

func stepOf(s *incident.State, id string) *incident.StepState {
	return &s.Steps[slices.IndexFunc(s.Steps, func(s incident.StepState) bool { return s.ID == id })]
}

// scene is an incident that stands still until a test changes it.
type scene struct {
	tui.Incident
	mu    sync.Mutex
	now   incident.State
	seen  uint64
	fresh chan struct{}
}

// at shows a console the scene of a state.
func (m moments) at(t testing.TB, state *incident.State, w, h int) (*scene, *drive.Console) {
	s := &scene{now: *state, fresh: make(chan struct{}, 1)}
	return s, drive.Start(t, drive.Config{
		Options: tui.Options{Incident: s, Site: m.site, Theme: "dark", Width: w, Height: h},
		Inbox:   s, Clock: drive.NewClock(state.Snapshot.Taken.Truncate(time.Second)), Latest: s.latest,
	})
}

// Next hands out the newest state once.
func (s *scene) Next(ctx context.Context) (*incident.State, error) {
	for {
		s.mu.Lock()
		if s.now.Seq > s.seen {
			s.seen = s.now.Seq
			now := s.now
			s.mu.Unlock()
			return &now, nil
		}
		s.mu.Unlock()
		select {
		case <-s.fresh:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *scene) Close() {}

func (s *scene) latest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.Seq
}

// Plan finds the same plan again.
func (s *scene) Plan(step string) error {
	s.change(func(now *incident.State) { stepOf(now, step).PlanAt = stepOf(now, step).PlanAt.Add(time.Millisecond) })
	return nil
}

// change publishes a new state.
func (s *scene) change(with func(*incident.State)) {
	s.mu.Lock()
	s.now.Steps = slices.Clone(s.now.Steps)
	with(&s.now)
	s.now.Seq++
	s.mu.Unlock()
	select {
	case s.fresh <- struct{}{}:
	default:
	}
}
