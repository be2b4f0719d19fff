package wsman

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/wsman/ntlm"
)

// waiter is a program that runs until its shell ends, then reports its end.
type waiter struct{ ended chan struct{} }

func (w waiter) Exec(ctx context.Context, _ CommandLine, _ io.Reader, _, _ io.Writer) int {
	<-ctx.Done()
	close(w.ended)
	return 1
}

// envelopeOf is a message as short as the server takes it.
func envelopeOf(action, shell, timeout, body string) []byte {
	return []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>` +
		`<Action xmlns="` + nsAddressing + `">` + action + `</Action><ResourceURI xmlns="` + nsManagement + `">` + resourceCmd + `</ResourceURI>` +
		`<OperationTimeout xmlns="` + nsManagement + `">` + timeout + `</OperationTimeout>` +
		`<SelectorSet xmlns="` + nsManagement + `"><Selector Name="ShellId">` + shell + `</Selector></SelectorSet></s:Header>` +
		`<s:Body xmlns="` + nsShell + `">` + body + `</s:Body></s:Envelope>`)
}

func (s *Server) ask(t *testing.T, message []byte) (int, string) {
	t.Helper()
	status, answer := s.handle(t.Context(), "ops", "127.0.0.1", message)
	return status, string(answer)
}

func idIn(t *testing.T, answer, name string) string {
	t.Helper()
	m := regexp.MustCompile("<rsp:" + name + ">([^<]+)<").FindStringSubmatch(answer)
	require.NotNil(t, m, answer)
	return m[1]
}

func TestShellEndsWhenNobodyAsksForItsIdleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := waiter{make(chan struct{})}
		s := &Server{Runner: w, Names: ntlm.Names{Computer: "SQL11"}, Limits: Limits{Idle: 3 * time.Minute}}
		_, answer := s.ask(t, envelopeOf(actionCreate, "", "PT60S", "<Shell/>"))
		shell := idIn(t, answer, "ShellId")
		_, answer = s.ask(t, envelopeOf(actionCommand, shell, "PT60S", "<CommandLine><Command>wait</Command></CommandLine>"))
		receive := `<Receive><DesiredStream CommandId="` + idIn(t, answer, "CommandId") + `"/></Receive>`

		// Held requests keep it alive beyond its idle time.
		for range 5 {
			began := time.Now()
			_, answer = s.ask(t, envelopeOf(actionReceive, shell, "PT60S", receive))
			require.Contains(t, answer, "2150858793")
			require.Equal(t, time.Minute, time.Since(began), "held for the whole OperationTimeout")
			time.Sleep(30 * time.Second)
		}
		select {
		case <-w.ended:
			t.Fatal("the shell ended although it was asked for")
		default:
		}

		time.Sleep(3 * time.Minute)
		<-w.ended
		_, answer = s.ask(t, envelopeOf(actionReceive, shell, "PT60S", receive))
		require.Contains(t, answer, "2150858843")
		s.shells.processes.Wait()
	})
}

func TestOutputNobodyReadsStopsTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		c := newCommand(end)
		var written int
		go func() {
			defer c.act(func() { c.finished = true })
			written, _ = processOutput{c, ctx.Done(), stdout}.Write(make([]byte, 2*pipeSize))
		}()
		synctest.Wait()
		require.LessOrEqual(t, c.waiting, pipeSize+pieceSize, "the pipe is full, the process stands")
		total := 0
		for done := false; !done; {
			o, ok := c.receive(t.Context().Done(), 100_000)
			require.True(t, ok)
			for _, p := range o.pieces {
				total += len(p.data)
			}
			done = o.done
		}
		require.Equal(t, 2*pipeSize, total)
		require.Equal(t, 2*pipeSize, written)
		c.end()
	})
}

func TestDurationsOfTheProtocol(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT60S": time.Minute, "PT0.5S": 500 * time.Millisecond, "P0DT0H1M5.250S": 65250 * time.Millisecond,
		" PT2H ": 2 * time.Hour, "P1D": 24 * time.Hour,
	} {
		got, ok := duration(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "60", "PT-1S", "-PT1S", "PT1.5M", "P1Y", "PT99999999999999S"} {
		_, ok := duration(text)
		require.False(t, ok, text)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add(envelopeOf(actionCreate, "", "PT60S", "<Shell/>"))
	f.Add(envelopeOf(actionSend, "x", "PT1S", `<Send><Stream Name="stdin" CommandId="x" End="true">aGk=</Stream></Send>`))
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><a/>`))
	f.Fuzz(func(t *testing.T, message []byte) {
		s := &Server{Runner: waiter{make(chan struct{})}, Limits: Limits{Operation: time.Millisecond}}
		status, answer := s.handle(t.Context(), "ops", "127.0.0.1", message)
		require.Contains(t, []int{200, 500}, status)
		require.NotEmpty(t, answer)
		s.shells.clear()
		s.shells.processes.Wait()
	})
}

func FuzzSealedParts(f *testing.F) {
	head := boundary + "\r\n" + clearHeader + "1\r\n" + boundary + "\r\n" + octetHeader
	f.Add([]byte(head + "\x10\x00\x00\x00" + strings.Repeat("x", 17) + boundary + "--\r\n"))
	f.Add([]byte(head + "\xff\xff\xff\xff" + boundary + "--\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		signature, sealed, err := sealedParts(body)
		if err == nil {
			require.Len(t, signature, ntlm.SignatureSize)
			require.Contains(t, string(body), string(sealed)+boundary+"--")
		}
	})
}
