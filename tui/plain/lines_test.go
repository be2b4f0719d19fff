package plain

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

// nasty drives a terminal, changes the direction of writing, hides, is wide,
// draws boxes and poses as a line of the console.
const nasty = "\x1b]0;owned\a\x1b[2J\u009b1m\u202eevil\u200b \u4e16 \u2502\r\n1 runs F1 Remove log shipping\n"

func TestHostileTextIsOnlyEverText(t *testing.T) {
	for _, width := range []int{1, 20, 40, 80, 132} {
		f := tuitest.NewIncident(failover())
		p := plan(nasty, phrase)
		p.Loss, p.Notes, p.Actions[0].Target = nasty, []string{nasty}, nasty
		p.Gates = []engine.Gate{{Name: nasty, Holds: true, Seen: nasty, Want: nasty}}
		f.Plans["F4b"] = p
		f.State.Notes = []incident.Entry{{Time: night, Kind: "error", Text: nasty}}
		f.State.Findings[0].Title, f.State.Findings[0].Why, f.State.Findings[0].Do = nasty, nasty, nasty
		n := &f.State.Snapshot.Nodes[1]
		n.Address, n.Facts.Database.State = nasty, nasty
		f.State.Snapshot.Pool.State, f.State.Steps[1].Title, f.State.Site = nasty, nasty, nasty
		y := sit(t, f, width).reads("1 runs F1").types("7", "8").reads("Code").types("2").reads("Type the number").types("F4b").reads("1 runs F4b")
		y.types("1").reads(asks, phrase).types("").reads("Cancelled").types("3").reads("The plan, read", "1 runs F4b")
		f.Change(func(s *incident.State) {
			s.Driver, s.ReadOnly = nasty, nasty
			s.Steps[2].Err, s.Steps[2].Output = &fault.Error{Class: fault.Other, Tried: nasty, Text: nasty}, []string{nasty}
			s.Notes = append(s.Notes, incident.Entry{Time: night, Kind: "note", Text: nasty})
		})
		y.reads("Note by", "evil").types(nasty).reads("There is no choice").types("0")
		require.NoError(t, y.end())
		fits(t, y.all(), max(width, leastWidth))
	}
}

// fits demands lines of printable signs that fit a width, none of which poses
// as the console's own.
func fits(t *testing.T, paper string, width int) {
	t.Helper()
	hints := 0
	for _, l := range strings.Split(strings.TrimSuffix(paper, "\n"), "\n") {
		require.LessOrEqual(t, ansi.StringWidth(l), width, "%q", l)
		for _, r := range l {
			require.True(t, r >= ' ' && r <= '~', "%q in %q", r, l)
		}
		if strings.HasPrefix(l, "1 runs F1") {
			hints++
		}
	}
	require.Equal(t, 3, hints, "after the menu, the log and the findings; never from a server")
}

func TestALineTooLongForTheConsoleIsCutAndNotFollowedByItsRest(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1").types(strings.Repeat("x", 3*maxLine)+"6").reads("There is no choice xxx", "1 runs F1")
	y.types("6").reads("Type the note").types(strings.Repeat("y", 5000)).reads("1 runs F1")
	require.Equal(t, []string{"note: " + strings.Repeat("y", maxLine)}, f.Requests())
}

// Where the input ends, and what of the last line counts.
func TestTheEndOfTheInputConfirmsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		before []string // read, then typed
		last   string   // without its line end
	}{
		"at the menu":                   {nil, ""},
		"half a choice":                 {nil, "1"},
		"before a question is answered": {[]string{"1 runs F1", "1", asks}, ""},
		"in the middle of the answer":   {[]string{"1 runs F1", "1", asks}, "yes"},
		"in the middle of a reason":     {[]string{"1 runs F1", "5", "why is"}, "removed by hand"},
	} {
		t.Run(name, func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans["F1"] = plan("exec …", "")
			y := sit(t, f, 80)
			for i, s := range c.before {
				if i%2 == 0 {
					y.reads(s)
				} else {
					y.types(s)
				}
			}
			_, err := io.WriteString(y.keys, c.last)
			require.NoError(t, err)
			require.NoError(t, y.keys.Close())
			require.NoError(t, y.end())
			require.Empty(t, f.Confirmed())
			require.NotContains(t, strings.Join(f.Requests(), "\n"), "skip")
		})
	}
}

func TestAStepThatRunsIsNamedWhenTheConsoleEnds(t *testing.T) {
	running := failover()
	running.Running, running.Steps[0].Running = "F1", true
	y := sit(t, tuitest.NewIncident(running), 80).reads("F1 is running. Enter lists the choices.").types("1").reads("Not now: F1 is running.")
	y.types("0").reads("To leave, type yes").types("").reads("Never mind", "F1 is running").types("0").reads("To leave, type yes").types("yes")
	y.reads("This console ends; F1 runs to its end.")
	require.NoError(t, y.end())

	y = sit(t, tuitest.NewIncident(running), 80).reads("F1 is running.")
	require.NoError(t, y.keys.Close())
	y.reads("This console ends; F1 runs to its end.")
	require.NoError(t, y.end())
}

func TestTheConsoleEndsWithTheIncident(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1")
	f.Finish()
	y.reads("The incident is over")
	require.NoError(t, y.end())
}

func TestAPrinterThatFailsEndsTheConversation(t *testing.T) {
	f := tuitest.NewIncident(failover())
	full := jammed{errors.New("no space left on device")}
	y := begin(t, 80, func(ctx context.Context, o Options) error {
		o.Incident, o.Out = f, full
		return converse(ctx, o, f)
	})
	require.ErrorIs(t, y.end(), full.err)
}

type jammed struct{ err error }

func (b jammed) Write([]byte) (int, error) { return 0, b.err }

func TestAnObserverLooksAndChangesNothing(t *testing.T) {
	s := failover()
	s.ReadOnly = "bob drives from ops1 since 02:58"
	f := tuitest.NewIncident(s)
	y := sit(t, f, 80).reads("This console only observes: bob drives from ops1 since 02:58.", "F1 cannot be run now")
	for _, choice := range []string{"1", "4", "5", "6"} {
		y.types(choice).reads("Not now: this console only observes")
	}
	f.Plans["F1"] = plan("exec …", "")
	y.types("3").reads(`Will send 1 of 1 on SQL11\RTC`)
	require.Equal(t, []string{"plan F1"}, f.Requests())
}

func TestWordsOfTheOperatorReachTheRecord(t *testing.T) {
	f := tuitest.NewIncident(failover())
	y := sit(t, f, 80).reads("1 runs F1").types("5").reads("LIVE litware-pchat: why is F1 Remove log shipping skipped?").types("").reads("Never mind")
	y.types("5").reads("why is").types("removed by hand").types("6").reads("Type the note").types("bob is on the \x1b[31mphone").reads("1 runs F1")
	y.types("10").reads("Asking every server.")
	require.Equal(t, []string{"skip F1: removed by hand", `note: bob is on the \u{1b}[31mphone`, "poll"}, f.Requests())
	f.Change(func(s *incident.State) {
		s.Notes = append(s.Notes, incident.Entry{Time: night, Kind: "note", Text: "alice: bob is on the phone"})
	})
	y.reads("03:00:00 Note by alice: bob is on the phone").types("7").reads("03:00:00 note: alice: bob is on the phone")
}

func TestARefusalIsToldInItsOwnWords(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Refuse = &fault.Error{Class: fault.Refused, Tried: "verify F1", Text: "the journal cannot be written", Do: "free some space"}
	y := sit(t, f, 80).reads("1 runs F1").types("4").reads("verify F1: refused: the journal cannot be written. To do: free some space.", "1 runs F1")
	y.types("1").reads("the journal cannot be written", "1 runs F1")
}

func TestTheFirstAnswersAreWaitedForOnlySoLong(t *testing.T) {
	s := failover()
	s.Snapshot.Nodes[0].Asked = time.Time{}
	y := sit(t, tuitest.NewIncident(s), 80)
	require.Eventually(t, func() bool {
		y.clock.advance(patience) // it may not wait yet
		return y.paper.pass(`dc1 primary SQL01\RTC: ASKING.`)
	}, 2*time.Minute, time.Millisecond)
	y.reads("1 runs F1")
}
