package mgmt

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"net/http"
)

// certificateScheme is the Authorization value with which a WinRM client
// announces that its TLS certificate is its login.
const certificateScheme = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

// headerWire posts over HTTPS with the login in a header of every request.
type headerWire struct {
	client        *http.Client
	url           string
	authorization func(ctx context.Context) (string, error)
}

func newHeaderWire(url string, config *tls.Config, d dialing, authorization func(context.Context) (string, error)) *headerWire {
	transport := &http.Transport{TLSClientConfig: config, MaxConnsPerHost: 8}
	return &headerWire{client: newClient(transport, d), url: url, authorization: authorization}
}

func (w *headerWire) post(ctx context.Context, envelope []byte) (reply, error) {
	value, err := w.authorization(ctx)
	if err != nil {
		return reply{}, err
	}
	header := http.Header{
		"Content-Type":  {soapType + ";charset=UTF-8"},
		"Authorization": {value},
	}
	return exchange(ctx, w.client, w.url, header, envelope)
}

func (w *headerWire) close() { w.client.CloseIdleConnections() }

// basic is the Authorization of a user and password.
func basic(user, password string) func(context.Context) (string, error) {
	value := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	return func(context.Context) (string, error) { return value, nil }
}

// byCertificate is the Authorization of a client certificate.
func byCertificate(context.Context) (string, error) { return certificateScheme, nil }
