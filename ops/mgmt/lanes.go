package mgmt

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"sync"
)

// ntlmWire keeps a few logged-in lanes. Over plain HTTP every message on them is
// sealed; inside TLS the login is bound to the host's certificate.
type ntlmWire struct {
	url      string
	user     string
	domain   string
	password string
	dialing  dialing
	config   *tls.Config // nil: plain HTTP

	mu     sync.Mutex
	idle   []*lane
	closed bool
}

// keptLanes is how many idle connections are kept for the next message.
const keptLanes = 4

func newNTLMWire(url, account, password string, config *tls.Config, d dialing) *ntlmWire {
	domain, user := splitAccount(account)
	return &ntlmWire{url: url, user: user, domain: domain, password: password, dialing: d, config: config}
}

// splitAccount takes `LITWARE\ops` apart. A user principal name stays whole:
// its suffix need not be the name of a domain.
func splitAccount(account string) (domain, user string) {
	if domain, user, found := strings.Cut(account, `\`); found {
		return domain, user
	}
	return "", account
}

// post sends on an idle lane, or on a new one. A host may have closed an idle
// connection or forgotten its login, and says so before it reads the message:
// that costs one new login. A refused login is never tried again.
func (w *ntlmWire) post(ctx context.Context, envelope []byte) (reply, error) {
	if l := w.take(); l != nil {
		answer, err := l.send(ctx, envelope)
		if !stale(answer, err) {
			return w.settle(l, answer, err)
		}
		l.close()
	}
	l, err := w.newLane(ctx)
	if err != nil {
		return reply{}, err
	}
	answer, err := l.send(ctx, envelope)
	return w.settle(l, answer, err)
}

// stale reports that a kept lane was no longer logged in.
func stale(answer reply, err error) bool {
	if err != nil {
		return errors.Is(err, errLaneGone)
	}
	return answer.status == http.StatusUnauthorized
}

// settle keeps a lane that worked. One that did not is closed with those that
// were kept beside it: they have probably ended as well.
func (w *ntlmWire) settle(l *lane, answer reply, err error) (reply, error) {
	healthy := err == nil && (answer.status == http.StatusOK || answer.status == http.StatusInternalServerError)
	w.mu.Lock()
	defer w.mu.Unlock()
	if healthy && !w.closed && len(w.idle) < keptLanes {
		w.idle = append(w.idle, l)
		return answer, err
	}
	l.close()
	if !healthy {
		w.closeIdle()
	}
	return answer, err
}

func (w *ntlmWire) take() *lane {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.idle) == 0 {
		return nil
	}
	l := w.idle[len(w.idle)-1]
	w.idle = w.idle[:len(w.idle)-1]
	return l
}

func (w *ntlmWire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.closeIdle()
}

// closeIdle closes the kept lanes. The caller holds mu.
func (w *ntlmWire) closeIdle() {
	for _, l := range w.idle {
		l.close()
	}
	w.idle = nil
}
