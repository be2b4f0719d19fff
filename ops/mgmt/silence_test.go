package mgmt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/pause"
	"pchatops/ops/site"
)

// away are the ways in which a host keeps its answer.
var away = map[string]func(context.Context) error{
	"refuses": func(context.Context) error {
		return &fault.Error{Class: fault.Unreachable, Target: "FE11", Text: "connection refused", Cause: errors.New("refused")}
	},
	"swallows the SYN": func(ctx context.Context) error {
		_ = pause.For(ctx, 10*time.Second)
		return &fault.Error{Class: fault.Unreachable, Target: "FE11", Text: "i/o timeout", Cause: context.DeadlineExceeded}
	},
	"accepts and hangs": func(ctx context.Context) error {
		_ = pause.For(ctx, slow)
		return &fault.Error{Class: fault.Timeout, Target: "FE11", Text: "no answer", Cause: context.DeadlineExceeded}
	},
	"cuts": func(context.Context) error {
		return &fault.Error{Class: fault.Lost, Target: "FE11", Text: "reset", Cause: errors.New("reset")}
	},
}

// waitedFor is what came of waiting for a host.
type waitedFor struct {
	err   error
	took  time.Duration
	lines []string
	gap   time.Duration // the longest without a line
}

// waits has a host that never answers waited for, on virtual time.
func waits(t *testing.T, w work, try func(context.Context) error) (out waitedFor) {
	synctest.Test(t, func(t *testing.T) {
		o := Options{Secret: secrets, Token: "inc1"}.withDefaults()
		j := newJobs(&Hosts{}, o)
		began := time.Now()
		last := began
		r := &reporter{onLine: func(string) { out.gap, last = max(out.gap, time.Since(last)), time.Now() }}
		out.err = j.patiently(t.Context(), attempt{host: NewHost(site.Host{Name: "FE11"}, o), work: w}, r, try)
		out.took, out.lines = time.Since(began), r.lines
		out.gap = max(out.gap, time.Since(last))
	})
	return out
}

func TestAHostThatDoesNotAnswerIsToldOfAndGivenUp(t *testing.T) {
	for name, try := range away {
		for brief, most := range map[bool]time.Duration{true: time.Minute, false: 5 * time.Minute} {
			t.Run(fmt.Sprint(name, " brief ", brief), func(t *testing.T) {
				out := waits(t, work{brief: brief}, try)
				require.Equal(t, fault.Lost, fault.ClassOf(out.err), "%v", out.err)
				require.ErrorContains(t, out.err, "FE11 has not answered since 00:00:00 UTC (")
				require.NotRegexp(t, `\d+m\d`, strings.Join(append(out.lines, out.err.Error()), "\n"), "a duration reads 1m 30s")
				require.Contains(t, out.lines[0], "no answer from FE11 since 00:00:00 UTC")
				require.Contains(t, out.lines[0], "until 00:0"+map[bool]string{true: "1", false: "5"}[brief]+":00 UTC at most")
				require.LessOrEqual(t, out.took, most+slow, "the bound that it tells holds")
				require.GreaterOrEqual(t, out.took, most)
				require.LessOrEqual(t, out.gap, again+slow+30*time.Second, "it is told again")
			})
		}
	}
}

// The job goes on where nobody reaches its host: the servers that it changes say
// when it is done.
func TestTheServersTellWhatAJobHasDoneWhoseHostIsSilent(t *testing.T) {
	for name, try := range away {
		t.Run(name, func(t *testing.T) {
			began, asked := time.Time{}, 0
			out := waits(t, work{effect: func(context.Context) (bool, string, error) {
				if asked++; asked == 1 {
					began = time.Now()
					return false, "", errors.New("SQL12\\RTC does not answer")
				}
				return time.Since(began) > time.Minute, "SQL12 mirrors SQL11", nil
			}}, try)
			require.Equal(t, fault.Lost, fault.ClassOf(out.err), "%v", out.err)
			require.ErrorContains(t, out.err, "the servers say: SQL12 mirrors SQL11")
			require.Less(t, out.took, 3*time.Minute, "nothing is waited for any more")
			require.Contains(t, out.lines[0], "what it has done cannot be seen from here: SQL12\\RTC does not answer")
			require.Contains(t, strings.Join(out.lines, "\n"), "the servers say: SQL12 mirrors SQL11")
		})
	}
}
