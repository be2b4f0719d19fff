package failover

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// moving is a secondary whose restore job runs for so many looks, and whose RESTORE moves
// on between them, or stands still.
type moving struct {
	*server
	looks, end int
	stands     bool
}

func (m *moving) Facts(context.Context) (status.Facts, error) {
	m.looks++
	f := status.Facts{Restoring: &status.Request{Session: 61, Command: "RESTORE LOG"}}
	if !m.stands {
		f.Restoring.Percent = float64(m.looks)
	}
	f.Secondary = &status.ShippingSecondary{RestoreJob: status.Job{ID: "r", Name: "LSRestore", Running: m.looks < m.end}}
	return f, nil
}

// deaf hears nothing of what is told on the way.
type deaf struct{ engine.Reporter }

func (deaf) Progress(engine.Progress) {}

// A RESTORE that is cut off begins anew: an hour of it is not thrown away because a minute
// is over.
func TestALongRestoreOfLogShippingIsWaitedForWhileItMovesOn(t *testing.T) {
	for name, c := range map[string]struct {
		stands, ends bool
	}{"it moves on": {false, true}, "it stands still": {true, false}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEstate(t).Estate
				e.Now = time.Now
				m := &moving{end: 300, stands: c.stands}
				f := &failover{Estate: e, db: "mgc", sql: m}
				idle, err := f.awaitIdle(t.Context(), status.Job{ID: "r", Name: "LSRestore"}, restores, deaf{})
				require.NoError(t, err)
				require.Equal(t, c.ends, idle)
			})
		})
	}
}
