package procedures

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// A part that was not told reads like log shipping that is not there.
func TestNothingIsDecidedFromAPartThatWasNotTold(t *testing.T) {
	for part, matters := range map[string]bool{
		"primary": true, "secondaries": true, "secondary": true, "jobs": true,
		"queues": false, "sessions": false, "services": false,
	} {
		_, err := Shipping(t.Context(), `SQL11\RTC`, func(context.Context) (status.Facts, error) {
			return status.Facts{Unread: []string{part + ": 229 The SELECT permission was denied"}}, nil
		})
		require.Equal(t, matters, err != nil, part)
		if matters {
			require.ErrorContains(t, err, "229")
		}
	}
}

func TestNoMirroringIsSeenByASysadminOnly(t *testing.T) {
	_, err := Mirrored(`SQL12\RTC`, status.Facts{})
	require.True(t, fault.Is(err, fault.Permission))
	_, err = Mirrored(`SQL12\RTC`, status.Facts{Sysadmin: true})
	require.NoError(t, err)
	_, err = Mirrored(`SQL12\RTC`, status.Facts{Mirroring: status.Mirroring{Configured: true}})
	require.NoError(t, err)
}
