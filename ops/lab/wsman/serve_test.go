package wsman_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/lab/wsman/ntlm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testUser     = `LITWARE\ops`
	testPassword = "p&ss<wörd>"
)

func users(user, domain string) (string, bool) {
	known := strings.EqualFold(user, "ops") && (strings.EqualFold(domain, "LITWARE") || strings.EqualFold(domain, "litwareinc.com"))
	return testPassword, known
}

// snow is text whose characters take two, three and four bytes.
var snow = strings.Repeat("Grüße ❄ 𝄞 ", 4000)

// runner is a computer with a handful of programs.
type runner struct{}

func (runner) Exec(ctx context.Context, line wsman.CommandLine, stdin io.Reader, stdout, stderr io.Writer) int {
	args := strings.Join(line.Args, " ")
	switch line.Command {
	case "echo":
		fmt.Fprintf(stdout, "%s\r\n", args)
	case "whoami":
		fmt.Fprintf(stdout, "%s\r\n", line.User)
	case "cat":
		n, err := io.Copy(stdout, stdin)
		fmt.Fprintf(stderr, "%d bytes, %v", n, err)
	case "snow":
		_, _ = io.WriteString(stdout, snow)
	case "exit":
		code, _ := strconv.Atoi(args)
		return code
	case "wait":
		_, _ = io.WriteString(stdout, "waiting")
		<-ctx.Done()
		return -1073741510
	default:
		fmt.Fprintf(stderr, "'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", line.Command)
		return 1
	}
	return 0
}

// certificate is a server's configuration for 127.0.0.1 and the authority to trust.
func certificate(t *testing.T) (*tls.Config, []byte) {
	t.Helper()
	authority, err := faults.NewAuthority("Litware Root", time.Now())
	require.NoError(t, err)
	c, err := authority.Issue(time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "127.0.0.1")
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{c}}, authority.PEM()
}

// serve starts s on a loopback port until the test ends.
func serve(t *testing.T, s *wsman.Server) (port int) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serveOn(t, s, ln)
}

func serveOn(t *testing.T, s *wsman.Server, ln net.Listener) (port int) {
	t.Helper()
	s.Names = ntlm.Names{Computer: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com"}
	s.Users, s.Runner = users, runner{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return ln.Addr().(*net.TCPAddr).Port
}
