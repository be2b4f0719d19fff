package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// Who leaves while a step is still read ends the reading; nothing is sent, and
// nothing is said of the step on record.
func TestAStepThatIsOnlyReadEndsWithWhoLeaves(t *testing.T) {
	r := newRig(t)
	leave := make(chan struct{})
	r.runner.Leave = leave
	step := r.step(engine.Reversible, nil)
	step.Plan = func(ctx context.Context) (*engine.Plan, error) {
		close(leave)
		<-ctx.Done() // servers that do not answer
		return nil, ctx.Err()
	}
	res, err := r.run(step)
	require.True(t, fault.Is(err, fault.Refused), "%v", err)
	require.Equal(t, engine.None, res.Outcome)
	require.Equal(t, engine.None, r.history().Step("F4b").Outcome)
}
