package mgmt

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/spnego"

	"pchatops/ops/site"
)

// kerberos gives a SPNEGO token for every request. The tickets are kept for the
// life of the wire; asking the KDC again for every message would cost a round
// trip to it each time.
func kerberos(h site.Host, password string) (func(context.Context) (string, error), error) {
	krb, err := kerberosClient(h, password)
	if err != nil {
		return nil, err
	}
	name := h.Trust.ServerName
	if name == "" {
		name = h.Host
	}
	spn := servicePrincipal(h.SPN, name)
	var mu sync.Mutex
	return func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if err := krb.AffirmLogin(); err != nil {
			return "", kdcError(err)
		}
		request := &http.Request{Header: http.Header{}, Host: name}
		if err := spnego.SetSPNEGOHeader(krb, request, spn); err != nil {
			return "", neverConnected{fmt.Errorf("no Kerberos ticket for %s: %w", spn, err)}
		}
		return request.Header.Get("Authorization"), nil
	}, nil
}

// servicePrincipal is the name of the service that a ticket is asked for: HTTP where
// the site file names none, and of that host where it names a class alone (WSMAN).
// Where HTTP belongs to the account of a web site on the host, only WSMAN is WinRM's.
func servicePrincipal(given, host string) string {
	switch {
	case given == "":
		return "HTTP/" + host
	case !strings.Contains(given, "/"):
		return given + "/" + host
	}
	return given
}

// kdcError tells a refused password, which must not be sent again, from a KDC
// that does not answer.
func kdcError(err error) error {
	for _, refusal := range []string{"KDC_ERR_PREAUTH_FAILED", "KDC_ERR_CLIENT_REVOKED", "KDC_ERR_KEY_EXPIRED", "KDC_ERR_C_PRINCIPAL_UNKNOWN"} {
		if strings.Contains(err.Error(), refusal) {
			return refusedLogin{"the Kerberos KDC refused the login: " + refusal}
		}
	}
	return neverConnected{err}
}

// kerberosClient logs in from the credential cache where one is configured, and
// with the password otherwise.
func kerberosClient(h site.Host, password string) (*client.Client, error) {
	c := h.Credential
	conf, err := config.Load(c.Config)
	if err != nil {
		return nil, badConfig(h, "read the Kerberos configuration "+c.Config, err)
	}
	if c.Cache != "" {
		cache, err := credentials.LoadCCache(c.Cache)
		if err != nil {
			return nil, badConfig(h, "read the Kerberos credential cache "+c.Cache, err)
		}
		krb, err := client.NewFromCCache(cache, conf, client.DisablePAFXFAST(true))
		if err != nil {
			return nil, badConfig(h, "use the Kerberos credential cache "+c.Cache, err)
		}
		return krb, nil
	}
	user, realm, _ := strings.Cut(c.User, "@")
	if c.Realm != "" {
		realm = c.Realm
	}
	if _, after, found := strings.Cut(user, `\`); found {
		user = after
	}
	return client.NewWithPassword(user, strings.ToUpper(realm), password, conf,
		client.DisablePAFXFAST(true), client.AssumePreAuthentication(true)), nil
}
