package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A server that was read and serves the same database is no place that was not read.
func TestARivalMakesADoneRunIncomplete(t *testing.T) {
	rival := Rival{Place: `SQL01\RTC`, Why: "it is ONLINE there", Do: "take it offline"}
	for ending, want := range map[Ending]Ending{EndDone: EndIncomplete, EndIncomplete: EndIncomplete, EndFailed: EndFailed, EndUnknown: EndUnknown} {
		sum := Summary{Outcome: ending}
		sum.Take(&Proof{Rivals: []Rival{rival}})
		sum.Take(&Proof{Rivals: []Rival{rival}})
		sum.Contested()
		require.Equal(t, []Rival{rival}, sum.Rivals)
		require.Empty(t, sum.Unread)
		require.Equal(t, want, sum.Outcome)
	}
	sum := Summary{Outcome: EndDone}
	sum.Contested()
	require.Equal(t, EndDone, sum.Outcome)
}
