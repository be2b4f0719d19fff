package mssql

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/microsoft/go-mssqldb/msdsn"

	// The two Windows log-ins register themselves with the driver.
	_ "github.com/microsoft/go-mssqldb/integratedauth/krb5"
	_ "github.com/microsoft/go-mssqldb/integratedauth/ntlm"

	"pchatops/ops/site"
)

var encryption = map[site.Encrypt]msdsn.Encryption{
	site.EncryptOff:   msdsn.EncryptionDisabled,
	site.EncryptLogin: msdsn.EncryptionOff, // the driver's "off" protects the login packet
	site.EncryptFull:  msdsn.EncryptionRequired,
}

// workstation is what this machine was called when the first connection was made. All
// bear that name, whatever it is called by now: its sessions are known by it.
var workstation = sync.OnceValue(func() string {
	name, _ := os.Hostname() // an empty name is as good
	return name
})

// driverConfig gives the driver's settings for one instance. The database is
// always master: the login's default may be the one that is being restored,
// and a session in it would be in the restore's way. A failover partner is
// never named, so the driver cannot choose another server.
func driverConfig(i site.Instance, password string, connect time.Duration) (msdsn.Config, error) {
	mode, ok := encryption[i.Encrypt]
	if !ok {
		return msdsn.Config{}, fmt.Errorf("encrypt %q: off, login or full expected", i.Encrypt)
	}
	conf, err := tlsConfig(i)
	if err != nil {
		return msdsn.Config{}, err
	}
	c := msdsn.Config{
		Host:                      i.Host,
		Port:                      uint64(i.Port),
		Database:                  "master",
		Encryption:                mode,
		TLSConfig:                 conf,
		TrustServerCertificate:    i.Trust.Any,
		HostInCertificateProvided: i.Trust.ServerName != "",
		Workstation:               workstation(),
		AppName:                   AppName,
		DialTimeout:               connect,
		Parameters:                map[string]string{},
		Protocols:                 []string{"tcp"},
		ProtocolParameters:        map[string]any{},
		NoTraceID:                 true,
		Encoding:                  msdsn.EncodeParameters{Timezone: time.UTC},
	}
	if i.Port == 0 {
		c.Instance = i.Name // SQL Server Browser knows its port
	}
	return c, logIn(&c, i, password)
}

// logIn adds who logs in, and how. The kind is always spelt out: left to
// itself the driver guesses from the shape of the name, and would send a
// Windows password as that of a SQL login.
func logIn(c *msdsn.Config, i site.Instance, password string) error {
	cred := i.Credential
	c.User, c.Password = cred.User, password
	switch cred.Kind {
	case site.LoginSQL:
		if cred.User == "" || strings.Contains(cred.User, `\`) {
			return fmt.Errorf("SQL login %q: a name without a domain expected", cred.User)
		}
	case site.LoginNTLM:
		if !strings.Contains(cred.User, `\`) {
			return fmt.Errorf(`NTLM user %q: DOMAIN\user expected`, cred.User)
		}
		c.Parameters["authenticator"] = "ntlm"
	case site.LoginKerberos:
		kerberos(c, i)
	default:
		return fmt.Errorf("login kind %q: sql, ntlm or kerberos expected", cred.Kind)
	}
	return nil
}

func kerberos(c *msdsn.Config, i site.Instance) {
	c.Parameters["authenticator"] = "krb5"
	c.ServerSPN = servicePrincipal(i)
	for key, value := range map[string]string{
		"krb5-configfile":    i.Credential.Config,
		"krb5-realm":         i.Credential.Realm,
		"krb5-credcachefile": i.Credential.Cache,
	} {
		if value != "" {
			c.Parameters[key] = value
		}
	}
	if i.Credential.Cache != "" {
		c.User, c.Password = "", "" // else the library prefers these to the cache
	}
}

// servicePrincipal gives the name under which the instance is registered in
// the directory: by port, or by name where the port is not known beforehand.
func servicePrincipal(i site.Instance) string {
	host, which := i.FQDN, strconv.Itoa(i.Port)
	if host == "" {
		host = i.Host
	}
	if i.Port == 0 {
		which = "1433"
		if i.Name != "" {
			which = i.Name
		}
	}
	return "MSSQLSvc/" + host + ":" + which
}
