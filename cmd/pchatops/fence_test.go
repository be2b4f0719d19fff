package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
)

// meddled is a journal around whose lines something happens.
type meddled struct {
	engine.Recorder
	at   journal.Type
	step string
	once sync.Once
	do   func()
}

// Append writes the line; what is to happen then, happens once it is on the disk.
func (m *meddled) Append(l journal.Line) (journal.Line, error) {
	written, err := m.Recorder.Append(l)
	var a engine.ActionRecord
	if l.Type == m.at && json.Unmarshal(l.Data, &a) == nil && a.Step == m.step {
		m.once.Do(m.do)
	}
	return written, err
}

// ends is how a run in this process ended.
type ends struct {
	code int
	err  error
	sent []string // the actions that it sent, by step
}

// runMeddled runs a procedure in this process; when a line of a step is on the
// disk, something happens.
func runMeddled(t testing.TB, l *lab.Lab, dial dialer, procedure string, m *meddled) ends {
	t.Helper()
	return runBehind(t, l, dial, procedure, func(r engine.Recorder) engine.Recorder { m.Recorder = r; return m })
}

// networked is this machine on another network.
func networked(d dialer) *machine { return &machine{thisMachine.self, thisMachine.gone, d} }

// runBehind runs a procedure in this process, with something before its journal.
func runBehind(t testing.TB, l *lab.Lab, dial dialer, procedure string, recorder func(engine.Recorder) engine.Recorder) ends {
	t.Helper()
	s, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	on := machineFor(t)
	if on == nil {
		on = networked(dial)
	}
	opened, err := open(t.Context(), ask{
		site: s, procedure: procedure, dir: t.TempDir(), secrets: site.NewSecrets(nil), lab: true, on: on, patient: procedure == "failover",
		recorder: recorder,
	})
	require.NoError(t, err)
	var out ends
	out.err = opened.runAll(t.Context(), "", best(nil), output{w: io.Discard, json: true}, func(e engine.Event) {
		if e.Type == engine.EventAction && e.Outcome == engine.Done && !e.Record.(engine.ActionRecord).Settled {
			out.sent = append(out.sent, e.Step)
		}
	}, nil)
	out.code = codeOf(t.Context(), out.err)
	require.NoError(t, opened.close())
	return out
}

// atSQL runs T-SQL on a server as somebody at a query window, and gives the first
// column.
func atSQL(t testing.TB, l *lab.Lab, role, text string) (column []string) {
	t.Helper()
	db := onInstance(t, l, role)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), text)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var v string
		require.NoError(t, rows.Scan(&v))
		column = append(column, v)
	}
	require.NoError(t, rows.Err())
	return column
}

// drivers gives the sessions that hold the site's lock on a server, by id and time.
func drivers(t testing.TB, l *lab.Lab, role string) []string {
	t.Helper()
	return atSQL(t, l, role, `SELECT CONVERT(nvarchar(9), s.session_id) + N' ' + CONVERT(nvarchar(30), s.login_time, 121)
FROM sys.dm_tran_locks AS l JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id WHERE l.resource_type = 'APPLICATION'`)
}

// killDriver ends the session that holds the site's lock on a server.
func killDriver(t testing.TB, l *lab.Lab, role string) (killed []string) {
	t.Helper()
	killed = drivers(t, l, role)
	for _, one := range killed {
		id, _, _ := strings.Cut(one, " ")
		atSQL(t, l, role, "KILL "+id)
	}
	return killed
}

// killDrivers ends them on all servers that run, as keep-alive does in time.
func killDrivers(t testing.TB, l *lab.Lab) {
	t.Helper()
	for _, i := range l.World().Instances() {
		if i.On() {
			killDriver(t, l, i.Role())
		}
	}
}

// The lock's session is killed between two restores. The next restore is not sent
// on another connection: the right is taken again, the step planned anew, and
// nobody has noticed more than that.
func TestALockThatIsKilledInTheMiddleOfAStepIsTakenAgain(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", slowly)
		r := runMeddled(t, l, nil, "failover", &meddled{at: journal.Action, step: "F3", do: func() {
			killed := killDriver(t, l, "secondary")
			until(t, "the right is taken again", func() bool {
				now := drivers(t, l, "secondary")
				return len(now) == 1 && !slices.Equal(now, killed)
			})
		}})
		require.Equal(t, 0, r.code, "%v", r.err)
		appliedOnce(t, l)
	})
}

// SQL Server is restarted between two restores.
func TestARestartOfTheServerInTheMiddleOfAStepIsOutlived(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", slowly)
		r := runMeddled(t, l, nil, "failover", &meddled{at: journal.Action, step: "F3", do: func() {
			require.NoError(t, l.World().StopService(`SQL11\RTC`))
			until(t, "the console has noticed", func() bool { return len(drivers(t, l, "secondary-mirror")) == 0 })
			require.NoError(t, l.World().StartService(`SQL11\RTC`))
		}})
		require.Equal(t, 0, r.code, "%v", r.err)
		appliedOnce(t, l)
	})
}

// Somebody else takes the site while the console has lost it for a moment.
func TestWhoHasLostTheRightToSomebodyElseSaysWhoThatIs(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: time.Hour})
	other := consoleOn(t, l)
	n := newNetwork()
	r := runMeddled(t, l, n.dial, "failover", &meddled{at: journal.Action, step: "F3", do: func() {
		n.cut()
		killDrivers(t, l)
		_, out := other.begin(append([]string{"run", "failover"}, confirm()...)...)
		go io.Copy(io.Discard, out)
		until(t, "the other drives", func() bool { return other.journalSays(`"type":"intent"`) })
		n.mend()
	}})
	require.Equal(t, 5, r.code, "%v", r.err)
	require.ErrorContains(t, r.err, "has been driving this site since")
	require.NotContains(t, r.sent, "F4b")
}

// network is that of one machine: it can be cut off, and comes back with all that
// was on its way.
type network struct {
	mu   sync.Mutex
	open chan struct{} // closed: data passes
}

func newNetwork() *network {
	n := &network{open: make(chan struct{})}
	close(n.open)
	return n
}

func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open = make(chan struct{})
}

func (n *network) mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.open)
}

func (n *network) passes() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.open
}

func (n *network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	select {
	case <-n.passes():
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := (&net.Dialer{}).DialContext(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	return &delayed{Conn: c, n: n}, nil
}

// delayed sends what it is given once the network passes it, or not at all where that
// takes longer than it may.
type delayed struct {
	net.Conn
	n        *network
	deadline atomic.Pointer[time.Time]
}

func (d *delayed) Write(b []byte) (int, error) {
	var late <-chan time.Time
	if at := d.deadline.Load(); at != nil && !at.IsZero() {
		late = time.After(time.Until(*at))
	}
	select {
	case <-d.n.passes():
		return d.Conn.Write(b)
	case <-late:
		return 0, os.ErrDeadlineExceeded
	}
}

func (d *delayed) SetDeadline(at time.Time) error {
	d.deadline.Store(&at)
	return d.Conn.SetDeadline(at)
}

func (d *delayed) SetWriteDeadline(at time.Time) error {
	d.deadline.Store(&at)
	return d.Conn.SetWriteDeadline(at)
}

// A console loses its network before it starts the job of M1; its sessions end;
// another one does all of the procedure; the network returns.
func TestAConsoleWhoseNetworkReturnsDoesNotMoveThePrincipalBehindAnothersBack(t *testing.T) {
	t.Parallel()
	l := startSite(t, "ship-mirror", lab.Options{Speed: 60})
	other := consoleOn(t, l)
	n := newNetwork()
	moved := func() int { return l.World().Ledger().Started["Invoke-CsDatabaseFailover"] }
	var before int
	var principal []string
	r := runMeddled(t, l, n.dial, "ship-mirror", &meddled{at: journal.Intent, step: "M1", do: func() {
		n.cut()
		killDrivers(t, l)
		done := other.run(append([]string{"run", "ship-mirror"}, allOf(other, "ship-mirror")...)...)
		require.Equal(t, 0, done.code, done.stderr)
		before, principal = moved(), roles(t, l)
		n.mend()
	}})
	require.NotEqual(t, 1, r.code, "%v", r.err)
	require.Equal(t, before, moved(), "nothing was moved after the other had finished")
	require.Equal(t, principal, roles(t, l))
	require.NotContains(t, r.sent, "M1")
}

// A console loses its network and its sessions in its first step that changes
// something, so that it has no tick that another could take back. Another one finishes
// the procedure, and undoes it, or does it once more; the network returns. What was
// confirmed before does not go for what that one has left.
func TestARunThatWasOvertakenInItsFirstStepSendsNothingMore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scenario, procedure, step string
		at                        journal.Type
		others                    []string
	}{
		{"healthy", "unship", "U1", journal.Intent, []string{"unship", "ship-primary"}},
		{"healthy", "unship", "U1", journal.Action, []string{"unship", "ship-primary"}},
		{"ship-primary", "ship-primary", "P1-P9", journal.Intent, []string{"ship-primary", "unship"}},
		{"ship-primary", "ship-primary", "P1-P9", journal.Action, []string{"ship-primary", "unship"}},
		{"ship-mirror", "ship-mirror", "M1", journal.Plan, []string{"ship-mirror"}},
		{"ship-mirror", "ship-mirror", "M1", journal.Intent, []string{"ship-mirror"}},
	} {
		t.Run(fmt.Sprintf("%s of %s", tt.at, tt.step), func(t *testing.T) {
			t.Parallel()
			l := startSite(t, tt.scenario, lab.Options{Speed: 60})
			w, other, n := l.World(), consoleOn(t, l), newNetwork()
			var moved int
			var shipping bool
			r := runMeddled(t, l, n.dial, tt.procedure, &meddled{at: tt.at, step: tt.step, do: func() {
				n.cut()
				killDrivers(t, l)
				for _, procedure := range tt.others {
					done := other.run(append([]string{"run", procedure}, allOf(other, procedure)...)...)
					require.Equal(t, 0, done.code, done.stderr)
				}
				moved, shipping = w.Ledger().Started["Invoke-CsDatabaseFailover"], w.Truth().Shipping
				n.mend()
			}})
			require.Contains(t, []int{3, 4}, r.code, "%v", r.err)
			require.ErrorContains(t, r.err, "another console has driven this site")
			require.Equal(t, moved, w.Ledger().Started["Invoke-CsDatabaseFailover"])
			require.Equal(t, shipping, w.Truth().Shipping)
		})
	}
}

// roles tells who is principal of the mirrored pair.
func roles(t testing.TB, l *lab.Lab) (out []string) {
	for _, role := range []string{"primary", "mirror"} {
		out = append(out, atSQL(t, l, role, "SELECT mirroring_role_desc FROM sys.database_mirroring WHERE database_id = DB_ID(N'mgc')")...)
	}
	return out
}

// allOf confirms everything that a procedure asks for.
func allOf(c *console, procedure string) (args []string) {
	for _, s := range c.run("plan", procedure).of("step") {
		if text, _ := s["confirm"].(string); text != "" {
			args = append(args, "--confirm", s["step"].(string)+"="+text)
		}
	}
	return args
}

// Two site files call one server differently: what one console takes for the
// primary is the secondary of the other. Only one of them acts.
func TestConsolesWithExchangedSiteFilesDoNotBothAct(t *testing.T) {
	t.Parallel()
	l := startSite(t, "ship-primary", lab.Options{Speed: 1, Pace: world.Pace{Base: 20 * time.Second}})
	one, two := consoleOn(t, l), consoleOn(t, l)
	b, err := os.ReadFile(two.config)
	require.NoError(t, err)
	two.config = filepath.Join(filepath.Dir(one.config), "exchanged.yaml")
	exchanged := strings.NewReplacer("role: primary\n", "role: secondary\n", "role: secondary\n", "role: primary\n",
		"name: litware-lab", "name: another-name", "label: SQL01\\RTC", "label: DR", "label: SQL11\\RTC", "label: PROD").Replace(string(b))
	require.NoError(t, os.WriteFile(two.config, []byte(exchanged), 0o600))

	_, out := one.begin("run", "ship-primary")
	go io.Copy(io.Discard, out)
	until(t, "the first console acts", func() bool { return one.journalSays(`"type":"intent"`) })
	r := two.run("run", "ship-primary")
	require.Equal(t, 5, r.code, r.stderr)
	require.Contains(t, r.stderr, "has been driving this site since")
	require.Empty(t, r.of("action"))
}

// The network is cut in the middle of a long restore, which goes on at the server
// in a session that holds the lock. That is nobody else: it is waited for, and the
// step planned anew from what it has left.
func TestASessionThatACutHasLeftAtItsRestoreIsWaitedFor(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Second, Pace: world.Pace{Base: 4 * time.Second, PerMB: 1}})
	c := consoleOn(t, l)
	cmd, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	read := make(chan []map[string]any, 1)
	go func() { read <- c.parse(out) }()
	until(t, "the restore runs", func() bool {
		return c.journalSays(`"type":"intent"`, `"step":"F3"`) &&
			len(atSQL(t, l, "secondary", "SELECT command FROM sys.dm_exec_requests WHERE command = 'RESTORE LOG'")) > 0
	})
	l.Link(`SQL11\RTC`).Strand()
	lines := <-read
	_ = cmd.Wait()
	require.Equal(t, 0, cmd.ProcessState.ExitCode(), lines)
	appliedOnce(t, l)
}

// SQL Server is restarted while nothing runs. The console says that it may send
// nothing, and where it has lost the right, until it has it again.
func TestWhoLooksSeesThatTheRightIsBeingTakenAgain(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	s := sessionOn(t, l)
	require.NoError(t, s.lease.await(t.Context()))
	box := s.incident.Subscribe()
	defer box.Close()
	for _, in := range []string{`SQL11\RTC`, `SQL12\RTC`} {
		require.NoError(t, l.World().StopService(in))
	}
	lost := seen(t, box, func(s *incident.State) bool { return s.Retaking != nil })
	require.Equal(t, "right-lost", lost.Findings[0].Code)
	require.Regexp(t, `^nothing has been sent since [0-9:]{8} UTC: the lock on SQL1[12].RTC is lost: [a-z]+: [^→]*; until [0-9:]{8} UTC this console tries to take back the right to drive`, lost.Findings[0].Why)
	require.WithinDuration(t, time.Now(), lost.Retaking.Since, 10*time.Second)
	for _, in := range []string{`SQL11\RTC`, `SQL12\RTC`} {
		require.NoError(t, l.World().StartService(in))
	}
	held := seen(t, box, func(s *incident.State) bool { return s.Retaking == nil })
	require.Empty(t, held.ReadOnly)
}
