package wsman_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

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

// certificate is a self-signed one for 127.0.0.1, with its PEM.
func certificate(t *testing.T) (*tls.Config, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "SQL11.litwareinc.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// serve starts s on a loopback port until the test ends.
func serve(t *testing.T, s *wsman.Server) (port int) {
	t.Helper()
	s.Names = ntlm.Names{Computer: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com"}
	s.Users, s.Runner = users, runner{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return ln.Addr().(*net.TCPAddr).Port
}
