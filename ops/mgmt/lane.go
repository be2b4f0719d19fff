package mgmt

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/bodgit/ntlmssp"
)

// lane is one TCP connection that has been logged in with NTLM. NTLM belongs to
// the connection: a lane never dials twice, and carries one message at a time.
type lane struct {
	client *http.Client
	url    string
	seal   bool
	ntlm   *ntlmssp.Client
}

var (
	// errLaneGone says that the lane's connection was closed before the message
	// was sent.
	errLaneGone = errors.New("the connection was closed")
	errNoNTLM   = errors.New("the host offers no NTLM login")
)

// refusedLogin is a login that the host has judged and refused.
type refusedLogin struct{ text string }

func (r refusedLogin) Error() string { return r.text }

// newLane connects and logs in. Only NTLM tokens are ever sent: a host that does
// not offer NTLM gets neither the password nor a byte of the message.
func (w *ntlmWire) newLane(ctx context.Context) (*lane, error) {
	ntlm, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(w.user, w.password), ntlmssp.SetDomain(w.domain))
	if err != nil {
		return nil, err
	}
	peer := &peerCertificate{}
	l := &lane{client: oneConnection(w.config, w.dialing, peer), url: w.url, seal: w.config == nil, ntlm: ntlm}
	if err := l.login(ctx, peer); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// login is the handshake of empty POSTs: NEGOTIATE, CHALLENGE, AUTHENTICATE.
func (l *lane) login(ctx context.Context, peer *peerCertificate) error {
	token, err := l.ntlm.Authenticate(nil, nil)
	if err != nil {
		return err
	}
	answer, err := l.handshake(ctx, token)
	if err != nil {
		return err
	}
	challenge, err := challengeOf(answer)
	if err != nil {
		return err
	}
	if err := strongEnough(challenge); err != nil && l.seal {
		return err
	}
	token, err = l.ntlm.Authenticate(challenge, peer.bindings())
	if err != nil {
		return fmt.Errorf("unreadable NTLM challenge: %w", err)
	}
	answer, err = l.handshake(ctx, token)
	switch {
	case err != nil:
		return err
	case answer.status == http.StatusUnauthorized:
		return refusedLogin{"the host refused user or password (HTTP 401)"}
	case answer.status == http.StatusForbidden:
		return &badReply{answer}
	}
	return nil
}

func (l *lane) handshake(ctx context.Context, token []byte) (reply, error) {
	return exchange(ctx, l.client, l.url, http.Header{
		"Content-Type":  {soapType + ";charset=UTF-8"},
		"Authorization": {"Negotiate " + base64.StdEncoding.EncodeToString(token)},
	}, nil)
}

// challengeOf finds the NTLM challenge in a 401.
func challengeOf(answer reply) ([]byte, error) {
	if answer.status != http.StatusUnauthorized {
		return nil, &badReply{answer}
	}
	for _, offer := range answer.offers {
		scheme, token, _ := strings.Cut(offer, " ")
		if (strings.EqualFold(scheme, "Negotiate") || strings.EqualFold(scheme, "NTLM")) && token != "" {
			return base64.StdEncoding.DecodeString(strings.TrimSpace(token))
		}
	}
	return nil, errNoNTLM
}

// send carries one message, sealed over plain HTTP and as it is inside TLS.
func (l *lane) send(ctx context.Context, envelope []byte) (reply, error) {
	if !l.seal {
		return exchange(ctx, l.client, l.url, http.Header{"Content-Type": {soapType + ";charset=UTF-8"}}, envelope)
	}
	body, err := seal(l.ntlm.SecuritySession(), envelope)
	if err != nil {
		return reply{}, err
	}
	answer, err := exchange(ctx, l.client, l.url, http.Header{"Content-Type": {sealedType}}, body)
	if err != nil || answer.status == http.StatusUnauthorized {
		return answer, err
	}
	return unseal(l.ntlm.SecuritySession(), answer)
}

func (l *lane) close() { l.client.CloseIdleConnections() }

// oneConnection makes an HTTP client that dials once. A second dial would be a
// connection that is not logged in.
func oneConnection(config *tls.Config, d dialing, peer *peerCertificate) *http.Client {
	var dialled atomic.Bool
	transport := &http.Transport{
		MaxConnsPerHost: 1,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if dialled.Swap(true) {
				return nil, errLaneGone
			}
			return d.DialContext(ctx, network, address)
		},
	}
	if config != nil {
		transport.TLSClientConfig = config.Clone()
		transport.TLSClientConfig.VerifyConnection = peer.remember
	}
	return newClient(transport, d)
}

// peerCertificate remembers the host's certificate for the channel bindings,
// which a host with extended protection demands.
type peerCertificate struct {
	certificate atomic.Pointer[x509.Certificate]
}

func (p *peerCertificate) remember(state tls.ConnectionState) error {
	if len(state.PeerCertificates) > 0 {
		p.certificate.Store(state.PeerCertificates[0])
	}
	return nil
}

// bindings is tls-server-end-point of RFC 5929: the certificate's hash by its
// own signature algorithm, SHA-256 where that is weaker.
func (p *peerCertificate) bindings() *ntlmssp.ChannelBindings {
	certificate := p.certificate.Load()
	if certificate == nil {
		return nil
	}
	var sum []byte
	switch certificate.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		h := sha512.Sum384(certificate.Raw)
		sum = h[:]
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		h := sha512.Sum512(certificate.Raw)
		sum = h[:]
	default:
		h := sha256.Sum256(certificate.Raw)
		sum = h[:]
	}
	return &ntlmssp.ChannelBindings{ApplicationData: append([]byte(ntlmssp.TLSServerEndPoint+":"), sum...)}
}
