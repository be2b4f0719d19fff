package mssql

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab/world"
)

// gauge is a Reporter that notes when, by the server's clock, it heard what.
type gauge struct {
	now func() time.Time

	mu   sync.Mutex
	at   []time.Time
	last engine.Progress
	wild []engine.Progress // that cannot be
}

func (g *gauge) Progress(p engine.Progress) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at = append(g.at, g.now())
	if p.Percent < g.last.Percent || p.Percent > 100 || p.Done < g.last.Done || p.Done > p.Total {
		g.wild = append(g.wild, p)
	}
	g.last = p
}

func (*gauge) Log(string)             {}
func (*gauge) Observe(string, string) {}

func (*gauge) Keep(...engine.Fact) error { return nil }

// longest is the longest time without a sign, from the start to the end.
func (g *gauge) longest(begun, ended time.Time) (gap time.Duration) {
	last := begun
	for _, at := range append(g.at, ended) {
		gap, last = max(gap, at.Sub(last)), at
	}
	return gap
}

// Initialising a secondary takes hours where the database is large. A second
// never passes without a sign, with percent and bytes; how long the rest will
// take follows from them. STATS alone says something every twentieth.
func TestASecondOfABackupOrRestoreNeverPassesWithoutProgress(t *testing.T) {
	t.Parallel()
	e := newEstate(t, func(c *world.Config) {
		bare(c)
		c.Speed, c.Pace = 3, world.Pace{Base: 24 * time.Second} // eight real seconds, for a busy machine; a twentieth takes 1.2 of the server's
	})
	p, _ := e.server(primary)
	sec, _ := e.server(secondary)
	p.pace.progress, sec.pace.progress = 20*time.Millisecond, 20*time.Millisecond
	storage, err := p.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	for _, action := range []engine.Action{
		p.BackupDatabase("mgc", world.Share+`\mgc_initialise.bak`),
		sec.RestoreDatabase("mgc", world.Share+`\mgc_initialise.bak`, storage.Files, false),
	} {
		g := &gauge{now: e.world.Now}
		begun := e.world.Now()
		require.NoError(t, action.Do(context.Background(), g))
		require.Greater(t, e.world.Now().Sub(begun), 20*time.Second, "it takes its time")
		require.LessOrEqual(t, g.longest(begun, e.world.Now()), time.Second, action.ID)
		require.Empty(t, g.wild, "%s: a bar that goes backwards or too far", action.ID)
		require.Equal(t, 100.0, g.last.Percent, action.ID)
		require.Positive(t, g.last.Total, action.ID)
		require.Equal(t, g.last.Total, g.last.Done, action.ID)
		require.Equal(t, "bytes", g.last.Unit)
	}
}
