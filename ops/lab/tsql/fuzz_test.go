package tsql

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzBatch: whatever arrives, the batch ends, and an error has a number and a
// text.
func FuzzBatch(f *testing.F) {
	for _, c := range slices.Concat(expressionCases, queryCases, refusalCases, flowCases, errorCases, procedureCases, tableCases) {
		f.Add(c.sql)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		NewSession(newMemory()).Batch(ctx, text, &numbered{t: t})
		require.Less(t, time.Since(begun), 10*time.Second)
	})
}

// numbered is an Output that checks what it is told.
type numbered struct {
	transcript
	t *testing.T
}

func (n *numbered) Message(err *Error) {
	if err.Class > 10 {
		require.NotZero(n.t, err.Number)
		require.NotEmpty(n.t, err.Message)
	}
}

func (n *numbered) Rows(rows *Rows) {
	for _, row := range rows.Values {
		require.Len(n.t, row, len(rows.Columns))
	}
}
