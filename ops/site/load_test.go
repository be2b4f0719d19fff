package site

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func sample(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(b)
}

func TestSiteFileIsReadWhole(t *testing.T) {
	s, err := Load("testdata/litware.yaml")
	require.NoError(t, err)
	require.Len(t, s.Instances, 6)
	primary, ok := s.Instance(Primary)
	require.True(t, ok)
	require.Equal(t, Instance{
		Role: Primary, Host: "sql01.litwareinc.com", Name: "RTC", Port: 1433, Label: `SQL01\RTC`,
		FQDN: "sql01.litwareinc.com", DataCentre: "dc1", Encrypt: EncryptLogin, TLSMin: "1.0",
		Trust: Trust{ServerName: "sql01.litwareinc.com", CAFile: "testdata/litware-ca.pem"},
		Credential: Credential{
			Name: "sql", Kind: LoginSQL, User: "pchatops", Source: FromFile, Ref: "testdata/secrets", Key: "sql",
		},
	}, primary)
	require.Len(t, s.HostsOf(Management), 3)
	require.Equal(t, `["pass","show","pchat/jobs"]`, s.Hosts[0].RunAs.Ref)
	require.True(t, s.Fast("dc2", "dc1"), "a fast link works in both directions")
	require.Equal(t, time.Minute, s.Intervals.ShellAnswer)
	require.Empty(t, s.Warnings)
}

func TestWhatIsLeftOutTakesTheCautiousValue(t *testing.T) {
	s, err := Load("testdata/minimal.yaml")
	require.NoError(t, err)
	require.Equal(t, Production, s.Danger, "an environment nobody named is treated as production")
	require.Equal(t, EncryptFull, s.Instances[0].Encrypt)
	require.Equal(t, `SQL01\RTC`, s.Instances[0].Label)
	require.Equal(t, "127.0.0.1", s.Instances[1].Label, "an address is not cut at its dots")
	require.Zero(t, s.Thresholds, "limits that were not given stay with the servers' own")
	require.Greater(t, s.Intervals.Stale, s.Intervals.Poll)
	require.LessOrEqual(t, s.Intervals.Connect, s.Intervals.Answer)
}

func TestEveryMistakeIsShownAtItsPlace(t *testing.T) {
	text := strings.Replace(sample(t, "minimal.yaml"), "product: lync-2013", "product: lync-2010\nprodukt: x", 1)
	text = strings.Replace(text, "port: 50101", "port: 70000", 1)
	text = strings.Replace(text, "role: primary", "role: secondary", 1)
	_, err := Parse("/etc/pchatops/site.yaml", []byte(text))
	require.EqualError(t, err, `site.yaml:2:10: product is not valid
     2 | product: lync-2010
       |          ^ expected one of lync-2013, skype-for-business-2015
site.yaml:3:1: unknown key "produkt"
     3 | produkt: x
       | ^ expected one of backup_directory, backup_share, central_management, chat_servers, copy_folder, credentials, danger, database, dead_after, fast_links, hosts, identity, instances, intervals, log_shipping, mirror_share, name, pool, product, thresholds, version
site.yaml:10:3: instances has no primary
    10 |   - {role: secondary, host: sql01.litwareinc.com, instance: RTC, data_centre: dc1, credential: sql}
       |   ^ expected an instance with role: primary
site.yaml:11:12: instances[1].role is a second secondary beside SQL01\RTC
    11 |   - {role: secondary, host: 127.0.0.1, port: 70000, data_centre: dc2, credential: sql}
       |            ^ expected each role once
site.yaml:11:46: instances[1].port is not valid
    11 |   - {role: secondary, host: 127.0.0.1, port: 70000, data_centre: dc2, credential: sql}
       |                                              ^ expected a whole number from 1 to 65535`)
}

// Each case is one edit of the sample, and where its problem is to be shown.
func TestContradictionsAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"two primaries":                          {"role: mirror", "role: primary", "a second primary"},
		"no secondary":                           {"- {role: secondary, host: sql11.litwareinc.com, instance", "- {role: mirror, host: sql11.litwareinc.com, instance", "no secondary"},
		"witness without a mirror":               {"role: secondary-mirror", "role: mirror", "a witness without a mirror"},
		"neither instance nor port":              {"sql02.litwareinc.com, instance: RTC", "sql02.litwareinc.com", "neither instance nor port"},
		"one server in two roles":                {"sql12.litwareinc.com", "sql11.litwareinc.com", "has another role already"},
		"one label for two":                      {"host: sql02.litwareinc.com", `host: sql02.litwareinc.com, label: SQL01\RTC`, "a label that is taken"},
		"unknown credential":                     {"credential: basic", "credential: basics", "names no credential"},
		"unknown account of the jobs":            {"run_as: jobs", "run_as: job", "names no credential"},
		"Windows login without one":              {"run_as: jobs", "run_as: smartcard", "no Windows account with a password"},
		"jobs without an account":                {"credential: smartcard, run_as: jobs", "credential: smartcard", "lacks run_as"},
		"certificate for SQL Server":             {"instance: RTC, data_centre: dc1, credential: sql", "instance: RTC, data_centre: dc1, credential: smartcard", "no login for SQL Server"},
		"SQL login for WinRM":                    {"credential: basic", "credential: sql", "a SQL Server login"},
		"auth against the credential":            {"auth: kerberos", "auth: ntlm", "contradicts the login"},
		"certificate over http":                  {"credential: smartcard", "credential: smartcard, scheme: http", "no client certificate"},
		"host of unknown role":                   {"{role: secondary, host: sql11.litwareinc.com, data_centre: dc2, auth", "{role: backup, host: sql11.litwareinc.com, data_centre: dc2, auth", "hosts[3].role is not valid"},
		"kerberos without realm":                 {"    realm: LITWAREINC.COM\n", "", "lacks a realm"},
		"SQL login without password":             {"user: pchatops, password: {file: secrets, key: sql}", "user: pchatops", "lacks a password"},
		"password from two places":               {"password: {env: PCHATOPS_WINRM}", "password: {env: A, file: b}", "more than one"},
		"password from nowhere":                  {"password: {env: PCHATOPS_WINRM}", "password: {}", "no source"},
		"key of a variable":                      {"{env: PCHATOPS_WINRM}", "{env: PCHATOPS_WINRM, key: a}", "belongs to file and keyring"},
		"empty command":                          {"[pass, show, pchat/jobs]", "[]", "is empty"},
		"chat server from nowhere":               {"{fqdn: chat11.litwareinc.com, data_centre: dc2}", "{fqdn: chat11.litwareinc.com, data_centre: dc3}", "chat_servers[1].data_centre is a data centre without any instance"},
		"chat server twice":                      {"chat11.litwareinc.com", "CHAT01.litwareinc.com", "is there twice"},
		"fast link to nowhere":                   {"- [dc1, dc2]", "- [dc1, dc9]", "fast_links[0][1]"},
		"fast link to itself":                    {"- [dc1, dc2]", "- [dc1, dc1]", "to itself"},
		"fast link of three":                     {"- [dc1, dc2]", "- [dc1, dc2, dc1]", "no pair"},
		"a refusal believed sooner than silence": {"refused: 30s", "refused: 7s", "more patience with a host that refuses"},
		"stale before the next poll":             {"stale: 20s", "stale: 5s", "not longer than intervals.poll"},
		"connecting beyond answering":            {"connect: 4s", "connect: 6s", "longer than intervals.answer"},
		"trust in any and in one":                {"trust: {ca_file: litware-ca.pem}", "trust: {ca_file: litware-ca.pem, any: true}", "one or the other"},
		"trust without encryption":               {"encrypt: login", "encrypt: off", "mean nothing"},
		"number without unit":                    {"poll: 5s", "poll: 5", "a time from"},
		"negative time":                          {"poll: 5s", "poll: -5s", "a time from"},
		"share that is no share":                 {`\\FS01\LogShip`, `E:\LogShip`, "a UNC path"},
		"unprintable name":                       {`label: SQL01\RTC`, `label: "SQL01\e[2J"`, "printable"},
		"key twice":                              {"name: litware-pchat", "name: litware-pchat\nname: litware-pchat", "is there twice"},
		"merge key":                              {"name: litware-pchat", "name: litware-pchat\n<<: {}", "unknown key"},
		"second document":                        {"thresholds:", "---\nthresholds:", "second document"},
		"broken YAML":                            {"instances:", "instances: [", "no valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			good := sample(t, "litware.yaml")
			require.Contains(t, good, c.old)
			_, err := Parse("site.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
			var all Errors
			require.ErrorAs(t, err, &all)
			require.Contains(t, all.Error(), c.want)
			for _, p := range all {
				require.Positive(t, p.Line, "%s has no place", p)
				require.Positive(t, p.Column, "%s has no place", p)
			}
		})
	}
}

func TestWhatDeservesALookIsAWarning(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"both copies in one place":       {"host: sql11.litwareinc.com, instance: RTC, data_centre: dc2", "host: sql11.litwareinc.com, instance: RTC, data_centre: dc1", "takes both"},
		"mirror far away":                {"sql02.litwareinc.com, instance: RTC, data_centre: dc1", "sql02.litwareinc.com, instance: RTC, data_centre: dc2", "not the primary's data centre"},
		"any certificate":                {"any: false", "any: true", "any certificate"},
		"password readable on its way":   {"credential: basic", "credential: basic, scheme: http", "can read the password"},
		"nobody to copy files":           {"  - {role: secondary, host: sql11.litwareinc.com, data_centre: dc2, auth: kerberos, credential: krb, run_as: jobs}\n", "", "no backup file can be copied"},
		"SQL password readable en route": {"sql02.litwareinc.com, instance: RTC", "sql02.litwareinc.com, encrypt: off, instance: RTC", "can read the password"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse("site.yaml", []byte(strings.Replace(sample(t, "litware.yaml"), c.old, c.new, 1)))
			require.NoError(t, err)
			require.Len(t, s.Warnings, 1)
			require.Contains(t, s.Warnings[0].String(), c.want)
		})
	}
}
