package mgmt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// identified is a cmdlet that changes the pool. The pages of the products name
// different identities for it, and a server takes one of them.
type identified struct {
	name, id   string // of the job, and of the action
	cmdlet     string
	identities []string // in the order in which the pages are followed
	parameters []parameter
	before     status.Pool // as it was read when the action was planned
}

// takenIdentity begins the name of the fact that says which identity a cmdlet took.
const takenIdentity = "identity taken by "

func (c identified) command(identity string) command {
	return command{c.cmdlet, append([]parameter{{"Identity", identity}}, c.parameters...)}
}

// changePool makes the action that sends a cmdlet with the first identity that it
// takes. The next one is tried only where the cmdlet has refused the one before
// without having done anything, and the pool reads as it did before.
func (s *Shell) changePool(c identified) engine.Action {
	var forms []engine.Action
	var text []string
	for n, identity := range c.identities {
		a := s.brief(c.name, c.id, c.command(identity))
		forms = append(forms, a)
		if n > 0 {
			a.Text = "# only if that identity is refused and nothing has changed: " + a.Text
		}
		text = append(text, a.Text)
	}
	a := forms[0]
	a.Text = strings.Join(text, "\n")
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		for n, form := range forms {
			err := form.Do(ctx, r)
			if err == nil {
				r.Observe(takenIdentity+c.cmdlet, c.identities[n])
				return nil
			}
			if n == len(forms)-1 || !errors.Is(err, errNotTaken) {
				return err
			}
			if err := s.asBefore(ctx, c.before, err); err != nil {
				return err
			}
			r.Log(fmt.Sprintf("%s did not take the identity %s and changed nothing; %s is tried", c.cmdlet, c.identities[n], c.identities[n+1]))
		}
		return nil
	}
	a.Settle = func(ctx context.Context) (took bool, err error) {
		for _, form := range forms {
			if took, err = form.Settle(ctx); took || err != nil {
				break
			}
		}
		return took, err
	}
	return a
}

// asBefore is why no other identity is tried: the pool does not read as it did.
func (s *Shell) asBefore(ctx context.Context, before status.Pool, refused error) error {
	var f fault.Error
	if known, ok := errors.AsType[*fault.Error](refused); ok {
		f = *known
	}
	now, err := s.Pool(ctx)
	switch {
	case err != nil:
		f.Text += "; no other identity was tried, as whether anything has changed cannot be read: " + err.Error()
	case now.State != before.State || !status.SameServers(now.Active, before.Active):
		f.Text += fmt.Sprintf("; no other identity was tried, as the pool has changed: state %s, active %s", now.State, strings.Join(now.Active, ", "))
	default:
		return nil
	}
	return &f
}

// errNotTaken is the cause of an error by which a cmdlet refuses what it was given,
// before it does anything.
var errNotTaken = errors.New("the cmdlet did not take what it was given")

// notTaken are the categories of such errors. They are names of .NET, and the same
// in every language.
var notTaken = []string{"ObjectNotFound", "InvalidArgument", "InvalidData", "InvalidType"}

// stateIdentities are those that Set-CsPersistentChatState may take, serverIdentities
// those of Set-CsPersistentChatActiveServer, in the order in which they are tried.
func stateIdentities(pool status.Pool, fqdn string) []string {
	return distinct([]string{pool.Identity, serviceOf(pool, fqdn), "service:" + fqdn})
}

func serverIdentities(pool status.Pool, fqdn string) []string {
	return distinct([]string{serviceOf(pool, fqdn), "global"})
}

func serviceOf(pool status.Pool, fqdn string) string {
	return cmp.Or(pool.Service, "PersistentChatServer:"+fqdn)
}

// FirstIdentities are the identities that F5 and F7 send first.
func FirstIdentities(pool status.Pool, fqdn string) (state, servers string) {
	return stateIdentities(pool, fqdn)[0], serverIdentities(pool, fqdn)[0]
}

func distinct(all []string) (out []string) {
	for _, s := range all {
		if s != "" && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, s) }) {
			out = append(out, s)
		}
	}
	return out
}
