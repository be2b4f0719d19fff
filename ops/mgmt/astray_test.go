package mgmt

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// The host that has the job falls silent, and another management host answers: the
// next run begins no second mirror there while the first may be made, and finds it
// once its host is back.
func TestNoSecondMirrorIsBegunWhileTheFirstMayBeMade(t *testing.T) {
	e := newEstate(t)
	one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
	o := fast()
	o.Patience = 50 * time.Millisecond
	first := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			one.door.set(true)
		}
	}}
	err := shellOn(t, o, one, two).InstallMirror(mirroring).Do(t.Context(), first)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)

	again := shellOn(t, o, one, two)
	again.Recalls(func(name string) string { return first.facts[name] })
	for range 2 {
		err = again.InstallMirror(mirroring).Do(t.Context(), &reporter{})
		require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
		require.ErrorContains(t, err, "it may still run there, so no second is begun")
		require.ErrorContains(t, err, "bring FE01 back")
	}
	require.NoError(t, again.SetPoolState(thePool, "FailedOver").Do(t.Context(), &reporter{}), "what does no harm twice goes on elsewhere")

	one.door.set(false)
	close(e.finish)
	last := &reporter{}
	require.NoError(t, again.InstallMirror(mirroring).Do(t.Context(), last))
	require.Contains(t, last.log(), "was started before")
	require.Equal(t, 1, e.count())
	for name, value := range last.facts {
		if strings.HasPrefix(name, "may still run") {
			require.Empty(t, value, "its end was seen")
		}
	}
}

// Whatever follows a job is given up in time where its host is gone before the job
// begins, and says that it waits.
func TestNoJobIsWaitedForWithoutEnd(t *testing.T) {
	for name, action := range map[string]func(*Shell, *Files) engine.Action{
		"F5": func(s *Shell, _ *Files) engine.Action { return s.SetPoolState(thePool, "FailedOver") },
		"F6": func(s *Shell, _ *Files) engine.Action { return s.InstallMirror(mirroring) },
		"F7": func(s *Shell, _ *Files) engine.Action {
			return s.SetActiveServers(thePool, []string{"chat11.litwareinc.com"})
		},
		"M1":  func(s *Shell, _ *Files) engine.Action { return s.FailoverDatabase("Mirror", nil) },
		"M22": func(s *Shell, _ *Files) engine.Action { return s.FailoverDatabase("Primary", nil) },
		"F2":  func(_ *Shell, f *Files) engine.Action { return f.Copy(share, copyF, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			m := newMachine(t, e, "FE11", nil)
			o := fast()
			o.Patience = 50 * time.Millisecond
			a := action(shellOn(t, o, m), filesOn(t, o, m))
			r := &cutting{door: m.door}
			err := a.Do(t.Context(), r)
			require.Error(t, err)
			require.Contains(t, []fault.Class{fault.Lost, fault.Unreachable}, fault.ClassOf(err), "%v", err)
			require.Zero(t, e.count())
		})
	}
}

// cutting shuts a door once a job is about to be started, which it puts on record before.
type cutting struct {
	reporter
	door *door
}

func (c *cutting) Keep(facts ...engine.Fact) error {
	c.door.set(true)
	return c.reporter.Keep(facts...)
}

// What cannot be put on record is not sent to any host.
func TestAJobThatCannotBePutOnRecordIsNotBegun(t *testing.T) {
	for name, action := range map[string]func(*Shell, *Files) engine.Action{
		"F5":  func(s *Shell, _ *Files) engine.Action { return s.SetPoolState(thePool, "FailedOver") },
		"F6":  func(s *Shell, _ *Files) engine.Action { return s.InstallMirror(mirroring) },
		"M22": func(s *Shell, _ *Files) engine.Action { return s.FailoverDatabase("Primary", nil) },
		"F2":  func(_ *Shell, f *Files) engine.Action { return f.Copy(share, copyF, nil) },
	} {
		e := newEstate(t)
		m := newMachine(t, e, "FE11", nil)
		full := errors.New("no space left on device")
		require.ErrorIs(t, action(shellOn(t, fast(), m), filesOn(t, fast(), m)).Do(t.Context(), &reporter{unwritten: full}), full, name)
		require.Zero(t, e.count(), name)
	}
}

// A console that was killed has left on record where its job was to run: until that
// host answers, the next one neither begins it elsewhere nor takes it for not begun,
// and then it finds the job there before it asks any other host.
func TestAKilledConsolesJobIsLookedForWhereItWasToRun(t *testing.T) {
	for name, action := range map[string]func(*Shell) engine.Action{
		"F6":  func(s *Shell) engine.Action { return s.InstallMirror(mirroring) },
		"M1":  func(s *Shell) engine.Action { return s.FailoverDatabase("Mirror", nil) },
		"M22": func(s *Shell) engine.Action { return s.FailoverDatabase("Primary", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			one, two := newMachine(t, e, "FE01", nil), newMachine(t, e, "FE11", nil)
			o := fast()
			killed := &perishing{}
			ctx, kill := context.WithCancel(t.Context())
			killed.onLine = func(string) { kill() }
			_ = action(shellOn(t, o, one, two)).Do(ctx, killed) // what came of it nobody saw
			require.NotEmpty(t, killed.kept)

			one.door.set(true)
			again := shellOn(t, o, one, two)
			again.Recalls(func(name string) string { return killed.kept[name] })
			_, err := action(again).Settle(t.Context())
			require.ErrorContains(t, err, "bring FE01 back")
			require.ErrorContains(t, action(again).Do(t.Context(), &reporter{}), "bring FE01 back")

			one.door.set(false)
			if name != "F6" {
				return // theirs has ended: the lab of these tests refuses it
			}
			two.door.set(true)
			asked := time.Now()
			_, err = action(again).Settle(t.Context())
			require.ErrorIs(t, err, engine.ErrUnderway)
			require.Less(t, time.Since(asked), o.Connect, "no other host was waited for")
			close(e.finish)
			last := &reporter{}
			require.NoError(t, action(again).Do(t.Context(), last))
			require.Equal(t, 1, e.count())
			require.Empty(t, last.facts["may still run: "+workOf(killed.kept)])
		})
	}
}

// perishing is a reporter of a console whose process ends: only what it has kept is on
// record.
type perishing struct {
	reporter
	kept map[string]string
}

func (p *perishing) Keep(facts ...engine.Fact) error {
	p.kept = map[string]string{}
	for _, f := range facts {
		p.kept[f.Name] = f.Value
	}
	return nil
}

func workOf(kept map[string]string) string {
	for name := range kept {
		if work, found := strings.CutPrefix(name, "may still run: "); found {
			return work
		}
	}
	return ""
}
