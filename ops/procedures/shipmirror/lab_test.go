package shipmirror_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/procedurestest"
	"pchatops/ops/site"
)

var all = []string{"M1", "M2-M3", "M4-M20", "M21", "M22", "M22b"}

// secondaryConfiguration is what msdb of the secondary holds beside times.
var secondaryConfiguration = []string{
	`SELECT secondary_id, primary_server, primary_database, backup_source_directory, backup_destination_directory, file_retention_period,
		copy_job_id, restore_job_id FROM msdb.dbo.log_shipping_secondary`,
	`SELECT secondary_database, secondary_id, restore_delay, restore_all, restore_mode, disconnect_users FROM msdb.dbo.log_shipping_secondary_databases`,
	`SELECT secondary_id, restore_threshold, threshold_alert, threshold_alert_enabled, history_retention_period FROM msdb.dbo.log_shipping_monitor_secondary`,
	`SELECT job_id, name, enabled FROM msdb.dbo.sysjobs ORDER BY name`,
	`SELECT j.job_id, s.name, s.enabled, s.freq_type, s.freq_subday_interval FROM msdb.dbo.sysjobschedules AS j
		JOIN msdb.dbo.sysschedules AS s ON s.schedule_id = j.schedule_id ORDER BY j.job_id`,
}

func (r *rig) secondaryConfiguration() (out []string) {
	for _, text := range secondaryConfiguration {
		out = append(out, r.query(`SQL11\RTC`, text)...)
	}
	return out
}

func TestTheMirrorShipsTheLogAndNothingOnTheSecondaryChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	before := r.secondaryConfiguration()
	require.Len(t, before, 9, "a configuration, its database, its monitor row, three jobs and their schedules")
	r.do(all...)
	require.Equal(t, before, r.secondaryConfiguration())

	p, m := r.facts(site.Primary), r.facts(site.Mirror)
	require.Equal(t, "PRINCIPAL", p.Mirroring.Role, "the chat is back")
	require.Empty(t, m.Primary.Settings("mgc").Differ(p.Primary.Settings("mgc")), "the mirror has the primary's settings")
	require.True(t, m.Primary.BackupJob.Enabled)

	for _, id := range all {
		res, err := engine.Inferred(t.Context(), r.step(id))
		require.NoError(t, err, id)
		require.True(t, res.Already, "%s is not sent again: %+v", id, res.Plan)
	}
}

// The reason for all of this: the primary dies, its mirror takes over and goes
// on shipping; then the data centre dies, and the failover loses nothing.
func TestLogShippingGoesOnWhenTheMirrorTakesOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	r.do(all...)
	shipped := r.world().Ledger().Shipped
	restored, _ := chain.Stamp(r.facts(site.Secondary).Secondary.LastRestoredFile)

	require.NoError(t, r.world().PowerOff(primary))
	r.world().Elapse(2 * time.Hour)
	require.Equal(t, "PRINCIPAL", r.facts(site.Mirror).Mirroring.Role, "the witness let the mirror take over")
	require.Greater(t, r.world().Ledger().Shipped, shipped, "chat goes on, and its log reaches the share")
	later, _ := chain.Stamp(r.facts(site.Secondary).Secondary.LastRestoredFile)
	require.Greater(t, later.Sub(restored), 90*time.Minute, "the secondary restores what the mirror ships: there is no gap")

	require.NoError(t, r.world().PowerOff("dc1"))
	r.failOver()
	ledger := r.world().Ledger()
	require.True(t, ledger.Live)
	require.Zero(t, ledger.Lost)
	require.Equal(t, ledger.Shipped, ledger.Recovered)
}

func TestTheWayBackIsOpenAtAnyTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	require.Contains(t, r.unmet("M22")["the chat is away"].Do, "do nothing", "there is nothing to go back from yet, and M1 need not be run for it")
	r.do("M1")
	r.world().StopAgent(world.Mirror)
	_, err := r.run("ship-mirror", r.step("M2-M3"))
	require.True(t, fault.Is(err, fault.Refused))
	require.ErrorContains(t, err, `SQL Server Agent on SQL02\RTC`)
	p, err := engine.Planned(t.Context(), r.step("M4-M20"))
	require.NoError(t, err)
	require.Contains(t, p.Notes, `the chat runs on the mirror SQL02\RTC; step M22 goes back to SQL01\RTC at any time: run ship-mirror --step M22`)

	require.True(t, r.step("M22").WayBack)
	r.do("M22")
	require.Equal(t, "PRINCIPAL", r.facts(site.Primary).Mirroring.Role)
	require.Nil(t, r.facts(site.Mirror).Primary)
	require.Contains(t, r.unmet("M1"), `SQL Server Agent on SQL02\RTC`, "it is asked for before the chat is moved")

	r.world().StartAgent(world.Mirror)
	r.do(all...)
}

func TestTheChatIsNotMovedToAMirrorThatLacksSomeOfIt(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	r.query(primary, "ALTER DATABASE mgc SET PARTNER SUSPEND")
	_, err := r.run("ship-mirror", r.step("M1"))
	require.True(t, fault.Is(err, fault.Refused))
	require.ErrorContains(t, err, "SUSPENDED")
	require.Equal(t, "PRINCIPAL", r.facts(site.Primary).Mirroring.Role)
}

func TestEverySettingThatWouldChangeIsAcceptedByName(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.query(mirror, "EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @backup_threshold = 90, @backup_retention_period = 60")
	r.do("M1", "M2-M3")
	unmet := r.unmet("M4-M20")
	require.Len(t, unmet, 2)
	require.Contains(t, unmet["alert if no backup within"].Seen, "90m")
	require.Contains(t, unmet["alert if no backup within"].Want, "1h")

	_, err := r.run("ship-mirror", r.step("M4-M20"), "alert if no backup within")
	require.True(t, fault.Is(err, fault.Refused), "one was accepted, the other was not")
	require.Equal(t, 90*time.Minute, r.facts(site.Mirror).Primary.Threshold)
	res, err := r.run("ship-mirror", r.step("M4-M20"), "alert if no backup within", "delete files older than")
	require.NoError(t, err)
	require.Equal(t, engine.Done, res.Outcome)
	require.Empty(t, r.facts(site.Mirror).Primary.Settings("mgc").Differ(r.facts(site.Primary).Primary.Settings("mgc")))
}

// Somebody else fails back between the look and the job: the backup job then
// reports success and writes nothing.
func TestABackupJobThatWritesNothingProvesNothing(t *testing.T) {
	t.Parallel()
	// Slow enough for no scheduled backup to come between.
	r := rigOf(t, lab.Options{Scenario: "ship-mirror", Seed: 7, Speed: 10, History: time.Hour})
	r.do("M1", "M2-M3", "M4-M20")
	s := r.step("M21")
	plan := s.Plan
	s.Plan = func(ctx context.Context) (*engine.Plan, error) {
		p, err := plan(ctx)
		r.moved("Primary")
		return p, err
	}
	res, err := r.run("ship-mirror", s)
	require.NoError(t, err)
	require.Equal(t, engine.Failed, res.Outcome)
	require.ErrorContains(t, res.Err, "without writing a backup")
	require.Contains(t, r.unmet("M21"), "mirroring", "it is the primary's turn again")
	r.do(all...)
}

func TestAChangeOfTheSecondaryMeanwhileIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	r.do("M1", "M2-M3", "M4-M20")
	r.query(`SQL11\RTC`, "EXEC master.dbo.sp_change_log_shipping_secondary_database @secondary_database = 'mgc', @restore_threshold = 99")
	_, err := r.run("ship-mirror", r.step("M21"))
	require.True(t, fault.Is(err, fault.Refused))
	require.ErrorContains(t, err, `the configuration of SQL11\RTC has changed since M1`)
}

// Whatever a console had sent when it was killed, the next one goes on from
// what the servers show, and moves the chat no more often than needed.
func TestAConsoleThatIsKilledInAnyStepIsCarriedOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	for _, id := range all {
		require.True(t, r.killed(id), "%s: there is something to be killed in", id)
	}
	for _, id := range all {
		res, err := engine.Inferred(t.Context(), r.step(id))
		require.NoError(t, err, id)
		require.True(t, res.Already, "%s: %+v", id, res.Plan)
	}
	require.Equal(t, "PRINCIPAL", r.facts(site.Primary).Mirroring.Role)
	require.Empty(t, r.facts(site.Mirror).Primary.Settings("mgc").Differ(r.facts(site.Primary).Primary.Settings("mgc")))
}

// killed runs a step and ends the console while its first action is under way,
// or just after it; then another console runs it to its end.
func (r *rig) killed(id string) bool {
	r.t.Helper()
	ctx, kill := context.WithCancel(context.Background())
	defer kill()
	accept := func(_ engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
		return engine.Confirmation{Accepted: true, Typed: p.Confirm}, true
	}
	runner := engine.Runner{Journal: r.record, Lease: procedurestest.Sole{}, Clock: procedurestest.Clock{}}
	_, _ = runner.Run(ctx, "ship-mirror", r.step(id), accept, func(e engine.Event) {
		if e.Type == engine.EventLog || e.Type == engine.EventProgress || e.Type == engine.EventAction {
			kill()
		}
	})
	r.do(id)
	return ctx.Err() != nil
}
