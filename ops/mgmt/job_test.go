package mgmt

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// counter is a wire that notes what is sent over it.
type counter struct {
	wire
	mu      sync.Mutex
	actions []string
}

func (c *counter) post(ctx context.Context, envelope []byte) (reply, error) {
	c.mu.Lock()
	c.actions = append(c.actions, actionOf(string(envelope)))
	c.mu.Unlock()
	return c.wire.post(ctx, envelope)
}

func (c *counter) sent() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.actions...)
}

// counted lets a host's messages be counted from now on.
func counted(t *testing.T, h *Host) *counter {
	t.Helper()
	w, err := h.connect(t.Context())
	require.NoError(t, err)
	c := &counter{wire: w}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wire = c
	return c
}

// opened waits for the shell that Ready opens.
func opened(t *testing.T, h *Host) {
	t.Helper()
	require.Eventually(t, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.idle != nil
	}, 2*time.Minute, time.Millisecond)
}

func TestACmdletThatEndsSoonCostsTwoCommands(t *testing.T) {
	e := newEstate(t)
	o := fast()
	o.Poll = 10 * time.Second
	s := shellOn(t, o, newMachine(t, e, "FE11", nil))
	s.Ready(t.Context())
	h := s.hosts.All()[0]
	opened(t, h)
	c := counted(t, h)
	require.NoError(t, s.SetPoolState(thePool, "FailedOver").Do(t.Context(), &reporter{}))
	require.Equal(t, []string{runs, send, receive, runs, send, receive}, slices.Compact(c.sent()),
		"the ticket is one command; start, wait for the end and tidy up are another")
	require.LessOrEqual(t, len(c.sent()), 8, "an answer comes in one piece or two")
	_, state := e.PoolState()
	require.Equal(t, "FailedOver", state)
}

// The answer to the start is lost while the job runs. Asked again, the host knows
// the request again: nothing is started twice, and nothing is taken for an
// earlier console's.
func TestAStartWhoseAnswerIsLostIsRepeated(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	o := fast()
	o.Poll = 10 * time.Second
	r := &reporter{onLine: func(line string) {
		if strings.HasPrefix(line, "no answer from FE11") {
			m.door.set(false)
			close(e.finish)
		}
	}}
	go func() {
		<-e.begun
		m.door.set(true)
	}()
	require.NoError(t, shellOn(t, o, m).InstallMirror(mirroring).Do(t.Context(), r))
	require.Len(t, e.installed, 1)
	require.NotContains(t, r.log(), "was started before")
	require.Contains(t, r.log(), "no answer from FE11")
}

func TestAHostThatDoesNotWaitIsNotAskedWithoutPause(t *testing.T) {
	running := received(`{"ok":true,"exists":true,"started":true,"state":"running","log":"","next":0}`, "", 0)
	p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, running) }))
	h := p.host(t, nil)
	o := Options{Secret: secrets, Poll: 50 * time.Millisecond}
	hosts := NewHosts(&site.Site{Hosts: []site.Host{h.site}}, site.Management, o)
	t.Cleanup(hosts.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := newJobs(hosts, o).do(ctx, work{kind: cmdletJob, name: "x", request: struct{}{}}, &reporter{})
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.LessOrEqual(t, p.count(runs), 8)
}

// The password of a job lies in its task.
func TestATaskThatStaysBehindIsTold(t *testing.T) {
	left := received(`{"ok":true,"exists":true,"started":true,"state":"done","log":"","next":0,"result":{"ok":true},"task":true}`, "", 0)
	p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, left) }))
	h := p.host(t, nil)
	o := Options{Secret: secrets, Token: "inc1"}
	hosts := NewHosts(&site.Site{Hosts: []site.Host{h.site}}, site.Management, o)
	t.Cleanup(hosts.Close)
	r := &reporter{}
	_, err := newJobs(hosts, o).do(t.Context(), work{kind: cmdletJob, name: "x", request: struct{}{}}, r)
	require.NoError(t, err)
	require.Contains(t, r.log(), "delete pchatops-")
	require.Contains(t, r.log(), "in the Task Scheduler of FE11")
}
