package world_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

// mishaps are what can happen to a healthy site in an hour, and what ends it.
var mishaps = []struct {
	name string
	do   func(t *testing.T, w *world.World, r *rand.Rand)
	undo func(w *world.World)
}{
	{"nothing", func(*testing.T, *world.World, *rand.Rand) {}, func(*world.World) {}},
	{"share away", func(_ *testing.T, w *world.World, _ *rand.Rand) { w.SetShareOffline(true) }, func(w *world.World) { w.SetShareOffline(false) }},
	{"share denied", func(_ *testing.T, w *world.World, _ *rand.Rand) { w.SetShareDenied(true) }, func(w *world.World) { w.SetShareDenied(false) }},
	{"share full", func(_ *testing.T, w *world.World, _ *rand.Rand) { w.SetDiskFull("share", true) }, func(w *world.World) { w.SetDiskFull("share", false) }},
	{"copy folder full", func(_ *testing.T, w *world.World, _ *rand.Rand) { w.SetDiskFull(world.Secondary, true) }, func(w *world.World) { w.SetDiskFull(world.Secondary, false) }},
	{"secondary's Agent stopped", func(_ *testing.T, w *world.World, _ *rand.Rand) { w.StopAgent(world.Secondary) }, func(w *world.World) { w.StartAgent(world.Secondary) }},
	{"primary's Agent stopped", func(_ *testing.T, w *world.World, _ *rand.Rand) { w.StopAgent(world.Primary) }, func(w *world.World) { w.StartAgent(world.Primary) }},
	{"secondary off", func(t *testing.T, w *world.World, _ *rand.Rand) { require.NoError(t, w.PowerOff("SQL11")) }, func(w *world.World) { _ = w.PowerOn("SQL11") }},
	{"primary off", func(t *testing.T, w *world.World, _ *rand.Rand) { require.NoError(t, w.PowerOff("SQL01")) }, func(w *world.World) { _ = w.PowerOn("SQL01") }},
	{"mirror off", func(t *testing.T, w *world.World, _ *rand.Rand) { require.NoError(t, w.PowerOff("SQL02")) }, func(w *world.World) { _ = w.PowerOn("SQL02") }},
	{"standby", func(_ *testing.T, w *world.World, _ *rand.Rand) { _ = w.Standby() }, func(*world.World) {}},
	{"copy spoiled", func(t *testing.T, w *world.World, r *rand.Rand) {
		names, err := w.Backups(world.Folder)
		require.NoError(t, err)
		if r.IntN(2) == 0 {
			require.NoError(t, w.Damage(world.Folder, names[len(names)-1]))
		} else {
			require.NoError(t, w.Remove(world.Folder, names[len(names)-1]))
		}
	}, func(*world.World) {}},
}

// TestNothingShippedIsEverLost lets sites live through what the seed brings,
// kills data centre 1, and restores by LSN what the share holds.
func TestNothingShippedIsEverLost(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			w := site(t, func(c *world.Config) { c.Seed, c.History = seed, 30*time.Minute })
			for range 6 {
				m := mishaps[r.IntN(len(mishaps))]
				t.Log(w.Now().Format("15:04"), m.name)
				m.do(t, w, r)
				w.Elapse(time.Duration(r.IntN(60)) * time.Minute)
				m.undo(w)
				w.Elapse(time.Duration(r.IntN(20)) * time.Minute)
			}
			require.NoError(t, w.PowerOff("dc1"))
			restoreByLSN(t, w)
			l := w.Ledger()
			require.Positive(t, l.Shipped)
			require.Equal(t, l.Shipped, l.Recovered, "%+v", l)
			require.IsIncreasing(t, w.Messages(world.Secondary))
		})
	}
}

// restoreByLSN copies everything from the share anew and offers every backup
// in the order of names until none fits any more.
func restoreByLSN(t *testing.T, w *world.World) {
	t.Helper()
	copyRest(t, w)
	sa := admin(t, w, world.Secondary)
	names, err := w.Backups(world.Folder)
	require.NoError(t, err)
	for _, name := range names {
		if n := sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY"); n != 0 {
			require.EqualValues(t, 4326, n, "%s: %v", name, sa.info)
		}
	}
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
}

func TestTheSameSeedIsTheSameSite(t *testing.T) {
	one, two, other := site(t), site(t), site(t, func(c *world.Config) { c.Seed = 8 })
	for _, w := range []*world.World{one, two, other} {
		w.Elapse(90 * time.Minute)
	}
	require.Equal(t, one.Messages(world.Primary), two.Messages(world.Primary))
	require.Equal(t, admin(t, one, world.Primary).view("msdb", "dbo", "sysjobs"), admin(t, two, world.Primary).view("msdb", "dbo", "sysjobs"))
	require.Equal(t, one.Instance(world.Primary).Password("sa"), two.Instance(world.Primary).Password("sa"))
	require.NotEqual(t, one.Instance(world.Primary).Password("sa"), other.Instance(world.Primary).Password("sa"))
	require.NotEqual(t, one.Messages(world.Primary), other.Messages(world.Primary))
}
