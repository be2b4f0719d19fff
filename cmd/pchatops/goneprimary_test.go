package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// What a dead server holds can be removed only there. What there is to do until then is
// said.
func TestUnshipWithoutThePrimarySaysWhatThereIsToDo(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "healthy", lab.Options{})
		require.NoError(t, l.World().PowerOff(`SQL01\RTC`))
		r := consoleOn(t, l).run("run", "unship")
		require.NotEqual(t, 0, r.code)
		require.Contains(t, r.stderr, "run unship again once it is back")
		require.Contains(t, r.stderr, `stop SQL11\RTC from restoring by hand: EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc'`)
	})
}
