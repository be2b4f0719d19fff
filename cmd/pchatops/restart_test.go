package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/journal"
	"pchatops/ops/pause"
)

// SQL Server is restarted in the middle of a procedure. The right is taken again as
// soon as any server answers; the one that restarts is waited for all the same. Where
// the mirror took over meanwhile, and so took an earlier step back, the run says so and
// stops: it cannot tell that from another console's work. The next one carries it through.
func TestARestartOfAServerIsWaitedForInEveryProcedure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		procedure, step, server string
		at                      journal.Type
		undone                  string // the step that the failover of the mirror takes back
	}{
		{"ship-mirror", "M1", `SQL01\RTC`, journal.Action, ""},
		{"ship-mirror", "M1", `SQL02\RTC`, journal.Action, ""},
		{"ship-mirror", "M4-M20", `SQL11\RTC`, journal.Intent, ""},
		{"ship-mirror", "M4-M20", `SQL02\RTC`, journal.Plan, "M1"},
		{"ship-mirror", "M22b", `SQL01\RTC`, journal.Action, "M22"},
		{"ship-primary", "P13a", `SQL11\RTC`, journal.Step, ""},
		{"ship-primary", "P20", `SQL11\RTC`, journal.Step, ""},
		{"unship", "U1", `SQL11\RTC`, journal.Action, ""},
		{"failover", "F3", `SQL12\RTC`, journal.Intent, ""},
		{"failover", "F7", `SQL12\RTC`, journal.Action, ""},
		{"failover", "F6", `SQL11\RTC`, journal.Step, ""},
	} {
		t.Run(fmt.Sprintf("%s, %s of %s, %s", tt.procedure, tt.at, tt.step, tt.server[:5]), func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				scenario := tt.procedure
				if scenario == "unship" {
					scenario = "healthy"
				}
				l := startSite(t, scenario, slowly)
				var restart sync.WaitGroup
				defer restart.Wait()
				met := false
				r := runMeddled(t, l, nil, tt.procedure, &meddled{at: tt.at, step: tt.step, do: func() {
					met = true
					require.NoError(t, l.World().StopService(tt.server))
					restart.Go(func() {
						_ = pause.For(t.Context(), 4*time.Second)
						_ = l.World().StartService(tt.server)
					})
				}})
				require.True(t, met)
				if tt.undone != "" {
					require.ErrorContains(t, r.err, "run "+tt.step+": refused: "+tt.undone+" ")
					require.ErrorContains(t, r.err, "was done, and is not so any more")
					restart.Wait()
					r = runMeddled(t, l, nil, tt.procedure, &meddled{})
				}
				require.Zero(t, r.code, "%v", r.err)
			})
		})
	}
}
