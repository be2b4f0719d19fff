package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/tsql"
	"pchatops/ops/truth"
)

// sqlclient is Microsoft's client.
type sqlclient struct {
	t   testing.TB
	in  io.Writer
	out *bufio.Scanner
}

type clientAnswer struct {
	OK               bool
	Text             string
	Errors, Messages []struct {
		Number, Class int
		Text          string
	}
	Results []struct{ Rows [][]any }
}

// said are the errors of an answer, and its messages.
func (a clientAnswer) said() string {
	var out []string
	for _, e := range append(a.Errors, a.Messages...) {
		out = append(out, fmt.Sprintf("%d, class %d: %s", e.Number, e.Class, e.Text))
	}
	return strings.Join(out, "\n")
}

func startClient(t testing.TB) *sqlclient {
	t.Helper()
	if truth.Dir() == "" {
		t.Skip("Microsoft's client is not here")
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(truth.Dir(), "bin", "sqlclient"))
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	c := &sqlclient{t: t, in: in, out: bufio.NewScanner(out)}
	c.out.Buffer(nil, 16<<20)
	return c
}

func (c *sqlclient) ask(request map[string]any) (a clientAnswer) {
	c.t.Helper()
	line, err := json.Marshal(request)
	require.NoError(c.t, err)
	_, err = fmt.Fprintf(c.in, "%s\n", line)
	require.NoError(c.t, err)
	require.True(c.t, c.out.Scan(), "the client has ended")
	require.NoError(c.t, json.Unmarshal(c.out.Bytes(), &a), c.out.Text())
	return a
}

// open opens a session of its own on an instance, as SQL Server Management Studio does.
func (c *sqlclient) open(l *lab.Lab, name, instance, database string) {
	c.t.Helper()
	for _, in := range l.Describe().Instances {
		if in.Name == instance {
			a := c.ask(map[string]any{"open": name, "connection": fmt.Sprintf(
				"Server=%s,%d;User ID=%s;Password=%s;Database=%s;TrustServerCertificate=True;Pooling=False", in.Host, in.Port, in.User, in.Password, database)})
			require.True(c.t, a.OK, a.Text)
		}
	}
}

// batch runs one batch; what fails is told and not fatal, as in Management Studio.
func (c *sqlclient) batch(on, text string) clientAnswer {
	c.t.Helper()
	return c.ask(map[string]any{"on": on, "sql": text, "timeout": 120})
}

var separator = regexp.MustCompile(`(?im)^\s*GO\s*$`)

// batches are those of a script that are not only comments.
func batches(text string) (out []string) {
	for _, b := range separator.Split(text, -1) {
		if strings.TrimSpace(regexp.MustCompile(`(?m)^--.*$`).ReplaceAllString(b, "")) != "" {
			out = append(out, b)
		}
	}
	return out
}

// standing is what a script may change on an instance.
func (c *sqlclient) standing(l *lab.Lab, instance string) string {
	c.t.Helper()
	c.open(l, "eye", instance, "master")
	defer c.ask(map[string]any{"close": "eye"})
	var out strings.Builder
	for _, q := range append(catalogue,
		"select name, state_desc, is_in_standby from sys.databases order by name",
		"select database_id, redo_start_lsn from sys.master_files order by database_id, file_id",
		"select count(*) from msdb.dbo.restorehistory", "select count(*) from msdb.dbo.backupset") {
		a := c.batch("eye", q)
		require.True(c.t, a.OK, "%s: %s", q, a.said())
		fmt.Fprintln(&out, q, a.Results)
	}
	return out.String()
}

// TestAnExportedScriptStopsAtItsFirstError runs every script of a procedure batch by
// batch, and at every batch once wrongly: it is refused by the parser, its login
// has lost its rights, the connection has been replaced by a new one. Everything
// behind it is run all the same, and changes nothing.
func TestAnExportedScriptStopsAtItsFirstError(t *testing.T) {
	t.Parallel()
	for _, of := range []struct{ scenario, procedure string }{
		{"failover", "failover"}, {"failover-standby", "failover"}, {"ship-primary", "ship-primary"}, {"ship-mirror", "unship"},
	} {
		t.Run(of.scenario+" "+of.procedure, func(t *testing.T) {
			t.Parallel()
			client := startClient(t)
			l := startSite(t, of.scenario, lab.Options{Speed: 1})
			parts := consoleOn(t, l).run("script", of.procedure).of("script")
			if of.procedure == "failover" {
				copied(t, l) // the script knew what was still to be copied
			}
			require.NotEmpty(t, parts)
			tried := 0
			for i, p := range parts {
				if strings.HasSuffix(p["name"].(string), ".ps1") {
					path := filepath.Join(t.TempDir(), fmt.Sprint(i)+".ps1")
					require.NoError(t, os.WriteFile(path, []byte(p["text"].(string)), 0o600))
					out, err := exec.CommandContext(t.Context(), filepath.Join(truth.Dir(), "bin", "ps-check"), path).CombinedOutput()
					require.NoError(t, err, "%s", out)
				}
				if strings.HasSuffix(p["name"].(string), ".sql") {
					tried += client.wrongly(l, p["target"].(string), p["text"].(string))
				}
			}
			require.GreaterOrEqual(t, tried, 3)
			if of.procedure == "failover" {
				require.Positive(t, l.World().Ledger().Recovered, "once nothing fails, chat is back")
			}
		})
	}
}

// copied does F2 by hand.
func copied(t testing.TB, l *lab.Lab) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(l.World().SharePath(), "*.trn"))
	require.NoError(t, err)
	for _, f := range files {
		require.NoError(t, l.World().Copy(`\\FS01\LogShip`, `E:\LogShip`, filepath.Base(f), filepath.Base(f)))
	}
}

// wrongly runs a script and gives how many of its batches were tried wrongly.
func (c *sqlclient) wrongly(l *lab.Lab, target, text string) int {
	c.t.Helper()
	all := batches(text)
	first, last := 2, len(all)-2
	c.open(l, "hand", target, "msdb")
	defer c.ask(map[string]any{"close": "hand"})
	for n, text := range all {
		if first <= n && n < last {
			c.fails(l, target, all, n)
		}
		a := c.batch("hand", text)
		require.True(c.t, a.OK, "%s batch %d: %s\n%s", target, n, a.said(), text)
		if n == len(all)-1 {
			require.Contains(c.t, a.said(), "Complete: all")
		}
	}
	return last - first
}

var markPattern = regexp.MustCompile(`0x[0-9a-f]{32}`)

func (c *sqlclient) fails(l *lab.Lab, target string, all []string, n int) {
	c.t.Helper()
	before := c.standing(l, target)
	goOn := func(how, session, text string) {
		c.t.Helper()
		a := c.batch(session, text)
		said := a.said()
		for _, b := range all[n+1:] {
			a = c.batch(session, b)
			said += "\n" + a.said()
		}
		require.Contains(c.t, a.said(), "STOPPED", "%s batch %d, %s:\n%s", target, n, how, said)
		if how == noRights {
			c.rights(l, target, true)
		}
		require.Equal(c.t, before, c.standing(l, target), "%s batch %d, %s:\n%s\n%s", target, n, how, said, text)
	}
	goOn("refused by the parser", "hand", all[n]+"\nSELECT FROM WHERE")
	for _, how := range []string{"on a new connection", noRights} {
		c.open(l, "new", target, "master")
		if how == noRights {
			require.True(c.t, c.batch("new", "SET CONTEXT_INFO "+markPattern.FindString(all[n])).OK)
			c.rights(l, target, false)
		}
		goOn(how, "new", all[n])
		c.ask(map[string]any{"close": "new"})
	}
}

const noRights = "without the rights"

func (c *sqlclient) rights(l *lab.Lab, target string, given bool) {
	c.t.Helper()
	require.NoError(c.t, l.World().ChangeLogin(target, tsql.LoginChange{Login: "sa"}, &given))
}

// Without the backups that were to be copied, the script does not recover, not even
// where somebody runs its last part alone, and pretends to have run the others.
func TestAnExportedScriptDoesNotRecoverBeforeWhatIsToBeCopied(t *testing.T) {
	t.Parallel()
	client := startClient(t)
	l := startSite(t, "failover", lab.Options{Speed: 1})
	client.open(l, "hand", `SQL11\RTC`, "master")
	var all []string
	for _, p := range consoleOn(t, l).run("script", "failover").of("script") {
		if strings.HasSuffix(p["name"].(string), ".sql") {
			all = append(all, batches(p["text"].(string))...)
		}
	}
	said := ""
	for _, b := range all {
		said += client.batch("hand", b).said() + "\n"
	}
	require.Regexp(t, `3201(.*\n)*.*F4b restore mgc_.* has not come to its end: nothing behind it is run`, said)
	recover := all[slices.IndexFunc(all, func(b string) bool { return strings.Contains(b, "WITH RECOVERY") })]
	said = client.batch("hand", recover).said()
	require.Contains(t, said, "has not come to its end")
	require.True(t, client.batch("hand", "SET NOEXEC OFF").OK)
	require.True(t, client.batch("hand", "SET CONTEXT_INFO "+markPattern.FindString(recover)).OK)
	said = client.batch("hand", recover).said()
	require.Regexp(t, `has come to LSN \d+ and has to come to \d+ before it is recovered: copy and apply`, said)
	require.Zero(t, l.World().Ledger().Recovered)
}

// An Agent that begins a job and a job that fails are two things: what is written to
// the share is gone, and copying it fails.
func TestAnExportedScriptStopsAtAJobThatFails(t *testing.T) {
	t.Parallel()
	client := startClient(t)
	l := startSite(t, "ship-primary", lab.Options{Speed: 1})
	texts := scripts(t, consoleOn(t, l), "ship-primary")
	for _, target := range []string{`SQL01\RTC`, `SQL11\RTC`} {
		client.open(l, "hand", target, "master")
		var said string
		for _, b := range batches(texts[target]) {
			if target == `SQL11\RTC` && strings.Contains(b, "sp_start_job") {
				l.World().SetShareOffline(true)
			}
			said += client.batch("hand", b).said()
		}
		client.ask(map[string]any{"close": "hand"})
		if target == `SQL01\RTC` {
			require.Contains(t, said, "Complete: all")
			continue
		}
		require.Contains(t, said, "has not succeeded")
		require.Regexp(t, `Part \d of \d \(P20 run job LSCopy_.*\) has not come to its end: nothing behind it is run`, said)
		require.Contains(t, said, "STOPPED")
	}
}
