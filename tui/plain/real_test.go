package plain

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

const recovery = "RESTORE DATABASE [mgc] WITH RECOVERY"

// serve runs a real incident on a world that no server answers for; the
// returned function waits for its end.
func serve(t *testing.T, w *tuitest.World) (*incident.Incident, func() error) {
	t.Helper()
	return tuitest.Serve(
		t, estate(), nil,
		w.Step("F1", "Remove log shipping", "exec sp_delete_log_shipping_secondary_database", "", engine.Reversible),
		w.Step("F4b", "Bring mgc online", recovery, phrase, engine.DataLoss),
	)
}

// sitReal begins a conversation about a real incident. No server is polled:
// the first answers are given up on after their while.
func sitReal(t *testing.T, inc *incident.Incident) *teletype {
	t.Helper()
	y := begin(t, 80, func(ctx context.Context, o Options) error {
		o.Incident = inc
		return Run(ctx, o)
	})
	y.types("early").reads("Not taken, nothing was asked yet: early").clock.advance(patience)
	return y.reads("No server has answered yet.", "1 runs F1")
}

func TestAnOperatorWalksThroughARealIncident(t *testing.T) {
	w := &tuitest.World{Hold: make(chan struct{})}
	close(w.Hold)
	inc, end := serve(t, w)
	y := sitReal(t, inc)

	y.types("2").reads("Type the number").types("F4b").reads("1 runs F4b").types("1").reads(recovery, asks).types(phrase)
	y.reads("F4b Bring mgc online: not run.", "F1 Remove log shipping is not done")
	require.False(t, w.Has(recovery), "a later step must not overtake")

	y.reads("1 runs F1").types("1").reads("exec sp_delete_log_shipping_secondary_database", asks).types("yes")
	y.reads("F1 Remove log shipping: done", "Proof: read back: true.", "1 runs F4b").types("1").reads(asks).types("yes")
	y.reads("not the text asked for").types(phrase).reads("F4b Bring mgc online: done", "No step is open.")
	require.True(t, w.Has(recovery))

	y.types("2").reads("Type the number").types("1").reads("about F1").types("4").reads("F1 Remove log shipping: done", "1 runs F1")
	y.types("6").reads("Type the note").types("back in service").reads("Note by alice: back in service").types("0")
	require.NoError(t, y.end())
	require.NoError(t, end())
}

func TestTheEndOfTheInputEndsTheScreenAndNotTheStep(t *testing.T) {
	w := &tuitest.World{Hold: make(chan struct{}), Begun: make(chan struct{}, 1)}
	inc, end := serve(t, w)
	y := sitReal(t, inc).types("1").reads(asks).types("yes").reads("F1 Remove log shipping is running.")
	<-w.Begun
	require.NoError(t, y.keys.Close())
	y.reads("This console ends; F1 runs to its end.")
	require.NoError(t, y.end())
	close(w.Hold)
	require.NoError(t, end())
	require.True(t, w.Has("exec sp_delete_log_shipping_secondary_database"))
}

func TestAHangUpEndsAConversationThatNobodyPrintsAnyMore(t *testing.T) {
	inc, end := serve(t, &tuitest.World{})
	in, keys := io.Pipe()
	printer, out := io.Pipe() // takes one byte and stops
	clock, ended := newClock(), make(chan error, 1)
	ctx, hangUp := context.WithCancel(t.Context())
	go func() { ended <- Run(ctx, Options{Incident: inc, In: in, Out: out, Clock: clock}) }()
	_, err := io.WriteString(keys, "early\n")
	require.NoError(t, err)
	_, err = printer.Read(make([]byte, 1))
	require.NoError(t, err)

	hangUp()
	require.Eventually(t, func() bool { clock.advance(time.Second); return len(ended) == 1 }, 2*time.Minute, time.Millisecond)
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, printer.Close())
	require.NoError(t, keys.Close())
	require.NoError(t, end())
}
