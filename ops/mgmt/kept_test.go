package mgmt

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

// ask runs a script on a host so many times, one after the other.
func ask(t *testing.T, h *Host, times int) {
	t.Helper()
	for range times {
		require.NoError(t, h.Call(t.Context(), HostFacts, struct{}{}, "", nil))
	}
}

func TestAShellIsKeptForTheNextCommand(t *testing.T) {
	p := newPeer(t, nil)
	h := p.host(t, nil)
	ask(t, h, 3)
	require.Equal(t, 1, p.count(create))
	require.Equal(t, 3, p.count(runs))
	require.Equal(t, 3, p.count(send))
	require.Equal(t, 3, p.count(receive))
	require.Zero(t, p.count(remove))
	h.Close()
	require.Equal(t, 1, p.count(remove), "with the shell its commands are given back")
}

// Hosts of 2008 R2 count ended commands against a limit of 15.
func TestAShellIsGivenBackBeforeItsHostRefusesIt(t *testing.T) {
	p := newPeer(t, nil)
	h := p.host(t, nil)
	ask(t, h, 2*worn)
	h.Close()
	require.Equal(t, 2, p.count(create))
	require.Equal(t, 2, p.count(remove))
}

func TestAShellThatWasOpenedBeforehandIsUsed(t *testing.T) {
	p := newPeer(t, nil)
	h := p.host(t, nil)
	h.Ready(t.Context())
	opened(t, h)
	h.Ready(t.Context())
	ask(t, h, 1)
	require.Equal(t, 1, p.count(create))
}

func TestAShellThatItsHostHasEndedIsReplacedUnseen(t *testing.T) {
	m := newMachine(t, newEstate(t), "FE11", nil)
	s := shellOn(t, fast(), m)
	for range 3 {
		got, err := s.Pool(t.Context())
		require.NoError(t, err)
		require.Equal(t, "Normal", got.State)
		m.server.CloseShells()
	}
}

// A command without its input does nothing, so a lost one may be sent again; one
// that got it may have done everything.
func TestOnlyACommandWithoutItsInputIsSentAgain(t *testing.T) {
	for action, sent := range map[string]int{runs: 2, send: 1, receive: 1} {
		t.Run(action, func(t *testing.T) {
			var cut atomic.Bool
			p := newPeer(t, on(action, func(w http.ResponseWriter, _ *http.Request) {
				if cut.Swap(true) {
					answer(w, http.StatusOK, replies[action])
					return
				}
				panic(http.ErrAbortHandler)
			}))
			h := p.host(t, nil)
			err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
			require.Equal(t, sent, p.count(runs))
			if sent == 1 {
				require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
			} else {
				require.NoError(t, err)
			}
		})
	}
}
