package lab_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/world"
)

func TestTheLabCanDoWhateverAScenarioMayAskFor(t *testing.T) {
	l := start(t)
	for name := range scenario.Vocabulary() {
		err := l.Perform([]scenario.Step{{Do: name, With: map[string]string{}}})
		if err != nil {
			require.NotContains(t, err.Error(), "the lab cannot do that", name)
		}
	}
	require.ErrorContains(t, l.Perform([]scenario.Step{{Do: "pray"}}), "the lab cannot do that")
}

func TestAnAdministratorActsByHand(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Scenario: "failover", Seed: 7, Speed: 600, Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	l.World().StopAgent(world.Secondary)
	before := len(l.World().Restored(world.Secondary))
	require.NoError(t, l.Perform([]scenario.Step{
		{Do: "sql", With: map[string]string{
			"instance": "secondary", "file": "pending", "text": `RESTORE LOG mgc FROM DISK = N'E:\LogShip\{file}' WITH NORECOVERY`,
		}},
	}))
	require.Len(t, l.World().Restored(world.Secondary), before+1)
	require.ErrorContains(t, l.Perform([]scenario.Step{
		{Do: "sql", With: map[string]string{"instance": "secondary", "text": "RESTORE DATABASE nothing WITH RECOVERY"}},
	}), "nothing")
	require.NoError(t, l.Perform([]scenario.Step{
		{Do: "shell", With: map[string]string{"host": "FE11", "line": `powershell -Command "Set-CsPersistentChatState -Identity PersistentChatServer:pchat.litwareinc.com -PoolState FailedOver"`}},
	}))
	_, state := l.World().PoolState()
	require.Equal(t, "FailedOver", state)
}

func TestEventsHappenOnce(t *testing.T) {
	done := func(to string) []scenario.Step {
		return []scenario.Step{{Do: "share", With: map[string]string{"state": to}}}
	}
	l, err := lab.Start(t.Context(), lab.Options{Seed: 7, Speed: 600, Dir: t.TempDir(), Situation: &scenario.Scenario{
		Name: "mine", When: []scenario.Event{
			{Moment: &scenario.Moment{Step: "F3", End: true}, Do: done("offline")},
			{Moment: &scenario.Moment{Step: "F4b", End: true}, Do: done("offline")},
			{After: time.Minute, Do: []scenario.Step{{Do: "agent", With: map[string]string{"instance": "secondary", "on": "false"}}}},
			{State: &scenario.State{Instance: "primary", Is: "ONLINE"}, Do: done("broken")},
		},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	l.Moment("F3", false)
	_, err = l.World().Backups(world.Share)
	require.NoError(t, err, "it is the end that was meant")
	l.Moment("F3", true)
	_, err = l.World().Backups(world.Share)
	require.Error(t, err)
	require.Eventually(t, func() bool { return l.Due() == 1 }, 2*time.Minute, 5*time.Millisecond)
	require.ErrorContains(t, l.Mishaps(), "broken", "what a scenario cannot do is told")
	require.NoError(t, l.Lift())
	l.Moment("F3", true)
	l.Moment("F4b", true)
	_, err = l.World().Backups(world.Share)
	require.NoError(t, err, "neither again nor late")
}
