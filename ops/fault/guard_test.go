package fault_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

func TestADefectIsAnErrorThatHoldsNoSecret(t *testing.T) {
	var none []error
	for name, c := range map[string]struct {
		f    func() error
		says string
	}{
		"of the runtime": {func() error { return none[1] }, "index out of range"},
		"of its own":     {func() error { panic("password=hunter2") }, "string"},
		"of an error":    {func() error { panic(errors.New("password=hunter2")) }, "*errors.errorString"},
	} {
		err := fault.Guard("ask SQL01", c.f)
		var defect *fault.Defect
		require.ErrorAs(t, err, &defect, name)
		require.ErrorContains(t, err, "ask SQL01", name)
		require.ErrorContains(t, err, c.says, name)
		require.ErrorContains(t, err, "TestADefectIsAnErrorThatHoldsNoSecret", "where it is")
		require.NotContains(t, err.Error(), "hunter2", name)
	}
}

func TestADefectOfOneEndsTheGroupAndNotTheConsole(t *testing.T) {
	g, ctx := fault.Together(t.Context(), "read both servers")
	g.Go(func() error {
		<-ctx.Done()
		return nil
	})
	g.Go(func() error { panic("of one") })
	require.ErrorContains(t, g.Wait(), "read both servers")
}
