package lease

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A lock is held by a session of this very incident. It is ours only where nobody
// else can be there who uses it.
func TestASessionIsOursOnlyWhereItsConsoleIsKnownToBeGone(t *testing.T) {
	alive := Process{Machine: [16]byte{1}, Boot: [8]byte{2}, ID: 4711, Start: 5, User: "alice"}
	dead := alive
	dead.ID = 4712
	gone := func(p Process) bool { return p == dead }
	mine := NewRun(alive, "incident")
	for name, c := range map[string]struct {
		info []byte
		ours bool
	}{
		"this run":                          {mine.Info(), true},
		"this run, as the server pads it":   {append(mine.Info(), make([]byte, infoLength-len(mine.Info()))...), true},
		"another run of this process":       {NewRun(alive, "incident").Info(), false},
		"a console that is gone":            {NewRun(dead, "incident").Info(), true},
		"one that tells nothing of itself":  {NewRun(Process{}, "incident").Info(), false},
		"one that is gone, of another site": {NewRun(dead, "other").Info(), false},
		"an earlier version's":              {append([]byte("pchatops\x01"), mine.Info()[len(runMark):]...), false},
		"cut short":                         {mine.Info()[:40], false},
		"none":                              {nil, false},
	} {
		other, ok := RunOf(c.info)
		require.Equal(t, c.ours, ok && mine.Owns(other, gone), name)
	}
	other, _ := RunOf(NewRun(dead, "incident").Info())
	require.False(t, mine.Owns(other, nil), "nobody knows that it is gone")
}

func TestAMarkSaysWhoseItIs(t *testing.T) {
	for _, name := range []string{"", "alice", `LITWARE\ops`, "Jürgen"} {
		r, ok := RunOf(NewRun(Process{User: name}, "i").Info())
		require.True(t, ok)
		require.Equal(t, name, r.User())
	}
	long := NewRun(Process{User: strings.Repeat("ü", 100)}, "i").Info()
	require.LessOrEqual(t, len(long), infoLength)
	r, ok := RunOf(long)
	require.True(t, ok)
	require.True(t, strings.HasPrefix(strings.Repeat("ü", 100), r.User()))
	r, ok = RunOf(bytes.Replace(NewRun(Process{User: "mallory"}, "i").Info(), []byte("mall"), []byte("\x1b]0\a"), 1))
	require.True(t, ok)
	require.Equal(t, "]0ory", r.User(), "it cannot steer the terminal")
}
