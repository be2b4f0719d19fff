package mgmt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

const (
	// operationTimeout is how long a host may hold a request that has nothing to
	// answer; masterzen's default of 60 s leaves no room below the limits of
	// servers and proxies.
	operationTimeout = "PT20S"
	// headerTimeout is operationTimeout and a grace: past it the host has stopped
	// answering. One that is busy says within operationTimeout that it has no news.
	headerTimeout = 30 * time.Second
	// maxReply bounds one reply; servers limit envelopes to 500 KB by default.
	maxReply = 4 << 20

	soapType = "application/soap+xml"
)

// wire takes one SOAP message to a host and brings its reply back, logged in
// and protected as the site file says. It is safe for concurrent use.
type wire interface {
	post(ctx context.Context, envelope []byte) (reply, error)
	close()
}

// reply is the answer of the web server, not yet judged.
type reply struct {
	status      int
	contentType string
	offers      []string // WWW-Authenticate lines
	body        []byte
}

var (
	errTooLarge  = errors.New("the reply is larger than any WinRM service sends")
	errTruncated = errors.New("the connection ended in the middle of the reply")
)

// neverConnected marks a failure before the host had accepted a connection, so
// that nothing can have been carried out.
type neverConnected struct{ error }

func (e neverConnected) Unwrap() error { return e.error }

// cut reports that a connection which had been made ended under a request, for
// a reason other than time. net/http has many errors for that, some of them its
// own secret, and wraps all in a url.Error.
func cut(err error) bool {
	var (
		never   neverConnected
		request *url.Error
		network net.Error
	)
	switch {
	case errors.Is(err, errLaneGone):
		return true
	case errors.As(err, &never), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &network) && network.Timeout():
		return false
	}
	return errors.As(err, &request)
}

// exchange sends one POST and reads the bounded reply.
func exchange(ctx context.Context, client *http.Client, url string, header http.Header, body []byte) (reply, error) {
	connected := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected = true },
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		if !connected {
			return reply{}, neverConnected{err}
		}
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	return readReply(response)
}

// readReply reads at most maxReply bytes.
func readReply(response *http.Response) (reply, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxReply+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return reply{}, errTruncated
	case err != nil:
		return reply{}, err
	case len(body) > maxReply:
		return reply{}, errTooLarge
	}
	return reply{
		status:      response.StatusCode,
		contentType: response.Header.Get("Content-Type"),
		offers:      response.Header.Values("WWW-Authenticate"),
		body:        body,
	}, nil
}

// newClient makes an HTTP client that follows nothing, unpacks nothing and
// takes no proxy from the environment: credentials go to the host or nowhere.
func newClient(transport *http.Transport, d dialing) *http.Client {
	transport.TLSHandshakeTimeout = d.limit
	transport.ResponseHeaderTimeout = headerTimeout
	transport.IdleConnTimeout = time.Minute
	transport.DisableCompression = true
	transport.MaxResponseHeaderBytes = 64 << 10
	if transport.DialContext == nil {
		transport.DialContext = d.DialContext
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
