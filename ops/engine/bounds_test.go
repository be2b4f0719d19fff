package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatWasLeftBehindMakesADoneRunIncompleteAndIsNamedOnce(t *testing.T) {
	s := Summary{Outcome: EndDone}
	s.Take(nil)
	s.Take(&Proof{Holds: true})
	require.Equal(t, EndDone, s.Outcome)
	left := &Proof{Holds: true, LeftBehind: []Left{{"mgc_1.trn", "header not readable"}}, Unread: []Unread{{`\\FS01\LogShip`, "53"}}}
	s.Take(left)
	s.Take(left)
	require.Equal(t, EndIncomplete, s.Outcome)
	require.Equal(t, left.LeftBehind, s.LeftBehind)
	require.Equal(t, left.Unread, s.Unread)

	failed := Summary{Outcome: EndFailed}
	failed.Take(left)
	require.Equal(t, EndFailed, failed.Outcome, "nothing makes a failed run better")
}

func TestAProofOfManyBackupsStillFitsIntoItsLine(t *testing.T) {
	p := &Proof{Holds: true}
	for i := range 1_000 {
		p.LeftBehind = append(p.LeftBehind, Left{fmt.Sprint(i), strings.Repeat("x", 10_000)})
	}
	kept := bounded(p)
	require.Len(t, kept.LeftBehind, maxLeft)
	require.Equal(t, "961 others", kept.LeftBehind[maxLeft-1].File, "the count is kept where the names are not")
	require.Len(t, p.LeftBehind, 1_000, "the proof itself stays whole")
}
