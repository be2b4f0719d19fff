package mgmt

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// A host that dies in the middle of a cmdlet of seconds keeps nobody waiting for as
// long as one that makes a mirror does.
func TestASilentHostIsWaitedForByWhatItWasToDo(t *testing.T) {
	running := received(`{"ok":true,"exists":true,"started":true,"state":"running","log":"","next":0}`, "", 0)
	for brief, limit := range map[bool]time.Duration{true: time.Minute, false: time.Second} {
		var answers atomic.Int32
		p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) {
			if answers.Add(1) > 3 {
				panic(http.ErrAbortHandler) // it has died
			}
			answer(w, 200, running)
		}))
		h := p.host(t, nil)
		o := Options{Secret: secrets, Poll: 5 * time.Millisecond, Retry: 5 * time.Millisecond, Patience: time.Hour, Brief: 50 * time.Millisecond}
		hosts := NewHosts(&site.Site{Hosts: []site.Host{h.site}}, site.Management, o)
		t.Cleanup(hosts.Close)
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		_, err := newJobs(hosts, o).do(ctx, work{kind: cmdletJob, name: "x", request: struct{}{}, brief: brief}, &reporter{})
		require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
		require.Equal(t, !brief, ctx.Err() != nil, "brief: %t: %v", brief, err)
		cancel()
	}
}
