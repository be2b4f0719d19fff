package mgmt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ChatService is what the estate of these tests says: CHAT11 is a chat server
// whose service is stopped.
func (e *estate) ChatService(machine string) (exists, runs bool) { return machine == "CHAT11", false }

func TestWhatTheChatServiceSaysOfItself(t *testing.T) {
	e := newEstate(t)
	s := shellOn(t, fast(), newMachine(t, e, "CHAT11", nil), newMachine(t, e, "FE11", nil))
	for fqdn, want := range map[string]string{
		"chat11.litwareinc.com": "stopped",
		"fe11.litwareinc.com":   "not installed there under the name RTCCHAT",
		"chat12.litwareinc.com": "",
	} {
		got, err := s.hosts.ChatService(t.Context(), fqdn)
		require.NoError(t, err)
		require.Equal(t, want, got, fqdn)
	}
}
