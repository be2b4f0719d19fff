package mssql

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/microsoft/go-mssqldb/msdsn"
	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

func instance(change func(*site.Instance)) site.Instance {
	i := site.Instance{
		Role: site.Secondary, Host: "sql11.litwareinc.com", Name: "RTC", Port: 1433, Label: `SQL11\RTC`, Encrypt: site.EncryptFull,
		Credential: site.Credential{Kind: site.LoginSQL, User: "sa"},
	}
	if change != nil {
		change(&i)
	}
	return i
}

func configured(t *testing.T, change func(*site.Instance)) msdsn.Config {
	t.Helper()
	c, err := driverConfig(instance(change), "pass", time.Second)
	require.NoError(t, err)
	return c
}

func TestEveryConnectionGoesToMasterOfTheNamedInstanceAlone(t *testing.T) {
	c := configured(t, nil)
	require.Equal(t, "master", c.Database)
	require.Equal(t, AppName, c.AppName)
	require.Empty(t, c.FailOverPartner, "the driver must not choose the mirror")
	require.Zero(t, c.ConnTimeout, "the driver would end a quiet RESTORE")
	require.EqualValues(t, 1433, c.Port)
	require.Empty(t, c.Instance, "a port leaves nothing to look up")
}

func TestAnInstanceWithoutAPortIsLookedUp(t *testing.T) {
	c := configured(t, func(i *site.Instance) { i.Port = 0 })
	require.Equal(t, "RTC", c.Instance)
	require.Zero(t, c.Port)
}

func TestTheThreeWaysToEncrypt(t *testing.T) {
	for mode, want := range map[site.Encrypt]msdsn.Encryption{
		site.EncryptOff:   msdsn.EncryptionDisabled,
		site.EncryptLogin: msdsn.EncryptionOff,
		site.EncryptFull:  msdsn.EncryptionRequired,
	} {
		require.Equal(t, want, configured(t, func(i *site.Instance) { i.Encrypt = mode }).Encryption, mode)
	}
}

func TestACertificateIsCheckedUnlessTheSiteFileSaysOtherwise(t *testing.T) {
	c := configured(t, nil)
	require.False(t, c.TLSConfig.InsecureSkipVerify)
	require.Equal(t, "sql11.litwareinc.com", c.TLSConfig.ServerName)

	c = configured(t, func(i *site.Instance) { i.Encrypt, i.Trust.ServerName = site.EncryptLogin, "SQL11" })
	require.False(t, c.TLSConfig.InsecureSkipVerify, "also where only the login is encrypted")
	require.Equal(t, "SQL11", c.TLSConfig.ServerName)

	c = configured(t, func(i *site.Instance) { i.Trust.Any = true })
	require.True(t, c.TLSConfig.InsecureSkipVerify)

	c = configured(t, func(i *site.Instance) { i.TLSMin = "1.0" })
	require.EqualValues(t, tls.VersionTLS10, c.TLSConfig.MinVersion)
}

func TestAWindowsLoginIsNeverSentAsASQLLogin(t *testing.T) {
	c := configured(t, func(i *site.Instance) {
		i.Credential = site.Credential{Kind: site.LoginNTLM, User: `LITWARE\ops`}
	})
	require.Equal(t, "ntlm", c.Parameters["authenticator"])
	require.Equal(t, `LITWARE\ops`, c.User)
}

func TestKerberosNamesTheServiceByFullNameAndPort(t *testing.T) {
	c := configured(t, func(i *site.Instance) {
		i.Host, i.FQDN = "10.0.0.11", "sql11.litwareinc.com"
		i.Credential = site.Credential{Kind: site.LoginKerberos, User: "ops", Realm: "LITWAREINC.COM", Config: "/etc/krb5.conf"}
	})
	require.Equal(t, "krb5", c.Parameters["authenticator"])
	require.Equal(t, "LITWAREINC.COM", c.Parameters["krb5-realm"])
	require.Equal(t, "/etc/krb5.conf", c.Parameters["krb5-configfile"])
	require.Equal(t, "MSSQLSvc/sql11.litwareinc.com:1433", c.ServerSPN)

	c = configured(t, func(i *site.Instance) {
		i.Port = 0
		i.Credential = site.Credential{Kind: site.LoginKerberos, User: "ops", Cache: "/tmp/krb5cc"}
	})
	require.Equal(t, "MSSQLSvc/sql11.litwareinc.com:RTC", c.ServerSPN)
	require.Empty(t, c.User, "the ticket cache says who it is")
	require.Empty(t, c.Password)
}

func TestAContradictoryInstanceIsRefusedBeforeAnythingIsSent(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.pem")
	require.NoError(t, os.WriteFile(empty, []byte("no certificate"), 0o600))
	for what, change := range map[string]func(*site.Instance){
		"a mode of encryption that there is not": func(i *site.Instance) { i.Encrypt = "strict" },
		"a TLS version that there is not":        func(i *site.Instance) { i.TLSMin = "1.4" },
		"a CA file that is missing":              func(i *site.Instance) { i.Trust.CAFile = filepath.Join(folder, "none.pem") },
		"a CA file without a certificate":        func(i *site.Instance) { i.Trust.CAFile = empty },
		"a SQL login without a name":             func(i *site.Instance) { i.Credential.User = "" },
		"a SQL login with a domain":              func(i *site.Instance) { i.Credential.User = `LITWARE\ops` },
		"an NTLM user without a domain":          func(i *site.Instance) { i.Credential = site.Credential{Kind: site.LoginNTLM, User: "ops"} },
		"a login that SQL Server does not have":  func(i *site.Instance) { i.Credential.Kind = site.LoginBasic },
	} {
		_, err := driverConfig(instance(change), "pass", time.Second)
		require.Error(t, err, what)
		require.NotContains(t, err.Error(), "pass", "never the password")
	}
}
