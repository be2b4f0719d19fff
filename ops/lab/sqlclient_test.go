package lab_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// sqlclient is Microsoft.Data.SqlClient in a process of its own: it takes one
// request a line and gives one answer a line.
type sqlclient struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

// request is a request, and answer what came of it.
type (
	request = map[string]any
	answer  struct {
		OK       bool           `json:"ok"`
		Text     string         `json:"text"`
		Database string         `json:"database"`
		Source   string         `json:"data_source"`
		SPID     int            `json:"spid"`
		Affected int            `json:"affected"`
		State    string         `json:"state"`
		Results  []result       `json:"results"`
		Messages []sqlError     `json:"messages"`
		Errors   []sqlError     `json:"errors"`
		Outputs  map[string]any `json:"outputs"`
	}
	result struct {
		Columns []column `json:"columns"`
		Rows    [][]any  `json:"rows"`
	}
	column struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Size     int    `json:"size"`
		Nullable *bool  `json:"nullable"`
	}
	sqlError struct {
		Number int    `json:"number"`
		Class  int    `json:"class"`
		Line   int    `json:"line"`
		Text   string `json:"text"`
	}
)

// numbers are those of the errors, with their classes: "596/21".
func (a answer) numbers() []string {
	var out []string
	for _, e := range a.Errors {
		out = append(out, fmt.Sprintf("%d/%d", e.Number, e.Class))
	}
	return out
}

// microsoft starts the client, where it is.
func microsoft(t *testing.T) *sqlclient {
	t.Helper()
	program := ""
	for _, folder := range []string{os.Getenv("PCHATOPS_TRUTH"), filepath.Join("..", "..", "..", "shared", "truth")} {
		path, err := filepath.Abs(filepath.Join(folder, "bin", "sqlclient"))
		require.NoError(t, err)
		if _, err := os.Stat(path); err == nil && folder != "" {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("Microsoft.Data.SqlClient is not here (PCHATOPS_TRUTH, or shared/truth beside the repository): the lab is not tried with it")
	}
	cmd := exec.CommandContext(t.Context(), program)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() }) // 1 where a request has failed, as many are meant to
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	return &sqlclient{t, in, lines}
}

func (c *sqlclient) ask(r request) answer {
	c.t.Helper()
	b, err := json.Marshal(r)
	require.NoError(c.t, err)
	_, err = c.in.Write(append(b, '\n'))
	require.NoError(c.t, err)
	require.True(c.t, c.out.Scan(), "no answer to %s: %v", b, c.out.Err())
	var a answer
	require.NoError(c.t, json.Unmarshal(c.out.Bytes(), &a), "%s", c.out.Text())
	return a
}

// open opens a session that must come about.
func (c *sqlclient) open(name string, in lab.InstanceEndpoint, more string) answer {
	c.t.Helper()
	a := c.ask(request{"open": name, "connection": connection(in, more)})
	require.True(c.t, a.OK, "%+v", a)
	return a
}

// run runs a batch that must go well.
func (c *sqlclient) run(on, sql string) answer {
	c.t.Helper()
	a := c.ask(request{"on": on, "sql": sql})
	require.True(c.t, a.OK, "%s: %+v", sql, a)
	return a
}

// cell is the only value of a batch.
func (c *sqlclient) cell(on, sql string) any {
	c.t.Helper()
	a := c.run(on, sql)
	require.Len(c.t, a.Results, 1)
	require.Len(c.t, a.Results[0].Rows, 1)
	return a.Results[0].Rows[0][0]
}

// connection is a connection string. Without more it neither pools nor encrypts.
func connection(in lab.InstanceEndpoint, more string) string {
	return fmt.Sprintf("Server=%s,%d;User Id=%s;Password=%s;Encrypt=Optional;TrustServerCertificate=true;Pooling=false;Connect Timeout=15;%s", in.Host, in.Port, in.User, in.Password, more)
}

// The failover of a client itself, which is what Lync does: it has learnt where
// the partner is, and both sides know the same logins.
func TestMicrosoftsClientFollowsTheFailoverPartner(t *testing.T) {
	l := start(t)
	c := microsoft(t)
	primary, mirror := l.Describe().Instances[0], l.Describe().Instances[1]
	require.Equal(t, "mirror", mirror.Role)
	require.Equal(t, primary.Password, mirror.Password)
	partner := fmt.Sprintf("%s,%d", mirror.Host, mirror.Port)
	// Nobody listens where the client believes the partner to be: it learns better.
	c.open("a", primary, "Database=mgc;Pooling=true;Failover Partner=127.0.0.1,1")
	require.NoError(t, l.World().PowerOff(primary.Name))
	require.Eventually(t, func() bool { // mirror and witness agree that it is gone
		return c.ask(request{"open": "direct", "connection": connection(mirror, "Database=mgc;Connect Retry Count=0")}).OK
	}, 2*time.Minute, 20*time.Millisecond)
	after := c.ask(request{"open": "b", "connection": connection(primary, "Database=mgc;Pooling=true;Failover Partner=127.0.0.1,1")})
	require.True(t, after.OK, "%+v", after)
	require.Equal(t, partner, after.Source)
	require.Equal(t, mirror.Name, c.cell("b", "SELECT @@SERVERNAME"))
}

// Somebody else ends the session while its statement runs.
func TestMicrosoftsClientHearsOfAKill(t *testing.T) {
	l := start(t)
	c := microsoft(t)
	in := l.Describe().Instances[0]
	victim := c.open("a", in, "").SPID
	c.open("b", in, "")
	c.ask(request{"on": "a", "sql": "WAITFOR DELAY '01:00:00'", "no_wait": true, "timeout": 600})
	require.Eventually(t, func() bool {
		return c.cell("b", fmt.Sprintf("SELECT COUNT(*) FROM sys.dm_exec_requests WHERE session_id = %d", victim)) == 1.0
	}, 2*time.Minute, 20*time.Millisecond)
	c.run("b", fmt.Sprintf("KILL %d", victim))
	a := c.ask(request{"on": "a", "join": true})
	require.Equal(t, []string{"596/21", "0/20"}, a.numbers(), "%+v", a)
	require.Equal(t, "Closed", a.State)
}

// A login to a database that nobody may enter is refused in two messages.
func TestMicrosoftsClientIsRefusedADatabase(t *testing.T) {
	l := start(t)
	c := microsoft(t)
	c.open("admin", l.Describe().Instances[0], "")
	for _, in := range l.Describe().Instances[1:4] { // a mirror, a witness without it, a secondary
		a := c.ask(request{"open": "x", "connection": connection(in, "Database=mgc;Connect Retry Count=0")})
		require.Equal(t, []string{"4060/11", "18456/14"}, a.numbers(), in.Role)
	}
}

// What a client of Microsoft's does with transactions, cancelling and time-outs.
func TestMicrosoftsClientCancelsAndRollsBack(t *testing.T) {
	l := start(t)
	c := microsoft(t)
	c.open("a", l.Describe().Instances[0], "")
	require.True(t, c.ask(request{"on": "a", "begin": "Serializable"}).OK)
	require.Equal(t, 4.0, c.cell("a", "SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID"))
	require.True(t, c.ask(request{"on": "a", "save": "here"}).OK)
	require.True(t, c.ask(request{"on": "a", "rollback": "here"}).OK)
	require.Equal(t, 1.0, c.cell("a", "SELECT @@TRANCOUNT"))
	require.True(t, c.ask(request{"on": "a", "rollback": true}).OK)
	require.Equal(t, 0.0, c.cell("a", "SELECT @@TRANCOUNT"))

	cancelled := c.ask(request{"on": "a", "sql": "SELECT 1; WAITFOR DELAY '01:00:00'; SELECT 2", "cancel_after_ms": 50})
	require.False(t, cancelled.OK)
	require.Equal(t, "Open", cancelled.State)
	late := c.ask(request{"on": "a", "sql": "WAITFOR DELAY '01:00:00'", "timeout": 1})
	require.Equal(t, "-2/11", late.numbers()[0], "%+v", late)
	require.Equal(t, 7.0, c.cell("a", "SELECT 7"), "the connection goes on")

	doomed := c.ask(request{"on": "a", "sql": "SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH COMMIT END CATCH"})
	require.Equal(t, []string{"3930/16"}, doomed.numbers())
	schema := c.ask(request{"on": "a", "sql": "SELECT name FROM sys.databases; ALTER DATABASE mgc SET PARTNER FAILOVER", "schema_only": true})
	require.True(t, schema.OK)
	require.Equal(t, "name", schema.Results[0].Columns[0].Name)
	require.Empty(t, schema.Results[0].Rows)
	require.Equal(t, 1.0, c.cell("a", "SELECT mirroring_role FROM sys.database_mirroring WHERE database_id = DB_ID('mgc')"), "nothing has run")
}

// A pool lends a connection out as if it were new.
func TestMicrosoftsClientPools(t *testing.T) {
	l := start(t)
	c := microsoft(t)
	in := l.Describe().Instances[0]
	const pool = "Pooling=true;Max Pool Size=1"
	first := c.open("a", in, pool).SPID
	c.run("a", "USE msdb; SET NOEXEC ON")
	require.True(t, c.ask(request{"close": "a"}).OK)
	require.Equal(t, first, c.open("b", in, pool).SPID)
	require.Equal(t, "master", c.cell("b", "SELECT DB_NAME()"))
}

// What comes out of a call keeps its fraction, and what is wrong its number.
func TestMicrosoftsClientGetsValuesAndErrors(t *testing.T) {
	l := start(t)
	c := microsoft(t)
	in := l.Describe().Instances[0]
	c.open("a", in, "")
	out := c.ask(request{
		"on": "a", "sql": "SET @d = @d + 1", "prepare": true,
		"parameters": request{"@d": request{"type": "Decimal", "precision": 18, "scale": 3, "value": 122.456, "direction": "InputOutput"}},
	})
	require.True(t, out.OK, "%+v", out)
	require.Equal(t, "123.456", out.Outputs["@d"])
	require.Equal(t, "FALSE", c.cell("a", "SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID"))
	c.open("tls", in, "Encrypt=Mandatory")
	require.Equal(t, "TRUE", c.cell("tls", "SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID"))

	for sql, want := range map[string]string{
		"SELECT )":                               "102/15",
		"UPDATE t SET a = 1":                     "50000/16",
		"SELECT 1/0":                             "8134/16",
		"RAISERROR(14420, 16, 1, 'mgc', 60, 61)": "14420/16",
		"RAISERROR('torn', 21, 1) WITH LOG":      "50000/21",
	} {
		a := c.ask(request{"on": "tls", "sql": sql})
		require.Equal(t, want, a.numbers()[0], sql)
		if want == "50000/21" {
			require.Equal(t, "Closed", a.State)
		}
		c.open("tls", in, "Encrypt=Mandatory")
	}
}
