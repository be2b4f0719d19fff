package mgmt

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever had a host's leave before tells that another console has driven: not before
// this one had any, and not where the host has lost what it knew.
func TestOnlyAnothersTicketTellsThatItHasDriven(t *testing.T) {
	for name, c := range map[string]struct {
		given bool
		was   string
		other bool
	}{
		"another's":                  {true, "bb22-1-XYZ", true},
		"one that says nobody":       {true, "XYZ", true},
		"its own":                    {true, "aa11-1-XYZ", false},
		"none, the host was emptied": {true, "", false},
		"another's, at the start":    {false, "bb22-1-XYZ", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := &Host{given: c.given, options: Options{Run: "aa11", Now: time.Now}}
			h.took("aa11-2", c.was)
			_, at := (&Hosts{all: []*Host{h}}).Overtaken()
			require.Equal(t, c.other, !at.IsZero())
		})
	}
}
