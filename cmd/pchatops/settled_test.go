package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lease"
)

// A management host does not answer this console. Another one may have asked it for
// a job a moment ago, and the request may still be on its way: until its limit is
// over nothing is started that must not be begun twice, and nothing is called done.
func TestAHostThatDoesNotAnswerMayStillBeginWhatAnotherConsoleHasAskedOfIt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		procedure, scenario string
		back                bool // the host answers again soon
	}{
		"ship-mirror":                            {"ship-mirror", "ship-mirror", false},
		"ship-mirror, and the host answers soon": {"ship-mirror", "ship-mirror", true},
		"unship, which starts no job":            {"unship", "healthy", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, tt.scenario, lab.Options{Speed: 60})
				ctl(t, l, "network", map[string]string{"node": "FE01", "state": "down"})
				began := time.Now()
				var started time.Time
				m := &watched{at: func(line journal.Line, a engine.ActionRecord) {
					if line.Type == journal.Intent && a.Step == "M1" && started.IsZero() {
						started = time.Now()
					}
				}}
				if tt.back {
					time.AfterFunc(5*time.Second, func() { _ = l.Link("FE01").Up() })
				}
				r := runBehind(t, l, nil, tt.procedure, func(r engine.Recorder) engine.Recorder { m.Recorder = r; return m })
				require.Equal(t, 0, r.code, "%v", r.err)
				ended := time.Since(began)
				if tt.procedure == "ship-mirror" {
					ended = started.Sub(began)
				}
				if tt.back {
					require.Less(t, ended, lease.Limit-5*time.Second)
				} else {
					require.GreaterOrEqual(t, ended, lease.Limit)
				}
			})
		})
	}
}

// watched is a journal at which somebody looks.
type watched struct {
	engine.Recorder
	at func(journal.Line, engine.ActionRecord)
}

// Append writes the line.
func (w *watched) Append(l journal.Line) (journal.Line, error) {
	var a engine.ActionRecord
	if json.Unmarshal(l.Data, &a) == nil {
		w.at(l, a)
	}
	return w.Recorder.Append(l)
}
