package tds

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFreeTDSLogsInAndQueries runs Debian's tsql against the server.
func TestFreeTDSLogsInAndQueries(t *testing.T) {
	client, err := exec.LookPath("tsql")
	if err != nil {
		t.Skip("FreeTDS is not installed (Debian: freetds-bin)")
	}
	for _, version := range []string{"7.1", "7.2", "7.3", "7.4"} {
		t.Run(version, func(t *testing.T) {
			i, address := start(t, nil)
			host, port, err := net.SplitHostPort(address)
			require.NoError(t, err)
			cmd := exec.CommandContext(t.Context(), client, "-H", host, "-p", port, "-U", "sa", "-o", "q")
			cmd.Env = append(cmd.Environ(), "TDSVER="+version, "LC_ALL=C.UTF-8")
			cmd.Stdin = strings.NewReader("Pa$$wörd\nSELECT n, big, text, lsn, id, at, price, yes FROM everything WHERE n < 0\nSELECT long FROM everything WHERE n < 0\nEXEC sp_add_things @a = 1\nSELECT * FROM nothing\ngo\n")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Len(t, i.logins, 1, "%s", out)
			for _, want := range []string{
				"-7", "1099511627776", "Grüße ☃", "1821957000104764400001", "6F9619FF-0000-0000-0000-000000000001",
				strings.Repeat("é", 1000), "-12.30", "Nov 21 2026", "two", "things", "Msg 208",
			} {
				require.Contains(t, string(out), want)
			}
		})
	}
}

// TestFreeTDSEncryptsEverythingWhenItMust runs tsql with TLS around all of it.
func TestFreeTDSEncryptsEverythingWhenItMust(t *testing.T) {
	client, err := exec.LookPath("tsql")
	if err != nil {
		t.Skip("FreeTDS is not installed (Debian: freetds-bin)")
	}
	i, address := start(t, func(s *Server) { s.Encryption = EncryptRequired })
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	conf := filepath.Join(t.TempDir(), "freetds.conf")
	require.NoError(t, os.WriteFile(conf, []byte("[lab]\nhost = "+host+"\nport = "+port+"\nencryption = require\n"), 0o600))
	cmd := exec.CommandContext(t.Context(), client, "-S", "lab", "-U", "sa", "-o", "q")
	cmd.Env = append(cmd.Environ(), "FREETDSCONF="+conf, "LC_ALL=C.UTF-8")
	cmd.Stdin = strings.NewReader("Pa$$wörd\nSELECT 40 + 2\ngo\n")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "42")
	require.True(t, i.logins[0].Encrypted)
}

// pytdsScript prints what the other tests check in their own ways.
const pytdsScript = `
import sys, pytds
host, port = sys.argv[1], int(sys.argv[2])
for tds in (0x71000001, 0x72090002, 0x730A0003, 0x74000004):
    with pytds.connect(dsn=host, port=port, user='sa', password='Pa$$w\u00f6rd', database='master', tds_version=tds, autocommit=True) as c:
        with c.cursor() as cur:
            cur.execute('SELECT n, text, lsn, id, yes, price FROM everything WHERE n < %s', (0,))
            print(cur.fetchall())
            cur.execute('SELECT 1; SELECT 2')
            print(cur.fetchall(), cur.nextset(), cur.fetchall())
            cur.callproc('sp_add_things', ('mgc',))
            print(cur.fetchall(), cur.get_proc_return_status())
            try:
                cur.execute('SELECT * FROM nothing')
            except pytds.Error as e:
                print('refused', e.number)
            cur.execute("SELECT 'still here'")
            print(cur.fetchone())
`

// TestPytdsLogsInAndQueries runs python3-tds against the server.
func TestPytdsLogsInAndQueries(t *testing.T) {
	python := ""
	for _, candidate := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), candidate, "-c", "import pytds").Run() == nil {
			python = candidate
			break
		}
	}
	if python == "" {
		t.Skip("pytds is not installed (Debian: python3-tds)")
	}
	_, address := start(t, nil)
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), python, "-c", pytdsScript, host, port).CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, want := range []string{
		"(-7, 'Grüße ☃', Decimal('1821957000104764400001'), UUID('6f9619ff-0000-0000-0000-000000000001'), True, Decimal('-12.3'))",
		"[(1,)] True [(2,)]", "[('one',), ('two',)] 42", "refused 208", "('still here',)",
	} {
		require.Equal(t, 4, strings.Count(string(out), want), "%s\n%s", want, out)
	}
}
