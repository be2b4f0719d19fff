package mgmt

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"sync"

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

	farewells sync.WaitGroup
}

// NewHost makes a host of the site file. Nothing is contacted.
func NewHost(h site.Host, o Options) *Host {
	return &Host{site: h, options: o.withDefaults()}
}

// Name gives the host as the operator knows it.
func (h *Host) Name() string { return h.site.Name }

// Close ends the connections and waits for shells that are being given back.
func (h *Host) Close() {
	h.farewells.Wait()
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
	input, err := script.input(request, secret)
	if err != nil {
		return h.trouble(tried, err)
	}
	w, err := h.connect(ctx)
	if err != nil {
		return h.trouble(tried, err)
	}
	talk := newConversation(w, h.url())
	out, err := talk.run(ctx, commandLine, input)
	if talk.shell == "" && cut(err) {
		// A kept connection had ended unseen. No shell was opened, so nothing
		// was carried out, and a new connection may try.
		out, err = talk.run(ctx, commandLine, input)
	}
	h.sayFarewell(talk, err)
	if err != nil {
		return h.noteRefusal(reached(talk, h.trouble(tried, err)))
	}
	return h.decode(tried, out, answer)
}

// reached tells "unreachable" from "lost": what was sent after a shell had been
// opened may have been carried out, what was sent before it was not.
func reached(talk *conversation, err error) error {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
	case talk.shell != "" && f.Class == fault.Unreachable:
		f.Class = fault.Lost
	case talk.shell == "" && cut(f.Cause):
		f.Class = fault.Unreachable
	}
	return err
}

// sayFarewell tidies up after a conversation. After a failure the host may not
// answer any more, so the caller does not wait for that.
func (h *Host) sayFarewell(talk *conversation, failure error) {
	if failure == nil {
		talk.end()
		return
	}
	h.farewells.Go(talk.end)
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
	c, connect := h.site.Credential, h.options.Connect
	if h.site.Scheme != "https" {
		if h.site.Auth != site.AuthNTLM {
			return nil, &fault.Error{Class: fault.Config, Tried: "connect over plain http with " + string(h.site.Auth), Target: h.Name(), Do: "only ntlm protects what is sent over http: choose it, or use https"}
		}
		return newNTLMWire(h.url(), c.User, secret, nil, connect), nil
	}
	config, err := tlsConfig(h.site, secret)
	if err != nil {
		return nil, err
	}
	switch h.site.Auth {
	case site.AuthNTLM:
		return newNTLMWire(h.url(), c.User, secret, config, connect), nil
	case site.AuthBasic:
		return newHeaderWire(h.url(), config, connect, basic(c.User, secret)), nil
	case site.AuthCertificate:
		return newHeaderWire(h.url(), config, connect, byCertificate), nil
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
	return newHeaderWire(h.url(), config, h.options.Connect, authorization), nil
}

// url is where WinRM listens.
func (h *Host) url() string {
	port := h.site.Port
	if port == 0 {
		port = map[bool]int{true: 5986, false: 5985}[h.site.Scheme == "https"]
	}
	return h.site.Scheme + "://" + net.JoinHostPort(h.site.Host, strconv.Itoa(port)) + "/wsman"
}
