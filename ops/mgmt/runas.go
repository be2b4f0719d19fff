package mgmt

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// runAs gives the account of detached jobs with its password. The password is
// remembered until a host refuses it, since finding it may ask a keyring or run
// a command, and reads come again and again. One that was refused within the time
// given is an error.
func (h *Host) runAs(ctx context.Context, within time.Duration) (account, password string, err error) {
	c := h.site.RunAs
	if c.Empty() {
		c = h.site.Credential
	}
	account = logonName(c)
	h.mu.Lock()
	password = h.runAsSecret
	h.mu.Unlock()
	if password == "" {
		password, err = h.resolve(ctx, c)
		if err == nil && (password == "" || c.Kind == site.LoginCert) {
			err = &fault.Error{
				Class: fault.Config, Tried: "start a job", Target: h.Name(), Text: "no run-as account with a password is configured",
				Do: "give the host a run_as credential in the site file: a job's logon must reach further servers",
			}
		}
		if err != nil {
			return account, "", err
		}
		h.mu.Lock()
		h.runAsSecret = password
		h.mu.Unlock()
	}
	if err = h.options.Refused.stands(account, password, h.Name(), h.options.Now(), within); err != nil {
		h.mu.Lock()
		h.runAsSecret = "" // it may have been corrected when it is asked for next
		h.mu.Unlock()
	}
	return account, password, err
}

// logonName is a credential's user as Windows logs him on. A Kerberos credential
// keeps the realm apart, and without it a name is one of the host's own.
func logonName(c site.Credential) string {
	if c.Kind == site.LoginKerberos && c.Realm != "" && !strings.ContainsAny(c.User, `@\`) {
		return c.User + "@" + c.Realm
	}
	return c.User
}

// callAs calls a script that starts something as the run-as account, with its
// password as the secret.
func (h *Host) callAs(ctx context.Context, script Script, request func(account string) any, answer any) error {
	account, password, err := h.runAs(ctx, refusedFor)
	if err != nil {
		return err
	}
	err = h.Call(ctx, script, request(account), password, answer)
	h.noteRunAs(account, password, err)
	if err == nil {
		h.options.Refused.note(account, password, h.options.Now(), nil)
	}
	return err
}
