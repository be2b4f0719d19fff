package mgmt

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/site"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "p&ss<wörd>"

// secrets gives every credential the same password.
func secrets(context.Context, site.Credential) (site.Secret, error) {
	return site.NewSecret(password), nil
}

// peer is a hand-written WinRM service that does what a test wants.
type peer struct {
	*httptest.Server

	mu       sync.Mutex
	requests []string // SOAP actions in order, "" for a body without one
	logins   []string // Authorization headers
}

// newPeer serves the operations that a test does not replace in the way of a
// host on which every command succeeds.
func newPeer(t *testing.T, replace map[string]http.HandlerFunc) *peer {
	t.Helper()
	p := &peer{}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		action := actionOf(string(body))
		p.note(action, r.Header.Get("Authorization"))
		r.Body = io.NopCloser(bytes.NewReader(body))
		if h := replace[action]; h != nil {
			h(w, r)
			return
		}
		answer(w, http.StatusOK, replies[action])
	}))
	p.Config.ErrorLog = quiet
	p.StartTLS()
	t.Cleanup(p.Close)
	return p
}

func (p *peer) note(action, login string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, action)
	p.logins = append(p.logins, login)
}

// count says how often an action was asked for; "" counts everything.
func (p *peer) count(action string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.requests {
		if action == "" || a == action {
			n++
		}
	}
	return n
}

// host makes the console's host for the peer, with Basic inside TLS.
func (p *peer) host(t *testing.T, change func(*site.Host, *Options)) *Host {
	t.Helper()
	address := p.Listener.Addr().(*net.TCPAddr)
	h := site.Host{
		Role: site.Management, Name: "FE11", Host: "127.0.0.1", Port: address.Port, Scheme: "https", Auth: site.AuthBasic,
		Credential: site.Credential{Kind: site.LoginBasic, User: `LITWARE\ops`, Source: site.FromPrompt, Ref: "ops"},
	}
	if p.Certificate() != nil {
		h.Trust.CAFile = writePEM(t, "CERTIFICATE", p.Certificate().Raw)
	}
	o := Options{Secret: secrets, Connect: 2 * time.Second, Answer: 5 * time.Second, Poll: time.Millisecond, Retry: time.Millisecond}
	if change != nil {
		change(&h, &o)
	}
	host := NewHost(h, o)
	t.Cleanup(host.Close)
	return host
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}

// The operations as the tests name them.
const (
	create  = "transfer/Create"
	runs    = "shell/Command"
	send    = "shell/Send"
	receive = "shell/Receive"
	signal  = "shell/Signal"
	remove  = "transfer/Delete"
)

func actionOf(body string) string {
	for _, a := range []string{create, runs, send, receive, signal, remove} {
		if strings.Contains(body, a+"</") {
			return a
		}
	}
	return ""
}

// replies are a healthy host's; its command answers {"ok":true}.
var replies = map[string]string{
	create:  envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse", `<rsp:Shell><rsp:ShellId>11111111-2222</rsp:ShellId></rsp:Shell>`),
	runs:    envelope(shellNS+"/CommandResponse", `<rsp:CommandResponse><rsp:CommandId>33333333-4444</rsp:CommandId></rsp:CommandResponse>`),
	send:    envelope(shellNS+"/SendResponse", `<rsp:SendResponse/>`),
	receive: received(`{"ok":true}`, "", 0),
	signal:  envelope(shellNS+"/SignalResponse", `<rsp:SignalResponse/>`),
	remove:  envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse", ``),
}

const shellNS = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"

func envelope(action, body string) string {
	return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="` + shellNS + `">` +
		`<s:Header><a:Action>` + action + `</a:Action></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

// received is the last reply to Receive.
func received(stdout, stderr string, exit int) string {
	return envelope(shellNS+"/ReceiveResponse", fmt.Sprintf(
		`<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="33333333-4444">%s</rsp:Stream>`+
			`<rsp:Stream Name="stderr" CommandId="33333333-4444">%s</rsp:Stream>`+
			`<rsp:CommandState CommandId="33333333-4444" State="%s/CommandState/Done"><rsp:ExitCode>%d</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>`,
		base64.StdEncoding.EncodeToString([]byte(stdout)), base64.StdEncoding.EncodeToString([]byte(stderr)), shellNS, exit))
}

func faultReply(code uint32, words string) string {
	return envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", fmt.Sprintf(
		`<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en-US">%s</s:Text></s:Reason>`+
			`<s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d" Machine="FE11"><f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault>`,
		words, code, words))
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>\x1b[2Jno</html>")
	}
}

// certificate makes a self-signed one for a name and a time.
func certificate(t *testing.T, name string, until time.Time) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, der
}

// keyPEM is the private key of a certificate.
func keyPEM(t *testing.T, pair tls.Certificate) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
