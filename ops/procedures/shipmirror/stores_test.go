package shipmirror_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// topology has a shell tell other stores than those that are published.
type topology struct {
	procedures.Shell
	tell func() (*status.Stores, error)
}

func (s topology) Pool(ctx context.Context) (p status.Pool, err error) {
	if p, err = s.Shell.Pool(ctx); err != nil {
		return p, err
	}
	p.Stores, err = s.tell()
	return p, err
}

// The cmdlet moves the chat to what the topology calls Primary or Mirror, whatever the
// site file says. What is not known of it is asked about, and already by the check, where
// M1 has found the chat on what the site file calls the mirror.
func TestBothWaysAndTheCheckAskForTheStoresOfTheTopology(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	shell := r.estate.Shell
	told, err := shell.Pool(t.Context())
	require.NoError(t, err)
	const one, two = "primary store of the topology", "mirror store of the topology"
	same := map[string]string{one: `the primary store is SQL01\RTC`, two: `the mirror store is SQL02\RTC`}
	for _, step := range []string{"M1", "M2-M3", "M22"} {
		r.estate.Shell = shell
		if step == "M2-M3" {
			r.do("M1")
		}
		require.Empty(t, r.unmet(step))
		for name, c := range map[string]struct {
			change  func(*status.Stores)
			err     error
			phrases map[string]string // of the gates that fail
		}{
			"exchanged":        {func(s *status.Stores) { s.Primary, s.Mirror = s.Mirror, s.Primary }, nil, map[string]string{one: "", two: ""}},
			"another instance": {func(s *status.Stores) { s.Primary.Instance = "CHAT" }, nil, map[string]string{one: `sql01.litwareinc.com\CHAT is SQL01\RTC`}},
			"another host":     {func(s *status.Stores) { s.Mirror.FQDN = "sql77.litwareinc.com" }, nil, map[string]string{two: `sql77.litwareinc.com\RTC is SQL02\RTC`}},
			"the secondary's":  {func(s *status.Stores) { s.Mirror = s.Backup }, nil, map[string]string{two: ""}},
			"no mirror":        {func(s *status.Stores) { s.Mirror = status.Store{} }, nil, map[string]string{two: ""}},
			"not told":         {nil, nil, same},
			"not read":         {nil, errors.New("no such luck"), same},
		} {
			r.estate.Shell = topology{shell, func() (*status.Stores, error) {
				if c.change == nil {
					return nil, c.err
				}
				s := *told.Stores
				c.change(&s)
				return &s, nil
			}}
			unmet, phrases := r.unmet(step), map[string]string{}
			for gate, g := range unmet {
				phrases[gate] = g.Override
				require.Contains(t, g.Do, "Get-CsService", name)
			}
			require.Equal(t, c.phrases, phrases, "%s, %s", step, name)
			if c.err != nil {
				require.Contains(t, unmet[one].Seen, c.err.Error())
			}
		}
	}
}
