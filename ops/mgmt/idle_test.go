package mgmt

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A console that is killed leaves its shells to the hosts, which keep one for hours
// unless they are told otherwise.
func TestAShellEndsSoonAfterItsConsole(t *testing.T) {
	asked := make(chan []byte, 10)
	p := newPeer(t, map[string]http.HandlerFunc{create: func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked <- body
		answer(w, http.StatusOK, replies[create])
	}})
	h := p.host(t, nil)
	_ = h.Call(t.Context(), JobPoll, idRequest{"x"}, "", nil)
	var envelope struct {
		Shells []struct {
			In   string   `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell InputStreams"`
			Idle []string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell IdleTimeOut"`
		} `xml:"Body>Shell"`
	}
	require.NoError(t, xml.NewDecoder(bytes.NewReader(<-asked)).Decode(&envelope))
	require.Len(t, envelope.Shells, 1)
	require.Equal(t, "stdin", envelope.Shells[0].In)
	require.Equal(t, []string{"PT180.000S"}, envelope.Shells[0].Idle)
	require.Greater(t, 180*time.Second, keptFor, "a kept shell is still there when its next command comes")
	require.Greater(t, 180*time.Second, headerTimeout, "and one whose command has no news is asked in time")
}
