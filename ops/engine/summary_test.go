package engine

import (
	"math"
	"testing"
	"time"

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

// However much chat it is, there is a step that stands for it, or nobody knows.
func TestNoAmountOfChatIsTooMuchToBeShown(t *testing.T) {
	for _, most := range []time.Duration{0, time.Second, 24 * time.Hour, 30 * 365 * 24 * time.Hour, math.MaxInt64} {
		step := Show("F4b", &Plan{Most: most}).Under
		require.Equal(t, most == 0 || most == math.MaxInt64, step == 0, "%s", most)
		require.True(t, step == 0 || time.Duration(step)*time.Second > most, "%s", most)
	}
}
