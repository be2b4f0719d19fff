package wsman_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/wsman"
)

// client is masterzen/winrm for user; connections end with the test.
func client(t *testing.T, port int, ca []byte, user, password string, transport func() winrm.Transporter) *winrm.Client {
	t.Helper()
	endpoint := winrm.NewEndpoint("127.0.0.1", port, ca != nil, false, ca, nil, nil, 30*time.Second)
	parameters := winrm.NewParameters("PT1S", "en-US", 153600)
	parameters.TransportDecorator = transport
	c, err := winrm.NewClientWithParameters(endpoint, user, password, parameters)
	require.NoError(t, err)
	return c
}

func ntlmTransport() winrm.Transporter { return &winrm.ClientNTLM{} }

func sealingTransport() winrm.Transporter {
	e, err := winrm.NewEncryption("ntlm")
	if err != nil {
		panic(err)
	}
	return e
}

func TestMasterzenRunsCommandsWithEveryLogon(t *testing.T) {
	config, ca := certificate(t)
	secure := serve(t, &wsman.Server{TLS: config, Basic: true})
	open := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true})
	strict := serve(t, &wsman.Server{Basic: true})
	cases := []struct {
		name      string
		port      int
		ca        []byte
		user      string
		transport func() winrm.Transporter
		whoami    string
	}{
		{"Basic over HTTPS", secure, ca, testUser, nil, `LITWARE\ops`},
		{"NTLM over HTTPS", secure, ca, testUser, ntlmTransport, `LITWARE\ops`},
		{"NTLM over HTTPS with a principal name", secure, ca, "ops@litwareinc.com", ntlmTransport, "ops@litwareinc.com"},
		{"Basic over HTTP where clear text is allowed", open, nil, testUser, nil, `LITWARE\ops`},
		{"NTLM over HTTP where clear text is allowed", open, nil, testUser, ntlmTransport, `LITWARE\ops`},
		{"sealed over HTTP", strict, nil, testUser, sealingTransport, `LITWARE\ops`},
		{"sealed over HTTP with a principal name", strict, nil, "ops@litwareinc.com", sealingTransport, `litwareinc.com\ops`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cl := client(t, c.port, c.ca, c.user, testPassword, c.transport)
			var out, errs bytes.Buffer
			exit, err := cl.RunWithContext(t.Context(), "whoami", &out, &errs)
			require.NoError(t, err)
			require.Zero(t, exit)
			require.Equal(t, c.whoami+"\r\n", out.String())
			require.Empty(t, errs.String())

			out.Reset()
			exit, err = cl.RunWithContext(t.Context(), "snow", &out, &errs)
			require.NoError(t, err)
			require.Zero(t, exit)
			require.Equal(t, snow, out.String(), "output longer than one reply arrives whole and in order")
		})
	}
}

func TestWrongPasswordIsRefusedByEveryLogon(t *testing.T) {
	config, ca := certificate(t)
	secure := serve(t, &wsman.Server{TLS: config, Basic: true})
	strict := serve(t, &wsman.Server{})
	for name, c := range map[string]struct {
		port      int
		ca        []byte
		user      string
		transport func() winrm.Transporter
	}{
		"Basic":            {secure, ca, testUser, nil},
		"NTLM":             {secure, ca, testUser, ntlmTransport},
		"NTLM, no account": {secure, ca, `LITWARE\nobody`, ntlmTransport},
		"sealed":           {strict, nil, testUser, sealingTransport},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, c.port, c.ca, c.user, "wrong", c.transport).CreateShell()
			require.ErrorContains(t, err, "401")
		})
	}
}

func TestClearTextIsRefusedWhereEncryptionIsRequired(t *testing.T) {
	strict := serve(t, &wsman.Server{Basic: true})
	for name, transport := range map[string]func() winrm.Transporter{"Basic": nil, "NTLM": ntlmTransport} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, strict, nil, testUser, testPassword, transport).CreateShell()
			require.ErrorContains(t, err, "401")
		})
	}
}

func TestStandardInputArrivesWholeWhileTheClientWaitsForOutput(t *testing.T) {
	config, ca := certificate(t)
	port := serve(t, &wsman.Server{TLS: config})
	sent := strings.Repeat("0123456789abcdef", 20_000)
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			out, errs, exit, err := client(t, port, ca, testUser, testPassword, ntlmTransport).
				RunWithContextWithString(t.Context(), "cat", sent)
			if err != nil || exit != 0 || out != sent || errs != "320000 bytes, <nil>" {
				t.Errorf("exit %d, error %v, %d bytes back, stderr %q", exit, err, len(out), errs)
			}
		})
	}
	clients.Wait()
}

func TestExitCodesAndUnknownCommands(t *testing.T) {
	config, ca := certificate(t)
	cl := client(t, serve(t, &wsman.Server{TLS: config}), ca, testUser, testPassword, ntlmTransport)
	shell, err := cl.CreateShell()
	require.NoError(t, err)
	defer shell.Close()
	for _, c := range []struct {
		line []string
		exit int
		says string
	}{
		{[]string{"exit", "3"}, 3, ""},
		{[]string{"exit", "-196608"}, -196608, ""},
		{[]string{"frobnicate"}, 1, "'frobnicate' is not recognized"},
	} {
		command, err := shell.ExecuteWithContext(t.Context(), c.line[0], c.line[1:]...)
		require.NoError(t, err)
		out, says := drain(command)
		command.Wait()
		require.Equal(t, c.exit, command.ExitCode())
		require.Empty(t, out())
		require.Contains(t, says(), c.says)
		require.NoError(t, command.Close())
	}
}

// drain reads both streams of a command, as masterzen's Wait needs it.
func drain(c *winrm.Command) (stdout, stderr func() string) {
	read := func(r interface{ Read([]byte) (int, error) }) func() string {
		var b bytes.Buffer
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = b.ReadFrom(r)
		}()
		return func() string { <-done; return b.String() }
	}
	return read(c.Stdout), read(c.Stderr)
}

func TestSilentCommandOutlastsOperationTimeouts(t *testing.T) {
	config, ca := certificate(t)
	cl := client(t, serve(t, &wsman.Server{TLS: config}), ca, testUser, testPassword, ntlmTransport)
	ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond) // more than two operation time-outs
	defer cancel()
	var out, errs bytes.Buffer
	_, err := cl.RunWithContext(ctx, "wait", &out, &errs)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the time-outs themselves are no error")
	require.Equal(t, "waiting", out.String())
}
