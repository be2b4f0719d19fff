package site

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func withShipping(t *testing.T, lines ...string) (*Site, error) {
	t.Helper()
	text := sample(t, "minimal.yaml")
	if len(lines) > 0 {
		text += "\nlog_shipping:\n  " + strings.Join(lines, "\n  ") + "\n"
	}
	return Parse("site.yaml", []byte(text))
}

func TestLogShippingIsAsManagementStudioProposesUnlessTheFileSaysMore(t *testing.T) {
	s, err := withShipping(t)
	require.NoError(t, err)
	require.False(t, s.Shipping.Declared)
	require.Equal(t, 15*time.Minute, s.Shipping.BackupEvery)
	require.Equal(t, 60*time.Minute, s.Shipping.BackupThreshold)
	require.True(t, s.Shipping.Alerts)

	s, err = withShipping(t, "copy_every: 20m", "alerts: false", "retention: 336h", "compression: on", `monitor: SQL21\MON`)
	require.NoError(t, err)
	require.True(t, s.Shipping.Declared)
	require.Equal(t, 20*time.Minute, s.Shipping.CopyEvery)
	require.Equal(t, 15*time.Minute, s.Shipping.RestoreEvery, "what is left out keeps its proposal")
	require.False(t, s.Shipping.Alerts)
	require.Equal(t, 336*time.Hour, s.Shipping.Retention)
	require.Equal(t, CompressOn, s.Shipping.Compression)
	require.Equal(t, `SQL21\MON`, s.Shipping.Monitor)
	require.Empty(t, shippingWarnings(s))
}

func TestWrongLogShippingIsRefused(t *testing.T) {
	for line, expected := range map[string]string{
		"backup_every: 90s":      "whole minutes",
		"backup_every: 13h":      "up to 12h",
		"backup_every: 0m":       "whole minutes",
		"retention: 30":          "whole minutes",
		"compression: maybe":     "default, on, off",
		"alerts: sometimes":      "true or false",
		"monitor: ''":            "one line",
		"every: 15m":             "backup_every",
		"backup_threshold: 15m":  "more than 15m",
		"restore_threshold: 10m": "more than 15m",
		"retention: 30m":         "more than backup_threshold",
	} {
		_, err := withShipping(t, line)
		require.ErrorContains(t, err, expected, line)
	}
}

func TestSchedulesThatAreFarApartDeserveALook(t *testing.T) {
	s, err := withShipping(t, "restore_every: 40m")
	require.NoError(t, err)
	require.Len(t, shippingWarnings(s), 1)
	require.Contains(t, shippingWarnings(s)[0].Message, "log_shipping.restore_every")
}

func shippingWarnings(s *Site) []Problem {
	var out []Problem
	for _, w := range s.Warnings {
		if strings.HasPrefix(w.Message, "log_shipping") {
			out = append(out, w)
		}
	}
	return out
}
