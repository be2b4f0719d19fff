package lab_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

func TestASessionThatIsCutOffGoesOnWithItsStatement(t *testing.T) {
	l := start(t)
	in := l.Describe().Instances[3]
	who := url.UserPassword(in.User, in.Password)
	for _, end := range []string{"it ends by itself", "it is killed"} {
		spid, watch := cutOff(t, l, in, who)
		requests := fmt.Sprintf("SELECT COUNT(*) FROM sys.dm_exec_requests WHERE session_id = %d AND command LIKE 'RESTORE%%'", spid)
		sessions := fmt.Sprintf("SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE session_id = %d", spid)
		require.EqualValues(t, 1, watch(requests), "the server has noticed nothing")
		if end == "it is killed" {
			watch(fmt.Sprintf("KILL %d; SELECT 1", spid))
			require.Eventually(t, func() bool { return watch(sessions) == 0 }, 2*time.Minute, 5*time.Millisecond)
			continue
		}
		require.Eventually(t, func() bool {
			l.World().Elapse(5 * time.Minute)
			return watch(requests) == 0
		}, 2*time.Minute, 5*time.Millisecond, "the statement runs to its end")
		require.EqualValues(t, 1, watch(sessions), "and its session sleeps")
		watch(fmt.Sprintf("KILL %d; SELECT 1", spid))
	}
}

// cutOff begins to read a backup, slowly, and cuts the network. It gives the
// session that does, and the eyes of another.
func cutOff(t *testing.T, l *lab.Lab, in lab.InstanceEndpoint, who *url.Userinfo) (spid int64, watch func(string) int64) {
	t.Helper()
	l.World().SetSlow(1e3)
	busy := connect(t, in, who, "encrypt=disable")
	spid = one[int64](t, busy, "SELECT @@SPID")
	ended := make(chan error, 1)
	go func() {
		_, err := busy.ExecContext(context.Background(), `RESTORE VERIFYONLY FROM DISK = N'\\FS01\LogShip\mgc_full.bak'`)
		ended <- err
	}()
	before := connect(t, in, who, "encrypt=disable")
	require.Eventually(t, func() bool {
		return one[int64](t, before, "SELECT COUNT(*) FROM sys.dm_exec_requests WHERE command LIKE 'RESTORE%'") == 1
	}, 2*time.Minute, 5*time.Millisecond)
	_, ok := ctl(t, l, "network", map[string]string{"node": in.Name, "state": "half-open"})
	require.True(t, ok)
	require.Error(t, <-ended, "the client knows at once")
	after := connect(t, in, who, "encrypt=disable")
	return spid, func(query string) int64 { return one[int64](t, after, query) }
}
