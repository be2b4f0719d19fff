package mgmt

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// quiet drops what the test servers say about clients that break off.
var quiet = log.New(io.Discard, "", 0)

// always answers with one reply.
func always(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, body) }
}

func TestAStrangeReplyEndsTheCallAtOnceWithAClearError(t *testing.T) {
	cases := []struct {
		name    string
		answers map[string]http.HandlerFunc
		class   fault.Class
		says    string
	}{
		{"the shell is gone", on(receive, always(500, faultReply(2150858843, "The shell was not found."))), fault.Lost, "2150858843"},
		{"an unknown fault", on(receive, always(500, faultReply(4711, "Something else."))), fault.Other, "Something else."},
		{"no right to use WinRM", on(create, always(500, faultReply(5, "Access is denied."))), fault.Permission, "Access is denied."},
		{"too many shells", on(create, always(500, faultReply(2150859173, "Too many shells."))), fault.Busy, "Too many shells."},
		{"a fault in a reply of status 200", on(receive, always(200, faultReply(2150858843, "Gone."))), fault.Lost, "Gone."},
		{"an empty document", on(receive, always(503, "")), fault.Lost, "503"},
		{"an empty document of status 200", on(receive, always(200, " ")), fault.Config, "200"},
		{"a document cut short", on(receive, always(200, replies[receive][:300])), fault.Lost, "well-formed"},
		{"a document of another kind", on(receive, always(200, "<html><body>hello</body></html>")), fault.Lost, "well-formed"},
		{"bytes that are no text", on(receive, always(200, "\xff\xfe\x00")), fault.Lost, "well-formed"},
		{"a proxy's page on the way in", on(create, page(503)), fault.Unreachable, "503"},
		{"a proxy's page on the way back", on(receive, page(503)), fault.Lost, "503"},
		{"another service", on(create, page(404)), fault.Config, "404"},
		{"WinRM is not for this account", on(create, page(403)), fault.Permission, "403"},
		{"a refused login", on(create, page(401)), fault.Login, "401"},
		{"an endless reply", on(receive, endless), fault.Lost, "larger"},
		{"a connection that ends in the reply", on(receive, cutOff), fault.Lost, "middle"},
		{"a shell without an id", on(create, always(200, strings.Replace(replies[create], "11111111-2222", "", 1))), fault.Other, "usable shell or command"},
		{"a shell id that is none", on(create, always(200, strings.Replace(replies[create], "11111111-2222", "&lt;/w:Selector&gt;", 1))), fault.Other, "usable shell or command"},
		{"a script that writes nothing", on(receive, always(200, received("", "", 0))), fault.Other, "exit code 0"},
		{"a script that writes no JSON", on(receive, always(200, received("Windows PowerShell", "", 0))), fault.Other, "unreadable"},
		{"a script that writes twice", on(receive, always(200, received(`{"ok":true}`+"\n"+`{"ok":true}`, "", 0))), fault.Other, "unreadable"},
		{"a script that dies", on(receive, always(200, received("", "#< CLIXML\r\n<Objs><S S=\"Error\">Out of memory._x000D__x000A_</S></Objs>", 1))), fault.Other, "Out of memory."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t, c.answers)
			h := p.host(t, nil)
			err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
			h.Close()
			require.Equal(t, c.class, fault.ClassOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "FE11")
			require.NotContains(t, err.Error(), "\x1b")
			require.NotContains(t, err.Error(), password)
			require.LessOrEqual(t, p.count(receive), 1, "the host is not asked again")
		})
	}
}

func on(action string, h http.HandlerFunc) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{action: h}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", soapType)
	for block := []byte(strings.Repeat("<!-- more -->", 1000)); ; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", soapType)
	w.Header().Set("Content-Length", "5000")
	_, _ = io.WriteString(w, "<s:Envelope")
}

func TestAHostWithoutNewsIsAskedAgain(t *testing.T) {
	quietTimes := 3
	p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) {
		if quietTimes--; quietTimes >= 0 {
			answer(w, 500, faultReply(nothingYet, "The operation timed out: OperationTimeout."))
			return
		}
		answer(w, 200, replies[receive])
	}))
	h := p.host(t, nil)
	require.NoError(t, h.Call(t.Context(), HostFacts, struct{}{}, "", nil))
	require.Equal(t, 4, p.count(receive))
	h.Close()
	require.Equal(t, 1, p.count(remove), "the shell is given back, and the command with it")
}

func TestAHostThatNeverAnswersEndsAtTheDeadline(t *testing.T) {
	for _, action := range []string{create, send, receive} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t, on(action, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			h := p.host(t, nil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := h.Call(ctx, HostFacts, struct{}{}, "", nil)
			deadline, _ := ctx.Deadline()
			require.WithinDuration(t, deadline, time.Now(), time.Second)
			require.Equal(t, fault.Timeout, fault.ClassOf(err), "%v", err)
		})
	}
}

func TestAHostThatOnlySaysNothingYetEndsAtTheDeadline(t *testing.T) {
	p := newPeer(t, on(receive, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-r.Context().Done():
		}
		answer(w, 500, faultReply(nothingYet, "Nothing yet."))
	}))
	h := p.host(t, func(_ *site.Host, o *Options) { o.Answer = time.Second })
	err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
	require.Equal(t, fault.Timeout, fault.ClassOf(err), "%v", err)
}

func TestACancelledCallStopsAtOnce(t *testing.T) {
	asked := make(chan struct{})
	p := newPeer(t, on(receive, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	h := p.host(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	err := h.Call(ctx, HostFacts, struct{}{}, "", nil)
	require.Equal(t, fault.Lost, fault.ClassOf(err))
	require.ErrorIs(t, err, context.Canceled)
	h.Close()
	require.Equal(t, 1, p.count(signal), "the command is ended")
	require.Equal(t, 1, p.count(remove), "the shell is given back all the same")
}

func FuzzNoReplyBreaksTheConsole(f *testing.F) {
	for _, r := range replies {
		f.Add([]byte(r))
	}
	f.Add([]byte(faultReply(nothingYet, "x")))
	f.Add([]byte("<Envelope><Fault/></Envelope>"))
	f.Add([]byte("<Envelope xmlns:a='b' a:a='c'/><!-- -->"))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := &scriptedWire{body: body, left: 20}
		out, err := (&conversation{remote: newRemote(w, "https://127.0.0.1/wsman")}).run(t.Context(), "x", nil)
		require.True(t, (out == nil) != (err == nil))
	})
}

// scriptedWire answers everything with the same body, a number of times.
type scriptedWire struct {
	body []byte
	left int
}

var errOver = errors.New("over")

func (w *scriptedWire) post(context.Context, []byte) (reply, error) {
	if w.left--; w.left < 0 {
		return reply{}, errOver
	}
	return reply{status: 200, contentType: soapType, body: w.body}, nil
}

func (*scriptedWire) close() {}

// A dead file server holds a read up for longer than a poll waits. The host is not
// to blame then, nor WinRM.
func TestAReadThatWaitsForAnotherServerIsNotTheHostsSilence(t *testing.T) {
	first := true
	p := newPeer(t, on(receive, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			answer(w, 500, faultReply(nothingYet, "Nothing yet."))
			return
		}
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := p.host(t, nil).Call(ctx, ListFiles, listRequest{}, "", nil)
	require.Equal(t, fault.Timeout, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "the host answers")
	require.ErrorContains(t, err, "file server")
}
