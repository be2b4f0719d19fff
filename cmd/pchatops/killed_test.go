package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
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

// dying is the journal of a console whose process ends around an action: once
// its intent is on the disk and before it is sent (at Intent), or once it has
// been sent and before its outcome is on the disk (at Action).
type dying struct {
	*journal.Journal
	at journal.Type
	mu sync.Mutex
	in string // the step in which it died; "": it lives
}

var errKilled = errors.New("killed")

func (d *dying) Append(l journal.Line) (journal.Line, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.in != "" {
		return l, errKilled
	}
	if l.Type != d.at {
		return d.Journal.Append(l)
	}
	var a engine.ActionRecord
	err := json.Unmarshal(l.Data, &a)
	if d.in = a.Step; l.Type == journal.Intent {
		_, err = d.Journal.Append(l)
	}
	return l, errors.Join(errKilled, err)
}

// live runs a console on the site until it dies or has nothing left to do.
func live(t *testing.T, s *site.Site, dir string, at journal.Type) (engine.Summary, *dying) {
	t.Helper()
	lock, err := journal.Acquire(dir, s.Name, journal.Myself(time.Now()))
	require.NoError(t, err)
	chronicle := incident.NewChronicle()
	opening := journal.Opening{ID: journal.NewID(s.Name, "failover", time.Now()), Site: s.Name, Procedure: "failover"}
	j, err := journal.OpenLatest(dir, opening, journal.Options{By: "alice"}, chronicle.Apply)
	require.NoError(t, err)
	d := &dying{Journal: j, at: at}
	c := &session{lease: newLease(), journal: j, lock: lock}
	c.estate = reach(s, site.NewSecrets(nil), incidentID(j))
	require.NoError(t, c.start(t.Context(), ask{site: s, procedure: "failover"}, chronicle,
		incident.Config{Journal: d, Lease: c.lease, By: "alice"}))
	require.NoError(t, c.lease.await(t.Context()))
	sum := c.incident.RunAll(t.Context(), "", agree, nil)
	require.NoError(t, c.close())
	return sum, d
}

// slowly: the site's own jobs do not overtake the first console.
var slowly = lab.Options{Speed: 10, MirrorTime: 10 * time.Second}

// One console after the other is killed around every single action of the
// failover. What comes out is what one console would have done.
func TestConsolesKilledAroundEveryActionDoNothingTwice(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", slowly)
	l.World().Intrude(world.Secondary, world.Database, "Lync Server Persistent Chat", 2, 1)
	c := consoleOn(t, l)
	s, err := site.Load(c.config)
	require.NoError(t, err)

	around := map[string]int{} // step to the deaths in it
	for n := 0; ; n++ {
		require.Less(t, n, 200, "each two consoles bring the failover on by an action")
		at := []journal.Type{journal.Intent, journal.Action}[n%2]
		sum, d := live(t, s, c.state, at)
		if d.in == "" {
			require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
			break
		}
		require.NotEqual(t, engine.EndDone, sum.Outcome)
		around[d.in]++
	}
	for _, step := range []string{"F1", "F2", "F3", "F4a", "F4b", "F5", "F6", "F7"} {
		require.GreaterOrEqual(t, around[step], 2, "%s: %v", step, around)
	}
	appliedOnce(t, l)
	require.Equal(t, 1, l.World().MirrorInstalls())
	r := c.run("verify", "failover")
	require.Equal(t, 0, r.code, r.stderr)
	for _, i := range c.run("history").of("incident") {
		audit := c.run("history", "--audit", i["id"].(string))
		require.Equal(t, 0, audit.code, audit.stderr)
	}
}

// The process itself is killed, whatever it is doing then, once in every step.
func TestAConsoleKilledInEveryStepIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", slowly)
	l.World().Intrude(world.Secondary, world.Database, "Lync Server Persistent Chat", 2, 0)
	c := consoleOn(t, l)
	for _, step := range []string{"F1", "F2", "F3", "F4a", "F4b", "F5", "F6", "F7"} {
		c.killOnce(`"type":"intent"`, fmt.Sprintf(`"step":%q`, step))
	}
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	require.Equal(t, "done", r.summary(t)["outcome"])
	appliedOnce(t, l)
	require.Equal(t, 1, l.World().MirrorInstalls())
}
