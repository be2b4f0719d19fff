package plain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

func TestAnOldIncidentIsDecidedAboutInWords(t *testing.T) {
	for answer, want := range map[string][]string{
		"":      nil,
		"yes":   nil,
		"go on": {"resume"},
		"new":   {"conclude: a new incident was begun instead of going on with it"},
	} {
		t.Run(answer, func(t *testing.T) {
			s := failover()
			s.Old = &incident.Old{ID: "20261118t03", Last: night.Add(-72 * time.Hour), Why: "its last line is 3 days old", Changed: []string{"F1 was done, and is not so any more"}}
			f := tuitest.NewIncident(s)
			y := sit(t, f, 80).reads("1 runs F1").types("12").reads("is unfinished, and its last line is 3 days old.",
				"Changed since: F1 was done, and is not so any more.", "To go on with it, type go on").types(answer)
			if answer == "new" {
				y.reads("Open the console again")
			} else {
				y.reads("1 runs F1").types("0")
			}
			require.NoError(t, y.end())
			require.Equal(t, want, f.Requests())
		})
	}
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1").types("12").reads("Not now: nothing is asked about this incident")
	y.types("11").reads("Type why").types("it was a drill").reads("The incident is closed")
	require.NoError(t, y.end())
	require.Equal(t, []string{"conclude: it was a drill"}, f.Requests())
}
