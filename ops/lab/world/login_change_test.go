package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// run runs a batch as a client sends it, and gives the number of its error.
func (c *client) run(text string) int32 {
	c.t.Helper()
	if errors := c.ask(text).errors; len(errors) > 0 {
		return errors[0]
	}
	return 0
}

func (c *client) refusedLogin(instance, user, password string) int32 {
	_, end, e := c.w.Instance(instance).Login(world.LoginRequest{User: user, Password: password})
	if e != nil {
		return e.Number
	}
	end()
	return 0
}

func TestAnAdministratorIsMadeAndUnmadeInTheMiddleOfASession(t *testing.T) {
	w := lost(t)
	sa, other := admin(t, w, world.Secondary), login(t, w, world.Secondary, "watcher", "")
	file := pending(t, w)[0]
	require.EqualValues(t, 3110, other.restore("LOG", world.Folder+`\`+file, "NORECOVERY"))
	require.Zero(t, sa.run("ALTER SERVER ROLE sysadmin ADD MEMBER watcher"))
	require.Zero(t, other.restore("LOG", world.Folder+`\`+file, "NORECOVERY"))
	require.Zero(t, sa.run("EXEC sp_dropsrvrolemember N'watcher', 'sysadmin'"))
	require.EqualValues(t, 3110, other.restore("DATABASE", "", "RECOVERY"))
	require.Zero(t, sa.run("EXEC sp_addsrvrolemember @loginame = N'watcher', @rolename = N'sysadmin'"))
	require.Zero(t, other.restore("DATABASE", "", "RECOVERY"))
}

func TestLoginsAreChangedAsTheServerAllows(t *testing.T) {
	w := site(t)
	sa, watcher := admin(t, w, world.Secondary), login(t, w, world.Secondary, "watcher", "")
	for text, want := range map[string]int32{
		"ALTER LOGIN nobody DISABLE":                                             15151,
		"ALTER LOGIN [LITWARE\\ops] WITH PASSWORD = 'x'":                         15151,
		"ALTER LOGIN watcher WITH NAME = sa":                                     15025,
		"ALTER SERVER ROLE kings ADD MEMBER watcher":                             15151,
		"ALTER SERVER ROLE sysadmin ADD MEMBER nobody":                           15151,
		"ALTER SERVER ROLE sysadmin DROP MEMBER sa":                              15405,
		"EXEC sp_addsrvrolemember 'nobody', 'sysadmin'":                          15007,
		"EXEC sp_addsrvrolemember 'watcher', 'kings'":                            15402,
		"EXEC sp_dropsrvrolemember 'sa', 'sysadmin'":                             15405,
		"DROP LOGIN watcher":                                                     15434,
		"DROP LOGIN nobody":                                                      15151,
		"ALTER LOGIN watcher":                                                    102,
		"ALTER LOGIN watcher WITH PASSWORD = x":                                  102,
		"ALTER SERVER ROLE sysadmin ADD watcher":                                 102,
		"ALTER LOGIN watcher WITH CHECK_POLICY = OFF, DEFAULT_DATABASE = [msdb]": 0,
	} {
		require.Equal(t, want, sa.run(text), text)
	}
	require.EqualValues(t, 15151, watcher.run("ALTER LOGIN sa DISABLE"))
	require.EqualValues(t, 15151, watcher.run("ALTER LOGIN watcher WITH PASSWORD = 'new' OLD_PASSWORD = 'wrong'"))
	old := w.Instance(world.Secondary).Password("watcher")
	require.Zero(t, watcher.run("ALTER LOGIN watcher WITH PASSWORD = 'new' OLD_PASSWORD = '"+old+"'"))
	require.EqualValues(t, 18456, sa.refusedLogin(world.Secondary, "watcher", old))
	require.Zero(t, sa.refusedLogin(world.Secondary, "watcher", "new"))
}

func TestADisabledLoginKeepsTheSessionsThatItHas(t *testing.T) {
	w := site(t)
	sa, other := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	require.Zero(t, sa.run("ALTER LOGIN sa DISABLE"))
	require.EqualValues(t, 18470, sa.refusedLogin(world.Secondary, "sa", w.Instance(world.Secondary).Password("sa")))
	require.EqualValues(t, 18456, sa.refusedLogin(world.Secondary, "sa", "wrong"), "who does not know the password learns nothing")
	require.Zero(t, other.restore("DATABASE", "", "RECOVERY"))
	require.Zero(t, other.run("ALTER LOGIN sa ENABLE"))
	require.Zero(t, sa.refusedLogin(world.Secondary, "sa", w.Instance(world.Secondary).Password("sa")))
}

func TestADatabaseIsRenamedWhereItCanBe(t *testing.T) {
	w := site(t)
	sa, on := admin(t, w, world.Secondary), admin(t, w, world.Primary)
	require.EqualValues(t, 5052, sa.run("ALTER DATABASE mgc MODIFY NAME = mgc_old"), "it is restoring")
	require.EqualValues(t, 1468, on.run("ALTER DATABASE mgc MODIFY NAME = mgc_old"), "it is mirrored")
	require.EqualValues(t, 5011, sa.run("ALTER DATABASE nothing MODIFY NAME = mgc_old"))
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	require.EqualValues(t, 1801, sa.run("ALTER DATABASE mgc MODIFY NAME = mgccomp"))
	w.Intrude(world.Secondary, world.Database, "Report Server", 1, 0)
	require.EqualValues(t, 5030, sa.run("ALTER DATABASE mgc MODIFY NAME = mgc_old"), "it is in use")
	require.Zero(t, sa.run("ALTER DATABASE mgc SET SINGLE_USER WITH ROLLBACK IMMEDIATE; ALTER DATABASE mgc MODIFY NAME = mgc_old"))
	require.Contains(t, sa.column("", "sys", "databases", "name"), "mgc_old")
	require.NotContains(t, sa.column("", "sys", "databases", "name"), "mgc")
	require.Zero(t, sa.run("ALTER DATABASE mgc_old MODIFY NAME = mgc"))
}

func TestWhoeverElseIsAtTheKeyboardIsObeyed(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	left := pending(t, w)
	someone := admin(t, w, world.Secondary)
	require.Zero(t, someone.run("RESTORE LOG mgc FROM DISK = N'E:\\LogShip\\"+left[0]+"' WITH NORECOVERY"))
	require.EqualValues(t, 5052, someone.run("ALTER DATABASE mgc SET OFFLINE"), "it is restoring")
	require.Zero(t, someone.run("RESTORE DATABASE mgc WITH RECOVERY"))
	require.EqualValues(t, 3117, someone.run("RESTORE LOG mgc FROM DISK = N'E:\\LogShip\\"+left[1]+"' WITH NORECOVERY"))
	require.Zero(t, someone.run("ALTER DATABASE mgc SET OFFLINE WITH ROLLBACK IMMEDIATE"))
	require.EqualValues(t, 942, someone.run("USE mgc"))
	require.Zero(t, someone.run("ALTER DATABASE mgc SET ONLINE"))
	require.Zero(t, someone.run("EXEC msdb.dbo.sp_update_job @job_name = N'LSCopy_SQL01\\RTC_mgc', @enabled = 0"))
	require.Zero(t, someone.run("EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc'"))
	require.EqualValues(t, 32014, someone.run("EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc'"))
	require.Zero(t, someone.run("DROP DATABASE mgc"))
	require.False(t, w.Ledger().Live)
}

func TestReadersComeBackWhateverEndsThem(t *testing.T) {
	w := lost(t)
	require.NoError(t, w.Standby())
	require.NoError(t, w.Visit(world.Secondary, world.Database, "Report Server", 3, 200*time.Millisecond))
	w.Elapse(time.Second)
	sa := admin(t, w, world.Secondary)
	readers := func() (n int) {
		for _, r := range sa.view("", "sys", "dm_exec_sessions") {
			if r["program_name"] == "Report Server" {
				n++
				require.Zero(t, sa.fresh().number(sa.host.Kill(tsql.Kill{SPID: int(r["session_id"].(int64))}, sa)))
			}
		}
		return n
	}
	require.Equal(t, 3, readers())
	require.Zero(t, readers(), "killed")
	w.Elapse(time.Second)
	require.EqualValues(t, 3101, sa.restore("DATABASE", "", "RECOVERY"), "they are back")
	require.Equal(t, 3, readers())
	require.Zero(t, sa.restore("DATABASE", "", "NORECOVERY"), "nobody was faster")
	w.Elapse(time.Minute)
	require.Zero(t, readers(), "a restoring database admits nobody")
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	w.Elapse(time.Second)
	require.Equal(t, 3, readers())
	require.NoError(t, w.Visit(world.Secondary, world.Database, "Report Server", 0, time.Second))
	w.Elapse(time.Minute)
	require.Zero(t, readers(), "the program was stopped")
	require.Error(t, w.Visit("SQL99", world.Database, "x", 1, time.Second))
	require.Error(t, w.Visit(world.Secondary, world.Database, "x", 1, 0))
}
