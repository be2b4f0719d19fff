//go:build unix

package mssql

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

// Whoever may write the file of the authority decides whom the console trusts.
func TestAnAuthorityThatOthersMayChangeIsRefused(t *testing.T) {
	_, ca := issued(t, tomorrow())
	trusting := instance(func(i *site.Instance) { i.Trust.CAFile = ca })
	_, err := driverConfig(trusting, "pass", time.Second)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(ca, 0o666))
	_, err = driverConfig(trusting, "pass", time.Second)
	require.ErrorContains(t, err, "others may write it")
}
