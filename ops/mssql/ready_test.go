package mssql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

// What is opened beforehand costs the first change nothing.
func TestWhatWillBeNeededIsOpenedBeforehand(t *testing.T) {
	e := newEstate(t, inRealTime)
	p, to := e.server(primary)
	p.Ready(t.Context())
	require.Zero(t, to.exchanges.Load(), "nothing is sent before somebody asks for something")
	to.SetDelay(10 * time.Millisecond)
	facts(t, p)
	p.errands.running.Wait()
	to.SetDelay(0)
	require.Equal(t, readers, p.reads.Stats().OpenConnections, "as many reads can go side by side")
	require.NoError(t, p.Lock(t.Context(), 0)) // as who drives has done by then
	before := to.exchanges.Load()
	_, err := run(t, p.RunJob("LSBackup_mgc", nil))
	require.NoError(t, err)
	require.EqualValues(t, 1, to.exchanges.Load()-before)
}

// Only a login that the server has just taken lets others go beside each other:
// a wrong password is sent once, whatever was to be opened beforehand.
func TestAWrongPasswordIsSentOnceThoughMuchIsToBeOpened(t *testing.T) {
	e := newEstate(t, nil)
	to := e.listen(primary, nil)
	p := e.dial(to, primary, "sa", "guess", nil)
	p.Ready(t.Context())
	for range 3 {
		_, err := p.Facts(t.Context())
		require.Equal(t, fault.Login, fault.ClassOf(err), "%v", err)
	}
	require.EqualValues(t, 2, to.exchanges.Load(), "pre-login and one login")
}

// A server that does not answer does not keep the console from closing.
func TestWhatIsOpenedBeforehandEndsWithTheConsole(t *testing.T) {
	e := newEstate(t, nil)
	to := e.listen(primary, nil)
	p := e.dial(to, primary, "sa", e.world.Instance(primary).Password("sa"), nil)
	facts(t, p)
	to.Hang(true)
	defer to.Hang(false)
	p.gate.connect = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	p.Ready(ctx)
	cancel()
	require.NoError(t, p.Close())
}
