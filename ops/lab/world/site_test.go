package world_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var threeInTheNight = time.Date(2026, 11, 21, 3, 2, 0, 0, time.UTC)

// atOnce lets statements take no time.
var atOnce = world.Pace{Base: 1}

// site builds a site whose clock stands still unless the test moves it.
func site(t *testing.T, change ...func(*world.Config)) *world.World {
	t.Helper()
	cfg := world.Config{Seed: 7, Dir: t.TempDir(), Start: threeInTheNight, History: time.Hour, Pace: atOnce, MirrorTime: 1}
	for _, c := range change {
		c(&cfg)
	}
	w, err := world.New(cfg)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

// lost is a site whose first data centre has just died, with backups that
// have not been copied and others that have not been restored.
func lost(t *testing.T, change ...func(*world.Config)) *world.World {
	t.Helper()
	w := site(t, change...)
	stop(t, w, "LSRestore")
	w.Elapse(20 * time.Minute)
	stop(t, w, "LSCopy")
	w.Elapse(40 * time.Minute)
	require.NoError(t, w.PowerOff("dc1"))
	return w
}

// stop disables the job of the secondary whose name begins so.
func stop(t *testing.T, w *world.World, prefix string) {
	c := admin(t, w, world.Secondary)
	for _, name := range c.column("msdb", "dbo", "sysjobs", "name") {
		if strings.HasPrefix(name.(string), prefix) {
			c.must("sp_update_job", "@job_name", name, "@enabled", int64(0))
		}
	}
}

// client is a session and what it was sent.
type client struct {
	t    *testing.T
	w    *world.World
	host tsql.Host
	end  func()
	gone chan struct{} // closed when the server ends the session
	info []*tsql.Error // messages and errors of the last statement
	sets []*tsql.Rows
}

func (c *client) Message(e *tsql.Error) { c.info = append(c.info, e) }
func (c *client) Rows(r *tsql.Rows)     { c.sets = append(c.sets, r) }

func admin(t *testing.T, w *world.World, instance string) *client {
	t.Helper()
	return login(t, w, instance, "sa", "")
}

func login(t *testing.T, w *world.World, instance, user, database string) *client {
	t.Helper()
	c := &client{t: t, w: w, gone: make(chan struct{})}
	i := w.Instance(instance)
	host, end, e := i.Login(world.LoginRequest{
		User: user, Password: i.Password(user), Database: database, App: "a test", Host: "ADMIN01", PID: 99, Killed: func() { close(c.gone) },
	})
	if e != nil {
		t.Fatalf("login on %s: %v", instance, e)
	}
	c.host, c.end = host, end
	t.Cleanup(end)
	return c
}

// number is the error that a statement failed with: the cause, not the one
// that only says that the statement ended. 0: it succeeded.
func (c *client) number(e *tsql.Error) int32 {
	for _, m := range c.info {
		if m.Class > 10 {
			return m.Number
		}
	}
	if e != nil {
		return e.Number
	}
	return 0
}

func (c *client) fresh() *client { c.info, c.sets = nil, nil; return c }

func (c *client) restore(what, disk string, options ...string) int32 {
	r := tsql.Restore{What: what, Database: world.Database, With: with(options...)}
	if disk != "" {
		r.Disks = []string{disk}
	}
	return c.fresh().number(c.host.Restore(context.Background(), r, c))
}

func (c *client) backup(log bool, disk string, options ...string) int32 {
	return c.fresh().number(c.host.Backup(context.Background(), tsql.Backup{Log: log, Database: world.Database, Disks: []string{disk}, With: with(options...)}, c))
}

func (c *client) alter(set ...string) int32 {
	return c.fresh().number(c.host.Alter(context.Background(), tsql.AlterDatabase{Database: world.Database, Set: set}, c))
}

// with reads "MOVE" apart: every option is NAME or NAME=value.
func with(options ...string) tsql.Options {
	o := tsql.Options{Values: map[string]string{}}
	for _, x := range options {
		name, value, _ := strings.Cut(x, "=")
		o.Values[name] = value
	}
	return o
}

// call runs a procedure of master or msdb with named arguments.
func (c *client) call(name string, args ...any) (rc int, out map[string]any, number int32) {
	var params []tsql.Param
	for n := 0; n < len(args); n += 2 {
		p := tsql.Param{Name: args[n].(string), Value: args[n+1]}
		if args[n+1] == "OUTPUT" {
			p.Value, p.Output = nil, true
		}
		params = append(params, p)
	}
	db := "master"
	if !c.host.HasProc(db, "dbo", name) {
		db = "msdb"
	}
	rc, results, e := c.fresh().host.Call(context.Background(), db, "dbo", name, params, c)
	out = map[string]any{}
	for _, p := range results {
		out[p.Name] = p.Value
	}
	return rc, out, c.number(e)
}

func (c *client) must(name string, args ...any) map[string]any {
	c.t.Helper()
	rc, out, number := c.call(name, args...)
	require.Zero(c.t, number, "%s: %v", name, c.info)
	require.Zero(c.t, rc)
	return out
}
