package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Where the console itself lacks a secret or a right, no server is to be looked
// at, and what was not read is told as such.
func TestWhatTheConsoleLacksIsNotTheServersTrouble(t *testing.T) {
	for _, c := range []struct {
		class   fault.Class
		learned bool // it is the server's trouble
	}{
		{fault.Config, false},
		{fault.Login, false},
		{fault.Permission, false},
		{fault.Certificate, false},
		{fault.Access, false},
		{fault.Unreachable, true},
		{fault.Timeout, true},
	} {
		t.Run(string(c.class), func(t *testing.T) {
			s := &Snapshot{Share: Share{Err: &fault.Error{Class: c.class, Do: "mend it here"}}}
			var do string
			for _, f := range Diagnose(s, &site.Site{}, time.Now()) {
				if f.Code == "share-unreachable" {
					do = f.Do
				}
			}
			if c.learned {
				require.Contains(t, do, "check the file server")
				require.Empty(t, Blinds(s))
				return
			}
			require.Equal(t, "mend it here", do)
			require.Equal(t, "backup share", Blinds(s)[0].What)
		})
	}
}
