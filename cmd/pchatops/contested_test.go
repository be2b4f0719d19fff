package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// Whatever else a run has to say of its end, a second live database is in its last
// words, with what takes that out of service.
func TestTheLastWordsNameASecondLiveDatabase(t *testing.T) {
	rivals := []engine.Rival{{Place: `SQL01\RTC`, Why: `two live principals: mgc is ONLINE on SQL01\RTC, too`, Do: "take that one offline"}}
	for name, sum := range map[string]engine.Summary{
		"nothing else":         {Outcome: engine.EndIncomplete},
		"a place was not read": {Outcome: engine.EndIncomplete, Unread: []engine.Unread{{Place: "share"}}},
		"F6 is open":           {Outcome: engine.EndIncomplete, Stopped: "F6", Error: &fault.Error{Text: "no answer"}},
		"F6 is open, untold":   {Outcome: engine.EndIncomplete, Stopped: "F6"},
		"chat is not back":     {Outcome: engine.EndIncomplete, Stopped: "F7", Error: &fault.Error{Text: "no answer"}},
	} {
		t.Run(name, func(t *testing.T) {
			sum.Rivals = rivals
			s := &session{lease: newRight()}
			err := s.ending(t.Context(), &sum, true)
			var end *exit
			require.True(t, errors.As(err, &end))
			require.ErrorContains(t, err, rivals[0].Why+": "+rivals[0].Do)
		})
	}
}
