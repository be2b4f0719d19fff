package mgmt

import (
	"context"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// runAs gives the account of detached jobs with its password. The password is
// remembered until a host refuses it, since finding it may ask a keyring or run
// a command, and pool reads come every few seconds.
func (h *Host) runAs(ctx context.Context) (account, password string, err error) {
	c := h.site.RunAs
	if c.Empty() {
		c = h.site.Credential
	}
	h.mu.Lock()
	password = h.runAsSecret
	h.mu.Unlock()
	if password != "" {
		return c.User, password, nil
	}
	password, err = h.resolve(ctx, c)
	if err == nil && (password == "" || c.Kind == site.LoginCert) {
		err = &fault.Error{
			Class: fault.Config, Tried: "start a job", Target: h.Name(), Text: "no run-as account with a password is configured",
			Do: "give the host a run_as credential in the site file: a job's logon must reach further servers",
		}
	}
	if err != nil {
		return c.User, "", err
	}
	h.mu.Lock()
	h.runAsSecret = password
	h.mu.Unlock()
	return c.User, password, nil
}

// callAs calls a script with the run-as account's password as its secret.
func (h *Host) callAs(ctx context.Context, script Script, request func(account string) any, answer any) error {
	account, password, err := h.runAs(ctx)
	if err != nil {
		return err
	}
	err = h.Call(ctx, script, request(account), password, answer)
	if fault.Is(err, fault.Login) {
		h.mu.Lock()
		h.runAsSecret = ""
		h.mu.Unlock()
	}
	return err
}
