package world_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestTheSiteLivesOnItsClockUntilItIsToldToStop(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Speed = 3600; c.Pace = world.Pace{} })
	ctx, cancel := context.WithCancel(t.Context())
	stopped := w.Start(ctx)
	before := w.Ledger().Shipped
	sa := admin(t, w, world.Secondary)
	require.Eventually(t, func() bool { return w.Ledger().Shipped > before }, 2*time.Minute, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		row := sa.view("msdb", "dbo", "log_shipping_monitor_secondary")[0]
		return row["last_restored_date_utc"].(time.Time).After(threeInTheNight)
	}, 2*time.Minute, 5*time.Millisecond)
	cancel()
	<-stopped
	require.EqualValues(t, 22022, refused(sa, "sp_start_job", "@job_name", sa.jobRow("LSCopy")["name"]), "nothing starts in a site that stands still")
}

func TestManyClientsAtOnce(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Speed = 3600 })
	ctx, cancel := context.WithCancel(t.Context())
	stopped := w.Start(ctx)
	var all sync.WaitGroup
	for _, i := range w.Instances() {
		c := admin(t, w, i.Name())
		all.Go(func() {
			for range 10 {
				for _, name := range names("master") {
					_, e, _ := c.host.View("master", "sys", name)
					if e != nil && e.Number != 596 {
						t.Error(name, e)
					}
				}
				c.fresh().restore("HEADERONLY", world.Share+`\mgc_full.bak`)
			}
		})
	}
	for range 5 {
		require.NoError(t, w.PowerOff("SQL01"))
		w.Elapse(time.Minute)
		require.NoError(t, w.PowerOn("SQL01"))
		w.SetSlow(2)
		_ = w.Config()
		_ = w.Ledger()
	}
	all.Wait()
	cancel()
	<-stopped
}

func TestPowerTellsWhoStandsInFront(t *testing.T) {
	var told []string
	w := site(t, func(c *world.Config) {
		c.OnPower = func(instance string, on bool) {
			if on {
				instance = "+" + instance
			}
			told = append(told, instance)
		}
	})
	c := admin(t, w, world.Primary)
	require.NoError(t, w.PowerOff("dc1"))
	<-c.gone
	_, _, e := w.Instance(world.Primary).Login(world.LoginRequest{User: "sa", Password: w.Instance(world.Primary).Password("sa")})
	require.NotNil(t, e)
	require.NoError(t, w.PowerOff("SQL01"))
	require.NoError(t, w.PowerOn("mirror"))
	require.Error(t, w.PowerOff("dc9"))
	require.Equal(t, []string{`SQL01\RTC`, `SQL02\RTC`, `SQL03\RTC`, `+SQL02\RTC`}, told, "once each")
}

func TestTheLabNeedsAFolderOfItsOwn(t *testing.T) {
	_, err := world.New(world.Config{Seed: 1})
	require.Error(t, err)
}
