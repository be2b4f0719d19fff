//go:build !race

// go-mssqldb gives the buffer of a connection that ends to the next one, while the
// reader of a query that was given up may still look at it: the race detector finds
// that in the driver, now and then, when a server goes away under a query.

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
// soon as any server answers; the one that restarts is waited for all the same, and
// a step that a failover of the mirror has taken back meanwhile is done anew.
func TestARestartOfAServerIsWaitedForInEveryProcedure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		procedure, step, server string
		at                      journal.Type
	}{
		{"ship-mirror", "M1", `SQL01\RTC`, journal.Action},
		{"ship-mirror", "M1", `SQL02\RTC`, journal.Action},
		{"ship-mirror", "M4-M20", `SQL11\RTC`, journal.Intent},
		{"ship-mirror", "M4-M20", `SQL02\RTC`, journal.Plan},
		{"ship-mirror", "M22b", `SQL01\RTC`, journal.Action},
		{"ship-primary", "P13a", `SQL11\RTC`, journal.Step},
		{"ship-primary", "P20", `SQL11\RTC`, journal.Step},
		{"unship", "U1", `SQL11\RTC`, journal.Action},
		{"failover", "F3", `SQL12\RTC`, journal.Intent},
		{"failover", "F7", `SQL12\RTC`, journal.Action},
		{"failover", "F6", `SQL11\RTC`, journal.Step},
	} {
		t.Run(fmt.Sprintf("%s, %s of %s, %s", tt.procedure, tt.at, tt.step, tt.server[:5]), func(t *testing.T) {
			t.Parallel()
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
			require.Zero(t, r.code, "%v", r.err)
		})
	}
}
