package world_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

func TestALoginIsCheckedAgainstPasswordAndDatabase(t *testing.T) {
	w := site(t)
	i := w.Instance(world.Secondary)
	for name, c := range map[string]struct {
		request world.LoginRequest
		want    int32
	}{
		"a wrong password":             {world.LoginRequest{User: "sa", Password: "guess"}, 18456},
		"no password":                  {world.LoginRequest{User: "sa"}, 18456},
		"an unknown login":             {world.LoginRequest{User: "nobody", Password: "x"}, 18456},
		"a Windows account by name":    {world.LoginRequest{User: `LITWARE\svc-sql`}, 18456},
		"a database that is restoring": {world.LoginRequest{User: "sa", Password: i.Password("sa"), Database: "mgc"}, 4060},
		"a database that is not there": {world.LoginRequest{User: "sa", Password: i.Password("sa"), Database: "nope"}, 4060},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, e := i.Login(c.request)
			require.NotNil(t, e)
			require.Equal(t, c.want, e.Number)
		})
	}
	require.Len(t, admin(t, w, world.Secondary).column("", "sys", "dm_exec_connections", "session_id"), 3, "refused logins leave no session")
}

// A name of three parts is no way past the door of a database.
func TestADatabaseThatNobodyMayEnterIsNotReadByItsName(t *testing.T) {
	w := site(t)
	for role, want := range map[string]int32{world.Mirror: 954, world.Secondary: 927} {
		c := admin(t, w, role)
		for _, name := range []string{"objects", "tables", "database_files"} {
			_, e, _ := c.host.View(world.Database, "sys", name)
			require.NotNil(t, e, "%s on %s", name, role)
			require.Equal(t, want, e.Number)
		}
		_, e, _ := c.host.View(world.Database, "dbo", "tblChat")
		require.Equal(t, want, e.Number)
		_, _, e = c.host.Call(t.Context(), world.Database, "sys", "sp_helpdb", nil, c)
		require.NotNil(t, e)
		require.Equal(t, want, e.Number)
	}
}

func TestKillEndsOnlyWhatItMay(t *testing.T) {
	w := site(t)
	sa, victim, watcher := admin(t, w, world.Secondary), admin(t, w, world.Secondary), login(t, w, world.Secondary, "watcher", "")
	kill := func(c *client, spid int) int32 { return c.fresh().number(c.host.Kill(tsql.Kill{SPID: spid}, c)) }
	require.EqualValues(t, 6101, kill(sa, 0))
	require.EqualValues(t, 6101, kill(sa, 99999))
	require.EqualValues(t, 6104, kill(sa, sa.host.SPID()))
	require.EqualValues(t, 6106, kill(sa, 4000))
	require.EqualValues(t, 6107, kill(sa, 2))
	require.EqualValues(t, 6102, kill(watcher, victim.host.SPID()))
	require.Zero(t, kill(sa, victim.host.SPID()))
	<-victim.gone
	require.EqualValues(t, 6106, kill(sa, victim.host.SPID()))
	_, e, _ := victim.host.View("", "sys", "databases")
	require.EqualValues(t, 596, e.Number)
	require.EqualValues(t, 6120, sa.fresh().number(sa.host.Kill(tsql.Kill{SPID: watcher.host.SPID(), StatusOnly: true}, sa)))
	next := admin(t, w, world.Secondary)
	require.Equal(t, victim.host.SPID(), next.host.SPID(), "ids are used again")
}

func chatting(c *client) (spids []int) {
	for _, p := range c.view("", "sys", "dm_exec_sessions") {
		if p["program_name"] == "Persistent Chat" {
			spids = append(spids, int(p["session_id"].(int64)))
		}
	}
	return spids
}

func TestChatServersComeBackAfterAKill(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	before := chatting(sa)
	require.Len(t, before, 8)
	for _, spid := range before {
		require.Nil(t, sa.host.Kill(tsql.Kill{SPID: spid}, sa))
	}
	require.Empty(t, chatting(sa))
	w.Elapse(10 * time.Second)
	require.Len(t, chatting(sa), 8)
}

func TestChatServersFollowPoolStateAndActiveList(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	recoverAll(t, w)
	sa := admin(t, w, world.Secondary)
	w.Elapse(time.Minute)
	require.Empty(t, chatting(sa), "the pool still points at data centre 1")
	require.NoError(t, w.SetPoolState("PersistentChatServer:"+world.PoolFQDN, "failedover"))
	w.Elapse(time.Minute)
	require.Empty(t, chatting(sa), "the active servers are in data centre 1")
	_, idle := w.Servers()
	require.NoError(t, w.SetActiveServers(idle))
	before := len(w.Messages(world.Secondary))
	w.Elapse(5 * time.Minute)
	require.Len(t, chatting(sa), 8)
	require.Greater(t, len(w.Messages(world.Secondary)), before, "people can write again")
	require.Zero(t, w.Ledger().Lost)

	require.Error(t, w.SetPoolState("service: "+world.PoolFQDN, "Normal"), "a blank after the colon")
	require.Error(t, w.SetPoolState("service:"+world.PoolFQDN, "Broken"))
	require.Error(t, w.SetActiveServers([]string{"chat99.litwareinc.com"}))
	_, state := w.PoolState()
	require.Equal(t, "FailedOver", state)
}

func TestSessionsInTheWayComeBackAsOftenAsTheyWereTold(t *testing.T) {
	w := lost(t)
	w.Intrude(world.Secondary, world.Database, "Report Server", 2, 1)
	sa := admin(t, w, world.Secondary)
	inTheWay := func() (spids []int) {
		for _, p := range sa.view("", "sys", "sysprocesses") {
			if p["dbid"] == sa.row("databases")["database_id"] && p["ecid"] == int64(0) {
				spids = append(spids, int(p["spid"].(int64)))
			}
		}
		return spids
	}
	for range 2 {
		require.Len(t, inTheWay(), 2)
		require.EqualValues(t, 3101, sa.restore("DATABASE", "", "RECOVERY"))
		for _, spid := range inTheWay() {
			require.Nil(t, sa.host.Kill(tsql.Kill{SPID: spid}, sa))
		}
		w.Elapse(5 * time.Second)
	}
	require.Empty(t, inTheWay())
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
}

func TestSingleUserKeepsOthersOut(t *testing.T) {
	w := lost(t)
	recoverAll(t, w)
	owner, other := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	require.Nil(t, owner.host.Use(world.Database))
	require.Zero(t, owner.alter("SINGLE_USER", "WITH", "ROLLBACK", "IMMEDIATE"))
	require.EqualValues(t, 924, other.host.Use(world.Database).Number)
	require.EqualValues(t, 5064, other.alter("MULTI_USER"))
	require.Nil(t, owner.host.Use("master"))
	require.Nil(t, other.host.Use(world.Database))
	require.Zero(t, other.alter("MULTI_USER"))
	require.Nil(t, owner.host.Use(world.Database))
}

func lock(c *client, mode string, timeout int64) int {
	rc, _, _ := c.call("sp_getapplock", "@Resource", "site", "@LockMode", mode, "@LockOwner", "Session", "@LockTimeout", timeout)
	return rc
}

func TestAnApplicationLockIsHeldByOneSessionUntilItEnds(t *testing.T) {
	w := site(t)
	first, second := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	require.Equal(t, 0, lock(first, "Exclusive", 0))
	require.Equal(t, -1, lock(second, "Exclusive", 0))
	require.Equal(t, -1, lock(second, "Shared", 20))
	free, _, _, _ := second.host.Scalar("APPLOCK_TEST", []any{"public", "site", "Exclusive", "Session"})
	require.Equal(t, int64(0), free)
	require.Contains(t, second.column("", "sys", "dm_tran_locks", "resource_type"), "APPLICATION")

	waited := make(chan int, 1)
	go func() { waited <- lock(second, "Exclusive", 30_000) }()
	watcher := admin(t, w, world.Secondary)
	require.Eventually(t, func() bool {
		for _, s := range watcher.column("", "sys", "dm_exec_sessions", "status") {
			if s == "suspended" {
				return true
			}
		}
		return false
	}, 2*time.Minute, time.Millisecond)
	first.end()
	require.Equal(t, 1, <-waited, "granted after the holder had gone")
	second.must("sp_releaseapplock", "@Resource", "site", "@LockOwner", "Session")
	require.EqualValues(t, 1223, refused(second, "sp_releaseapplock", "@Resource", "site", "@LockOwner", "Session"))
}

func TestASharedLockIsShared(t *testing.T) {
	w := site(t)
	a, b := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	require.Equal(t, 0, lock(a, "Shared", 0))
	require.Equal(t, 0, lock(b, "Shared", 0))
	require.Equal(t, -1, lock(b, "Exclusive", 0))
	require.Equal(t, -999, lock(b, "Sideways", 0))
	rc, _, _ := b.call("sp_getapplock", "@Resource", "site", "@LockMode", "Shared")
	require.Equal(t, -999, rc, "no transaction to own it")
}

func TestALockOfATransactionGoesWithIt(t *testing.T) {
	w := site(t)
	a, b := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	tran := a.host.(tsql.Transactor)
	tran.Begin()
	rc, _, _ := a.call("sp_getapplock", "@Resource", "site", "@LockMode", "Exclusive")
	require.Equal(t, 0, rc)
	require.Equal(t, -1, lock(b, "Exclusive", 0))
	tran.End()
	require.Equal(t, 0, lock(b, "Exclusive", 0))
}

func TestWaitingForALockEndsWithTheStatement(t *testing.T) {
	w := site(t)
	a, b := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	require.Equal(t, 0, lock(a, "Exclusive", 0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rc, _, e := b.host.Call(ctx, "master", "dbo", "sp_getapplock", []tsql.Param{
		{Name: "@Resource", Value: "site"}, {Name: "@LockMode", Value: "Exclusive"}, {Name: "@LockOwner", Value: "Session"},
	}, b)
	require.Nil(t, e)
	require.Equal(t, -2, rc)
}

func TestADatabaseThatAdmitsNobodyShowsNothingOfItself(t *testing.T) {
	w := site(t)
	for instance, want := range map[string]int32{world.Secondary: 927, world.Mirror: 954} {
		require.Equal(t, []int32{want}, admin(t, w, instance).ask("SELECT name FROM mgc.sys.objects").errors, instance)
	}
	require.Empty(t, admin(t, w, world.Primary).ask("SELECT name FROM mgc.sys.objects").errors)
}
