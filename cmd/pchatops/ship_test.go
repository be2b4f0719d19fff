package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

func TestARehearsalSetsLogShippingUp(t *testing.T) {
	t.Parallel()
	c := &console{t: t, state: t.TempDir()}
	r := c.run("rehearse", "ship-primary", "--auto")
	require.Equal(t, 0, r.code, r.stderr)
	var ids []string
	for _, s := range r.of("step") {
		require.Equal(t, "done", s["outcome"], s)
		ids = append(ids, s["step"].(string))
	}
	require.Equal(t, []string{"P0", "P4-P6", "P13a", "P13b", "P1-P9", "P10-P19", "P20"}, ids)
	require.Equal(t, "done", r.summary(t)["outcome"])
}

func TestARehearsalWithAMonitorServerCompletesItToo(t *testing.T) {
	t.Parallel()
	c := &console{t: t, state: t.TempDir()}
	r := c.run("rehearse", "ship-primary-monitor", "--auto")
	require.Equal(t, 0, r.code, r.stderr)
	outcomes := map[any]any{}
	for _, s := range r.of("step") {
		outcomes[s["step"]] = s["outcome"]
	}
	require.Equal(t, "done", outcomes["P19m"], outcomes)
	require.Equal(t, "done", r.summary(t)["outcome"])
}

func TestOtherProcessesSetLogShippingUpAndRemoveIt(t *testing.T) {
	t.Parallel()
	l := startSite(t, "ship-primary", lab.Options{})
	c := consoleOn(t, l)
	require.Equal(t, 0, c.run("plan", "ship-primary").code)
	require.Equal(t, 1, c.run("verify", "ship-primary").code)
	require.Contains(t, codes(c.run("status").of("snapshot")[0]), "no-log-shipping")

	r := c.run("run", "ship-primary")
	require.Equal(t, 0, r.code, r.stderr)
	verified := c.run("verify", "ship-primary")
	require.Equal(t, 0, verified.code, verified.stderr)
	again := c.run("run", "ship-primary")
	require.Equal(t, 0, again.code, again.stderr)
	require.Empty(t, again.of("action"))

	secondary := nodeIn(t, c.run("status").of("snapshot")[0], "secondary")
	require.Equal(t, "RESTORING", secondary["state"], "%v", secondary)
	copied, err := l.World().Backups(world.Folder)
	require.NoError(t, err)
	require.NotEmpty(t, copied)

	gone := c.run("run", "unship")
	require.Equal(t, 0, gone.code, gone.stderr)
	require.Equal(t, 0, c.run("verify", "unship").code)
	require.Equal(t, 1, c.run("verify", "ship-primary").code)
}

func nodeIn(t testing.TB, snapshot map[string]any, role string) map[string]any {
	t.Helper()
	for _, n := range snapshot["nodes"].([]any) {
		if node := n.(map[string]any); node["role"] == role {
			return node
		}
	}
	t.Fatalf("no %s in %v", role, snapshot)
	return nil
}

// scripts are the texts for a site, by the server that they are for.
func scripts(t testing.TB, c *console, args ...string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	r := c.run(append([]string{"script", "--out", dir}, args...)...)
	require.Equal(t, 0, r.code, r.stderr)
	out := map[string]string{}
	for _, s := range r.of("script") {
		text, err := os.ReadFile(s["name"].(string))
		require.NoError(t, err)
		require.Equal(t, dir, filepath.Dir(s["name"].(string)))
		require.NotContains(t, out, s["target"], "one text a server")
		out[s["target"].(string)] = string(text)
	}
	return out
}

func TestAScriptIsWhatAnAdministratorKnows(t *testing.T) {
	t.Parallel()
	c := consoleOn(t, startSite(t, "ship-primary", lab.Options{}))
	texts := scripts(t, c, "ship-primary")
	require.Len(t, texts, 2)
	for target, place := range map[string]string{`SQL01\RTC`: "Primary", `SQL11\RTC`: "Secondary"} {
		text := texts[target]
		require.Contains(t, text, fmt.Sprintf("-- ****** Begin: Script to be run at %s: [%s] ******\n", place, target))
		require.Contains(t, text, fmt.Sprintf("-- ****** End: Script to be run at %s: [%s]  ******\n", place, target))
		require.Contains(t, text, "ship-primary of the site litware-lab")
		require.Contains(t, text, "SQL Server 11.0.7001.0, Standard Edition")
		sum := regexp.MustCompile(`SHA-256 of all lines below: ([0-9a-f]{64})\n`).FindStringSubmatchIndex(text)
		require.NotNil(t, sum, text)
		require.Equal(t, fmt.Sprintf("%x", sha256.Sum256([]byte(text[sum[1]:]))), text[sum[2]:sum[3]])
	}
}

// catalogue are the tables of msdb that hold a log shipping configuration, with
// the columns that are not ids, dates or progress.
var catalogue = []string{
	`select primary_database, backup_directory, backup_share, backup_retention_period, monitor_server, backup_compression from msdb.dbo.log_shipping_primary_databases`,
	`select secondary_server, secondary_database from msdb.dbo.log_shipping_primary_secondaries`,
	`select primary_database, backup_threshold, threshold_alert, threshold_alert_enabled, history_retention_period from msdb.dbo.log_shipping_monitor_primary`,
	`select primary_server, primary_database, backup_source_directory, backup_destination_directory, file_retention_period from msdb.dbo.log_shipping_secondary`,
	`select secondary_database, restore_delay, restore_all, restore_mode, disconnect_users, block_size, buffer_count from msdb.dbo.log_shipping_secondary_databases`,
	`select secondary_database, restore_threshold, threshold_alert, threshold_alert_enabled, history_retention_period from msdb.dbo.log_shipping_monitor_secondary`,
	`select j.name, j.enabled, s.name, s.enabled, s.freq_type, s.freq_interval, s.freq_subday_type, s.freq_subday_interval, s.active_end_time
		from msdb.dbo.sysjobs as j left join msdb.dbo.sysjobschedules as a on a.job_id = j.job_id
		left join msdb.dbo.sysschedules as s on s.schedule_id = a.schedule_id order by j.name`,
	`select name, state_desc, recovery_model_desc from sys.databases order by name`,
}

func TestTheScriptsRunByHandLeadToTheSameCatalogue(t *testing.T) {
	t.Parallel()
	byConsole, byHand := startSite(t, "ship-primary", lab.Options{}), startSite(t, "ship-primary", lab.Options{})
	r := consoleOn(t, byConsole).run("run", "ship-primary")
	require.Equal(t, 0, r.code, r.stderr)
	texts := scripts(t, consoleOn(t, byHand), "ship-primary")
	for range 2 { // whoever runs them twice changes nothing
		for _, target := range []string{`SQL01\RTC`, `SQL11\RTC`} {
			out := tsqlOn(t, byHand, target, texts[target])
			require.NotRegexp(t, `severity 1[1-9]`, out)
		}
		for _, target := range []string{`SQL01\RTC`, `SQL11\RTC`} {
			for _, q := range catalogue {
				require.Equal(t, tsqlOn(t, byConsole, target, q+"\nGO\n"), tsqlOn(t, byHand, target, q+"\nGO\n"), "%s: %s", target, q)
			}
		}
	}
	verified := consoleOn(t, byHand).run("verify", "ship-primary", "--step", "P10-P19")
	require.Equal(t, 0, verified.code, verified.stderr)
}

// tsqlOn runs a script through FreeTDS.
func tsqlOn(t testing.TB, l *lab.Lab, target, text string) string {
	t.Helper()
	for _, in := range l.Describe().Instances {
		if in.Name == target {
			out := stranger(t, text+"\nexit\n", "tsql", "-o", "q", "-H", in.Host, "-p", fmt.Sprint(in.Port), "-U", in.User, "-P", in.Password)
			return strings.TrimSpace(out)
		}
	}
	t.Fatalf("no %s", target)
	return ""
}

// Once the pool has failed over, people chat in the database on the secondary. A
// primary that came back is not shipped over it, whatever is typed.
func TestLogShippingIsNotSetUpOverTheLiveChat(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 30})
	c := consoleOn(t, l)
	require.Equal(t, 3, c.run(append([]string{"run", "failover"}, confirm()[:4]...)...).code, "F7 is not confirmed")
	require.True(t, l.World().Ledger().Live)
	require.NoError(t, l.World().PowerOn("dc1"))
	r := c.run("run", "ship-primary")
	require.NotEqual(t, 0, r.code)
	require.Contains(t, r.stderr, "this is the live chat")
	require.Empty(t, r.of("action"), "not even a backup is taken")
	for _, s := range c.run("plan", "ship-primary").of("step") {
		if s["step"] == "P13b" {
			require.Contains(t, fmt.Sprint(s["gates"]), "this is the live chat")
			require.NotContains(t, fmt.Sprint(s["gates"]), "replace the ONLINE mgc", "no phrase is offered that passes nothing")
		}
	}
	require.True(t, l.World().Ledger().Live)
	require.Positive(t, l.World().Ledger().Recovered)
}
