package mgmt

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Host is one Windows host. It connects with its first call and keeps its
// connections for the next ones; calls may run at the same time.
type Host struct {
	site    site.Host
	options Options

	mu      sync.Mutex
	wire    wire
	opened  string // the secret with which wire was opened
	refusal refusal

	runAsSecret string // empty: not asked for yet, or refused

	silent time.Time // since when it does not answer; zero: it does
	times  int       // how often this console has come to drive
	asked  bool      // it has answered since, and given its ticket
	given  bool      // it has ever given one
	other  time.Time // when it last told that another console had taken one since; zero: never
	fenced int64     // the host's clock when it last did, in milliseconds; 0: it did not say

	idle *remote       // the shell that is kept for the next command
	lent chan struct{} // closed when somebody takes it

	errands sync.WaitGroup // what is done beside the calls
	closing <-chan struct{}
	close   func() // closes closing
	gone    <-chan struct{}
	leave   func() // closes gone, and ends the errands
}

// NewHost makes a host of the site file. Nothing is contacted.
func NewHost(h site.Host, o Options) *Host {
	closing, gone := make(chan struct{}), make(chan struct{})
	return &Host{
		site: h, options: o.withDefaults(),
		closing: closing, close: sync.OnceFunc(func() { close(closing) }), gone: gone, leave: sync.OnceFunc(func() { close(gone) }),
	}
}

// Name gives the host as the operator knows it.
func (h *Host) Name() string { return h.site.Name }

// Close gives the shell back and ends the connections. A host that does not answer
// is not waited for: it ends the shell by itself.
func (h *Host) Close() {
	h.close()
	hurry := time.AfterFunc(parting, h.leave)
	h.errands.Wait()
	hurry.Stop()
	h.leave()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wire != nil {
		h.wire.close()
		h.wire = nil
	}
}

// Call runs a script: request goes there as JSON, secret on a line of its own
// (empty for none), and the answer comes back into answer, a pointer to a
// struct, or nil. An error is a *fault.Error.
func (h *Host) Call(ctx context.Context, script Script, request any, secret string, answer any) error {
	tried := script.Does
	ctx, cancel := context.WithTimeout(ctx, h.options.Answer)
	defer cancel()
	defer await.For(ctx, h.Name()+" to "+tried, h.options.Answer)()
	input, err := script.input(request, secret)
	if err != nil {
		return h.trouble(tried, err)
	}
	w, err := h.connect(ctx)
	if err != nil {
		return h.trouble(tried, err)
	}
	talk := &conversation{remote: h.lend(w)}
	out, err := talk.run(ctx, commandLine, input)
	if !talk.fed && (cut(err) || vanished(err)) {
		// What was kept, a connection or a shell, had ended unseen. Nothing was
		// carried out, so new ones may try.
		h.part(talk, err)
		talk = &conversation{remote: newRemote(w, h.url())}
		out, err = talk.run(ctx, commandLine, input)
	}
	h.part(talk, err)
	if err != nil {
		return h.noteRefusal(reached(talk, h.trouble(tried, err)))
	}
	return h.decode(tried, out, answer)
}

// reached tells "unreachable" from "lost": a command that got its input may have
// carried it out, one that did not has done nothing.
func reached(talk *conversation, err error) error {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
	case talk.heard && f.Class == fault.Timeout:
		f.Text = "the host answers, and what it was asked for has not come to an end"
		f.Do = "it waits for something behind it: a slow or dead file server, SQL Server or domain controller. Neither the host nor WinRM is to blame"
	case talk.fed && f.Class == fault.Unreachable:
		f.Class = fault.Lost
	case !talk.fed && (cut(f.Cause) || vanished(f.Cause)):
		f.Class = fault.Unreachable
	}
	return err
}

// part tidies up after a conversation, beside the calls. A command that has
// ended is given back with its shell. After a failure nobody knows what still
// runs in the shell, so it is not used again.
func (h *Host) part(talk *conversation, failure error) {
	if failure == nil {
		h.keep(talk.remote)
		return
	}
	h.errand(context.Background(), func(ctx context.Context) {
		talk.end(ctx)
		talk.giveBack(ctx)
	})
}

// errand does something beside the calls, for as long as there is a console.
func (h *Host) errand(ctx context.Context, do func(context.Context)) {
	h.errands.Go(func() {
		ctx, stop := engine.Until(ctx, h.gone)
		defer stop()
		do(ctx)
	})
}

// connect gives the wire, opening it where there is none.
func (h *Host) connect(ctx context.Context) (wire, error) {
	h.mu.Lock()
	w := h.wire
	h.mu.Unlock()
	if w != nil {
		return w, nil
	}
	secret, err := h.resolve(ctx, h.site.Credential)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wire != nil {
		return h.wire, nil // somebody else was faster
	}
	if err := h.refusal.stands(secret, h.options.Now(), h.Name()); err != nil {
		return nil, err
	}
	if h.wire, err = h.open(secret); err != nil {
		return nil, err
	}
	h.opened = secret
	return h.wire, nil
}

// resolve gives the password or key of a credential, "" for one that has none
// (a Kerberos cache, a certificate with its key in the same file).
func (h *Host) resolve(ctx context.Context, c site.Credential) (string, error) {
	if c.Source == "" {
		return "", nil
	}
	secret, err := h.options.Secret(ctx, c)
	return secret.Reveal(), err
}

// open makes the wire that the site file asks for.
func (h *Host) open(secret string) (wire, error) {
	c, d := h.site.Credential, h.options.dialing()
	if h.site.Scheme != "https" {
		if h.site.Auth != site.AuthNTLM {
			return nil, &fault.Error{Class: fault.Config, Tried: "connect over plain http with " + string(h.site.Auth), Target: h.Name(), Do: "only ntlm protects what is sent over http: choose it, or use https"}
		}
		return newNTLMWire(h.url(), c.User, secret, nil, d), nil
	}
	config, err := tlsConfig(h.site, secret)
	if err != nil {
		return nil, err
	}
	switch h.site.Auth {
	case site.AuthNTLM:
		return newNTLMWire(h.url(), c.User, secret, config, d), nil
	case site.AuthBasic:
		return newHeaderWire(h.url(), config, d, basic(c.User, secret)), nil
	case site.AuthCertificate:
		return newHeaderWire(h.url(), config, d, byCertificate), nil
	case site.AuthKerberos:
		return h.openKerberos(config, secret)
	}
	return nil, &fault.Error{Class: fault.Config, Tried: "log in with " + string(h.site.Auth), Target: h.Name(), Do: "choose basic, ntlm, kerberos or certificate in the site file"}
}

func (h *Host) openKerberos(config *tls.Config, secret string) (wire, error) {
	authorization, err := kerberos(h.site, secret)
	if err != nil {
		return nil, err
	}
	return newHeaderWire(h.url(), config, h.options.dialing(), authorization), nil
}

// url is where WinRM listens.
func (h *Host) url() string {
	port := h.site.Port
	if port == 0 {
		port = map[bool]int{true: 5986, false: 5985}[h.site.Scheme == "https"]
	}
	return h.site.Scheme + "://" + net.JoinHostPort(h.site.Host, strconv.Itoa(port)) + "/wsman"
}
