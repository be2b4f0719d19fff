package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// stranger runs a client of another author, or skips where it is not installed.
func stranger(t testing.TB, stdin, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed here (.ci/run installs it)", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// python runs a script where a Python has the module, or skips.
func python(t testing.TB, module, script string) string {
	t.Helper()
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import "+module).Run() == nil {
			return stranger(t, script, p, "-")
		}
	}
	t.Skipf("no Python with the module %s is installed here (.ci/run installs one)", module)
	return ""
}

func secondaryOf(d lab.Description) lab.InstanceEndpoint {
	for _, i := range d.Instances {
		if i.Role == "secondary" {
			return i
		}
	}
	return lab.InstanceEndpoint{}
}

func hostOf(d lab.Description, role string) lab.HostEndpoint {
	for _, h := range d.Hosts {
		if h.Role == role && h.Name != "FE01" {
			return h
		}
	}
	return lab.HostEndpoint{}
}

func TestClientsOfOtherAuthorsSeeTheFailover(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{MirrorTime: time.Second})
	c := consoleOn(t, l)
	sql, shell := secondaryOf(l.Describe()), hostOf(l.Describe(), "management")

	count := fmt.Sprintf(`
import pytds
with pytds.connect(dsn=%q, port=%d, user=%q, password=%q, database="master", autocommit=True) as c:
    cur = c.cursor()
    cur.execute("select state_desc from sys.databases where name = %%s", ("mgc",))
    state = cur.fetchone()[0]
    n = -1
    if state == "ONLINE":
        cur.execute("select count(*) as n from mgc.dbo.tblChat")
        n = cur.fetchone()[0]
    print(state, n)
`, sql.Host, sql.Port, sql.User, sql.Password)
	tsql := []string{"-H", sql.Host, "-p", fmt.Sprint(sql.Port), "-U", sql.User, "-P", sql.Password}

	t.Run("before, with FreeTDS", func(t *testing.T) {
		out := stranger(t, "select state_desc from sys.databases where name = 'mgc'\ngo\nrestore database nothing with recovery\ngo\nexit\n", "tsql", tsql...)
		require.Contains(t, out, "RESTORING")
		require.Contains(t, out, "Msg 911")
	})
	t.Run("before, with pytds", func(t *testing.T) {
		require.Contains(t, python(t, "pytds", count), "RESTORING -1")
	})
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	t.Run("after, with pytds", func(t *testing.T) {
		sum := l.World().Ledger()
		var state string
		var rows int
		_, err := fmt.Sscan(python(t, "pytds", count), &state, &rows)
		require.NoError(t, err)
		require.Equal(t, "ONLINE", state)
		require.GreaterOrEqual(t, rows, sum.Shipped, "every message that had reached the share can be counted")
	})
	t.Run("after, with FreeTDS", func(t *testing.T) {
		out := stranger(t, "exec sp_who2\ngo\nexit\n", "tsql", tsql...)
		require.Contains(t, out, "AWAITING COMMAND")
	})
	t.Run("after, with pywinrm", func(t *testing.T) {
		out := python(t, "winrm", fmt.Sprintf(`
import winrm
s = winrm.Session("https://%s:%d/wsman", auth=(%q, %q), transport="basic", ca_trust_path=%q)
print(s.run_cmd("hostname").std_out.decode())
print(s.run_ps("Get-CsPersistentChatState").std_out.decode())
`, shell.Host, shell.Port, shell.User, shell.Password, l.Path("ca.pem")))
		require.Contains(t, out, shell.Name)
		require.Contains(t, out, "FailedOver")
	})
}
