package memnet_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/memnet"
)

// TestAServerFindsOutLateThatItIsAlone is about faults.Link; its time is
// virtual, which takes a network in memory.
func TestAServerFindsOutLateThatItIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		link, err := faults.ListenOn(n.Listen, anywhere)
		require.NoError(t, err)
		client, err := n.Host().Dial(t.Context(), "tcp", link.Addr().String())
		require.NoError(t, err)
		server, err := link.Accept()
		require.NoError(t, err)
		_, err = client.Write([]byte("q"))
		require.NoError(t, err)
		_, err = io.ReadFull(server, make([]byte, 1))
		require.NoError(t, err)

		began := time.Now()
		require.Equal(t, 1, link.Strand())
		_, err = client.Read(make([]byte, 1))
		require.Error(t, err, "the client notices at once")
		for range 1000 {
			_, err = server.Write(make([]byte, 1000))
			require.NoError(t, err, "the answer goes nowhere")
		}
		require.Zero(t, time.Since(began))
		_, err = server.Read(make([]byte, 1))
		require.Error(t, err)
		require.Equal(t, 40*time.Second, time.Since(began))

		again, err := n.Host().Dial(t.Context(), "tcp", link.Addr().String())
		require.NoError(t, err, "new connections are taken")
		other, err := link.Accept()
		require.NoError(t, err)
		link.Strand()
		synctest.Wait()
		require.Equal(t, 1, link.Cut(), "what is stranded can be cut for good")
		_, err = other.Read(make([]byte, 1))
		require.Error(t, err)
		_ = again.Close()
		require.NoError(t, link.Close())
	})
}
