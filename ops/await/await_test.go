package await

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheNewestOfTheLongWaitsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, book := With(t.Context())
		again, same := With(ctx)
		require.Equal(t, ctx, again)
		require.Same(t, book, same, "who asks deeper down writes into the same book")
		require.Nil(t, book.Long(time.Now(), 0))

		step := For(ctx, "F6 to end", 0)
		time.Sleep(Quiet)
		host := For(ctx, "FE11 to answer", time.Minute)
		require.Equal(t, "F6 to end", book.Long(time.Now(), Quiet).For, "the host has not been silent for long")
		time.Sleep(Quiet)
		long := book.Long(time.Now(), Quiet)
		require.Equal(t, "FE11 to answer", long.For)
		require.Equal(t, "waiting since 00:00:10 UTC for FE11 to answer; until 00:01:10 UTC at most", long.Says())
		host()
		require.Equal(t, "waiting since 00:00:00 UTC for F6 to end; there is no time limit", book.Long(time.Now(), Quiet).Says())
		step()
		require.Nil(t, book.Long(time.Now(), 0))
	})
}

func TestWithoutABookNothingIsWritten(t *testing.T) {
	For(context.Background(), "anything", 0)()
	require.Nil(t, Of(context.Background()).Long(time.Now(), 0))
}
