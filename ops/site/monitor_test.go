package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMonitorServerIsKnownToLogShipping(t *testing.T) {
	text := sample(t, "minimal.yaml")
	monitor := "instances:\n  - {role: monitor, host: sql21.litwareinc.com, instance: RTC, data_centre: dc2, credential: sql}\n"
	with := strings.Replace(text, "instances:\n", monitor, 1)
	require.NotEqual(t, text, with)
	_, err := Parse("site.yaml", []byte(with))
	require.ErrorContains(t, err, "log_shipping.monitor")
	s, err := Parse("site.yaml", []byte(with+"\nlog_shipping: {monitor: 'SQL21\\RTC'}\n"))
	require.NoError(t, err)
	in, ok := s.Instance(Monitor)
	require.True(t, ok)
	require.False(t, in.Role.HoldsChat())
	require.True(t, Mirror.HoldsChat())
}
