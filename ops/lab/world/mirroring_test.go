package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

// mirroring is the role and state of the chat database on an instance.
func mirroring(t *testing.T, w *world.World, instance string) (role, state any) {
	t.Helper()
	r := admin(t, w, instance).row("database_mirroring")
	return r["mirroring_role_desc"], r["mirroring_state_desc"]
}

func TestTheWitnessLetsTheMirrorTakeOverAndShippingGoesOn(t *testing.T) {
	w := site(t)
	require.NoError(t, w.PowerOff("SQL01"))
	w.Elapse(9 * time.Second)
	role, state := mirroring(t, w, world.Mirror)
	require.Equal(t, []any{"MIRROR", "DISCONNECTED"}, []any{role, state})
	w.Elapse(10 * time.Second)
	role, _ = mirroring(t, w, world.Mirror)
	require.Equal(t, "PRINCIPAL", role)
	shipped := w.Ledger().Shipped
	w.Elapse(45 * time.Minute)
	require.Greater(t, w.Ledger().Shipped, shipped, "chat goes on and the new principal ships it")
	mirror := w.Messages(world.Mirror)
	second := w.Messages(world.Secondary)
	require.Equal(t, mirror[:len(second)], second, "the secondary did not notice")

	require.NoError(t, w.PowerOn("SQL01"))
	w.Elapse(time.Minute)
	role, state = mirroring(t, w, world.Primary)
	require.Equal(t, []any{"MIRROR", "SYNCHRONIZED"}, []any{role, state})
	require.Equal(t, w.Messages(world.Mirror), w.Messages(world.Primary))
}

func TestWithoutTheWitnessNothingFailsOverByItself(t *testing.T) {
	w := site(t)
	require.NoError(t, w.PowerOff("SQL03"))
	require.NoError(t, w.PowerOff("SQL01"))
	w.Elapse(time.Minute)
	role, state := mirroring(t, w, world.Mirror)
	require.Equal(t, []any{"MIRROR", "DISCONNECTED"}, []any{role, state})
	require.Equal(t, "RESTORING", admin(t, w, world.Mirror).state())
}

func TestAPrincipalThatIsAloneDoesNotServe(t *testing.T) {
	w := site(t)
	require.NoError(t, w.PowerOff("SQL03"))
	require.NoError(t, w.PowerOff("SQL02"))
	sa := admin(t, w, world.Primary)
	require.EqualValues(t, 955, sa.host.Use(world.Database).Number)
	require.NoError(t, w.PowerOn("SQL03"))
	require.Nil(t, sa.host.Use(world.Database))
}

func TestMirroringStatementsAreRefusedWhereTheyMustBe(t *testing.T) {
	failover := []string{"PARTNER", "FAILOVER"}
	for name, c := range map[string]struct {
		on      string
		prepare func(t *testing.T, w *world.World)
		set     []string
		want    int32
	}{
		"failover from the mirror":          {world.Mirror, nil, failover, 1470},
		"failover without safety":           {world.Primary, altered(world.Primary, "PARTNER", "SAFETY", "OFF"), failover, 1477},
		"failover while suspended":          {world.Primary, altered(world.Primary, "PARTNER", "SUSPEND"), failover, 1422},
		"failover without mirroring":        {world.Primary, altered(world.Primary, "PARTNER", "OFF"), failover, 1416},
		"force while the principal lives":   {world.Mirror, nil, []string{"PARTNER", "FORCE_SERVICE_ALLOW_DATA_LOSS"}, 1455},
		"force without the witness":         {world.Mirror, off("SQL01", "SQL03"), []string{"PARTNER", "FORCE_SERVICE_ALLOW_DATA_LOSS"}, 1406},
		"resume without the mirror":         {world.Primary, off("SQL02"), []string{"PARTNER", "RESUME"}, 1447},
		"partner when there is one":         {world.Primary, nil, []string{"PARTNER", "=", "TCP://sql12.litwareinc.com:5022"}, 1405},
		"partner that cannot be reached":    {world.Primary, altered(world.Primary, "PARTNER", "OFF"), []string{"PARTNER", "=", "TCP://sql99.litwareinc.com:5022"}, 1418},
		"partner that was not told":         {world.Primary, altered(world.Primary, "PARTNER", "OFF"), []string{"PARTNER", "=", "TCP://sql02.litwareinc.com:5022"}, 1418},
		"partner without the database":      {world.Primary, altered(world.Primary, "PARTNER", "OFF"), []string{"PARTNER", "=", "TCP://sql12.litwareinc.com:5022"}, 1464},
		"witness without mirroring":         {world.Primary, altered(world.Primary, "PARTNER", "OFF"), []string{"WITNESS", "OFF"}, 1416},
		"witness when there is none":        {world.Primary, altered(world.Primary, "WITNESS", "OFF"), []string{"WITNESS", "OFF"}, 1439},
		"witness that is down":              {world.Primary, off("SQL03"), []string{"WITNESS", "=", "TCP://sql03.litwareinc.com:5022"}, 1426},
		"single user while mirrored":        {world.Primary, nil, []string{"SINGLE_USER", "WITH", "ROLLBACK", "IMMEDIATE"}, 1468},
		"single user while restoring":       {world.Secondary, nil, []string{"SINGLE_USER"}, 5052},
		"single user while somebody is in":  {world.Secondary, busy, []string{"SINGLE_USER"}, 5070},
		"a word that the grammar lacks":     {world.Primary, nil, []string{"PARTNER", "PLEASE"}, 102},
		"another database than the one had": {world.SecondaryMirror, nil, failover, 5011},
	} {
		t.Run(name, func(t *testing.T) {
			w := site(t)
			if c.prepare != nil {
				c.prepare(t, w)
			}
			sa := admin(t, w, c.on)
			require.Equal(t, c.want, sa.alter(c.set...))
		})
	}
}

func altered(on string, set ...string) func(*testing.T, *world.World) {
	return func(t *testing.T, w *world.World) { require.Zero(t, admin(t, w, on).alter(set...)) }
}

func off(machines ...string) func(*testing.T, *world.World) {
	return func(t *testing.T, w *world.World) {
		for _, m := range machines {
			require.NoError(t, w.PowerOff(m))
		}
	}
}

func busy(t *testing.T, w *world.World) {
	require.Zero(t, admin(t, w, world.Secondary).restore("DATABASE", "", "RECOVERY"))
	w.Intrude(world.Secondary, world.Database, "Report Server", 1, 0)
}

func TestAPlannedFailoverSwapsTheRolesAndEndsTheSessions(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	inside := login(t, w, world.Primary, "sa", world.Database)
	require.Zero(t, sa.alter("PARTNER", "FAILOVER"))
	<-inside.gone
	role, state := mirroring(t, w, world.Primary)
	require.Equal(t, []any{"MIRROR", "SYNCHRONIZED"}, []any{role, state})
	before := len(w.Messages(world.Mirror))
	w.Elapse(5 * time.Minute)
	require.Greater(t, len(w.Messages(world.Mirror)), before, "the chat servers followed")
	require.NoError(t, w.FailoverDatabase(t.Context(), "Primary", false, func(string) {}))
	role, _ = mirroring(t, w, world.Primary)
	require.Equal(t, "PRINCIPAL", role)
	require.Error(t, w.FailoverDatabase(t.Context(), "Tertiary", false, func(string) {}))
}

func TestForcedServiceStartsABranchAndResumeDiscardsTheOther(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	require.Zero(t, sa.alter("WITNESS", "OFF"))
	require.Zero(t, sa.alter("PARTNER", "SUSPEND"))
	w.Elapse(5 * time.Minute) // written on the principal only
	require.NoError(t, w.PowerOff("SQL01"))
	kept := w.Messages(world.Mirror)
	mirror := admin(t, w, world.Mirror)
	require.Zero(t, mirror.alter("PARTNER", "FORCE_SERVICE_ALLOW_DATA_LOSS"))
	require.Equal(t, "ONLINE", mirror.state())
	require.NoError(t, w.PowerOn("SQL01"))
	_, state := mirroring(t, w, world.Mirror)
	require.Equal(t, "SUSPENDED", state)
	require.Greater(t, len(w.Messages(world.Primary)), len(kept), "not rolled back until RESUME")
	require.Zero(t, mirror.alter("PARTNER", "RESUME"))
	require.Equal(t, w.Messages(world.Mirror), w.Messages(world.Primary))
}

func TestRemovingMirroringLeavesTheMirrorRestoring(t *testing.T) {
	w := site(t)
	require.Zero(t, admin(t, w, world.Primary).alter("PARTNER", "OFF"))
	sa := admin(t, w, world.Mirror)
	require.Equal(t, "RESTORING", sa.state())
	require.Nil(t, sa.row("database_mirroring")["mirroring_guid"])
	left := sa.row("master_files")["redo_start_lsn"]
	w.Elapse(time.Minute)
	require.Equal(t, left, sa.row("master_files")["redo_start_lsn"], "it follows nobody any more")
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	require.Equal(t, "ONLINE", sa.state(), "two live copies: nothing on the servers forbids it")
}

func TestMirroringIsSetUpMirrorFirst(t *testing.T) {
	w := site(t)
	sa, mirror := admin(t, w, world.Primary), admin(t, w, world.Mirror)
	require.Zero(t, sa.alter("PARTNER", "OFF"))
	require.Zero(t, mirror.alter("PARTNER", "=", "TCP://sql01.litwareinc.com:5022"))
	require.Zero(t, sa.alter("PARTNER", "=", "TCP://sql02.litwareinc.com:5022"))
	_, state := mirroring(t, w, world.Primary)
	require.Equal(t, "SYNCHRONIZING", state)
	w.Elapse(time.Minute)
	_, state = mirroring(t, w, world.Primary)
	require.Equal(t, "SYNCHRONIZED", state)

	require.Zero(t, sa.alter("PARTNER", "OFF"))
	w.Elapse(time.Minute)
	require.Zero(t, sa.backup(true, world.Share+`\between.trn`))
	require.Zero(t, mirror.alter("PARTNER", "=", "TCP://sql01.litwareinc.com:5022"))
	require.EqualValues(t, 1408, sa.alter("PARTNER", "=", "TCP://sql02.litwareinc.com:5022"), "a log backup is missing on the mirror")
	require.Zero(t, mirror.restore("LOG", world.Share+`\between.trn`, "NORECOVERY"))
	require.Zero(t, sa.alter("PARTNER", "=", "TCP://sql02.litwareinc.com:5022"))
}
