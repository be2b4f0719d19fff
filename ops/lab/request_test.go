package lab_test

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
)

// tapped starts a site on which the requests that contain a text have a fate.
func tapped(t *testing.T, contains string, v lab.Verdict) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{
		Scenario: "ship-primary", Seed: 7, Speed: 1, Dir: t.TempDir(),
		OnRequest: func(r lab.Request) lab.Verdict {
			if strings.Contains(r.Text, contains) {
				return v
			}
			return lab.Verdict{}
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func TestEveryFateOfAStatement(t *testing.T) {
	released := make(chan struct{})
	close(released)
	for name, c := range map[string]struct {
		verdict       lab.Verdict
		answer, begun bool
	}{
		"pass":                     {lab.Verdict{}, true, true},
		"slow":                     {lab.Verdict{Delay: 20 * time.Millisecond}, true, true},
		"cut before":               {lab.Verdict{Fate: faults.CutBefore}, false, false},
		"cut after":                {lab.Verdict{Fate: faults.CutAfter}, false, true},
		"cut in the middle":        {lab.Verdict{Fate: faults.CutMiddle}, false, true},
		"stalled before":           {lab.Verdict{Fate: faults.StallBefore}, false, false},
		"stalled after":            {lab.Verdict{Fate: faults.StallAfter}, false, true},
		"stalled before, released": {lab.Verdict{Fate: faults.StallBefore, Release: released}, true, true},
		"stalled after, released":  {lab.Verdict{Fate: faults.StallAfter, Release: released}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := tapped(t, "RECOVERY", c.verdict)
			in := l.Describe().Instances[0]
			sa := url.UserPassword(in.User, in.Password)
			victim := connect(t, in, sa, "encrypt=disable")
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			if !c.answer {
				ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
			}
			defer cancel()
			_, err := victim.ExecContext(ctx, "ALTER DATABASE [mgccomp] SET RECOVERY BULK_LOGGED")
			require.Equal(t, c.answer, err == nil, "%v", err)
			now := one[string](t, connect(t, in, sa, "encrypt=disable"), "SELECT recovery_model_desc FROM sys.databases WHERE name = 'mgccomp'")
			require.Equal(t, c.begun, now == "BULK_LOGGED", "%s", now)
		})
	}
}

func TestEveryFateOfACommandOnAHost(t *testing.T) {
	for name, c := range map[string]struct {
		verdict lab.Verdict
		answer  bool
	}{
		"pass":              {lab.Verdict{}, true},
		"slow":              {lab.Verdict{Delay: 20 * time.Millisecond}, true},
		"cut before":        {lab.Verdict{Fate: faults.CutBefore}, false},
		"cut after":         {lab.Verdict{Fate: faults.CutAfter}, false},
		"cut in the middle": {lab.Verdict{Fate: faults.CutMiddle}, false},
		"stalled before":    {lab.Verdict{Fate: faults.StallBefore}, false},
		"stalled after":     {lab.Verdict{Fate: faults.StallAfter}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := tapped(t, "Receive", c.verdict)
			h := l.Describe().Hosts[0]
			endpoint := winrm.NewEndpoint(h.Host, h.Port, true, true, nil, nil, nil, 2*time.Second)
			client, err := winrm.NewClient(endpoint, h.User, h.Password)
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			var out bytes.Buffer
			_, err = client.RunWithContext(ctx, "hostname", &out, io.Discard)
			if c.answer {
				require.NoError(t, err)
				require.Contains(t, out.String(), h.Name)
			} else {
				require.NotContains(t, out.String(), h.Name)
			}
		})
	}
}
