package mssql

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/microsoft/go-mssqldb/msdsn"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// gate stands before every connection of a Server. It lets one attempt to log
// in through at a time, and none after the server has refused the login once:
// a console that polls with a wrong password would lock the account out.
type gate struct {
	instance site.Instance
	secrets  Secrets
	connect  time.Duration
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	turn     chan struct{} // holds one token
	opened   chan struct{} // closed once the server has taken a login
	config   *msdsn.Config // belongs to who holds the turn
	port     atomic.Int32  // of the last connection

	mu      sync.Mutex
	taken   time.Time // when the server last took a login
	refused *fault.Error
}

// vouched is for how long a login that the server took vouches for the next ones,
// which then need not wait for each other.
const vouched = 5 * time.Second

func newGate(c Config) *gate {
	return &gate{
		instance: c.Instance,
		secrets:  c.Secrets,
		connect:  c.Connect,
		dial:     c.Dial,
		turn:     make(chan struct{}, 1),
		opened:   make(chan struct{}),
	}
}

// pass runs one attempt to connect with the driver's settings.
func (g *gate) pass(ctx context.Context, attempt func(msdsn.Config) error) error {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return g.fault(fault.Unreachable, "another attempt to connect is still waiting for an answer", "", ctx.Err())
	}
	leave := sync.OnceFunc(func() { <-g.turn })
	defer leave()
	taken, refused := g.past()
	if refused != nil {
		return refused
	}
	if err := g.configure(ctx); err != nil {
		return err
	}
	conf := *g.config
	if time.Since(taken) < vouched {
		leave()
	}
	err := attempt(conf)
	g.note(err)
	return err
}

// past gives what came of earlier attempts.
func (g *gate) past() (taken time.Time, refused error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused != nil {
		again := *g.refused
		again.Reach = "" // nothing was tried: it tells of then and not of now
		refused = &again
	}
	return g.taken, refused
}

// note remembers what came of an attempt.
func (g *gate) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case fault.Is(err, fault.Login):
		errors.As(err, &g.refused)
	case err == nil:
		if g.taken.IsZero() {
			close(g.opened)
		}
		g.taken = time.Now()
	}
}

// configure builds the driver's settings once it has the secret.
func (g *gate) configure(ctx context.Context) error {
	if g.config != nil {
		return nil
	}
	var secret site.Secret
	if g.instance.Credential.Source != "" { // a Kerberos credential cache needs none
		var err error
		if secret, err = g.secrets.Resolve(ctx, g.instance.Credential); err != nil {
			return err
		}
	}
	c, err := driverConfig(g.instance, secret.Reveal(), g.connect)
	if err != nil {
		return g.fault(fault.Config, err.Error(), "correct this instance in the site file", err)
	}
	g.config = &c
	return nil
}

func (g *gate) fault(c fault.Class, text, do string, cause error) *fault.Error {
	return &fault.Error{Class: c, Tried: "connect", Target: g.instance.Address(), Text: text, Do: do, Cause: cause}
}
