package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// preLogin is the answer of a server, or of somebody between, that says of
// encryption what it likes: 2 is "not supported".
func preLogin(encryption byte) []byte {
	return []byte{
		4, 1, 0, 26, 0, 0, 1, 0, // a whole answer of 26 bytes
		0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, // version at 11, encryption at 17
		11, 0, 0x1b, 0x59, 0, 0, encryption,
	}
}

// answering listens, and says the same to whoever connects.
func answering(t testing.TB, says []byte) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadAtLeast(c, make([]byte, 4096), 1)
			_, _ = c.Write(says)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().(*net.TCPAddr).Port
}

// What status could not learn is said, and it does not end as if all were well:
// whatever the reason, as long as it is not that nobody is there.
func TestStatusDoesNotEndWellWhereItLearnedNothing(t *testing.T) {
	t.Parallel()
	const spare, witness = `SQL12\RTC`, `SQL03\RTC`
	elsewhere := func(says []byte) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) {
			for _, in := range l.Describe().Instances {
				if in.Name == spare {
					edit(t, l.Describe().Config, fmt.Sprintf("port: %d\n", in.Port), fmt.Sprintf("port: %d\n", answering(t, says)))
				}
			}
		}
	}
	told := func(what string, with map[string]string) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) { ctl(t, l, what, with) }
	}
	for name, c := range map[string]struct {
		change func(testing.TB, *lab.Lab)
		what   string // "": somebody is merely not there
	}{
		"a password is wrong": {func(t testing.TB, l *lab.Lab) {
			edit(t, l.Path("secrets.yaml"), "sa-SQL12: "+l.World().Instance(spare).Password("sa"), "sa-SQL12: Canary-4711")
		}, spare},
		"a secret is not there": {func(t testing.TB, l *lab.Lab) {
			edit(t, l.Path("secrets.yaml"), "sa-SQL12:", "sa-SQL99:")
		}, spare},
		"the login is disabled":          {told("login", map[string]string{"instance": spare, "name": "sa", "enabled": "false"}), spare},
		"the login is no sysadmin":       {told("login", map[string]string{"instance": spare, "name": "sa", "sysadmin": "false"}), spare},
		"the certificate is not trusted": {func(t testing.TB, l *lab.Lab) { untrusted(t, l.Describe().Config, spare) }, spare},
		"it has no encryption":           {elsewhere(preLogin(2)), spare},
		"it is no SQL Server":            {elsewhere([]byte("SSH-2.0-OpenSSH_9.6\r\n")), spare},
		"it accepts, and ends":           {elsewhere(nil), spare},
		"the witness hangs":              {told("network", map[string]string{"node": witness, "state": "hang"}), witness},
		"the pool's account has no password": {func(t testing.TB, l *lab.Lab) {
			edit(t, l.Path("secrets.yaml"), "ops:", "ops2:")
		}, "pool " + world.PoolFQDN},
		"the share is denied":       {told("access", map[string]string{"instance": world.Secondary, "service": "shell", "folder": "share", "state": "denied"}), "backup share"},
		"the copy folder is denied": {told("access", map[string]string{"instance": world.Secondary, "service": "shell", "folder": "copy", "state": "denied"}), "copy folder"},
		"a witness is switched off": {told("power", map[string]string{"target": witness, "on": "false"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := startSite(t, "healthy", lab.Options{Speed: 0.001})
			c.change(t, l)
			said := consoleOn(t, l).run("status")
			unlearned := fmt.Sprint(said.of("snapshot")[0]["unlearned"])
			if c.what == "" {
				require.Zero(t, said.code, said.stderr)
				require.Equal(t, "<nil>", unlearned)
				return
			}
			require.Equal(t, 1, said.code, "%s %v", unlearned, said.of("snapshot")[0]["findings"])
			require.Contains(t, unlearned, "what:"+c.what)
		})
	}
}

// untrusted lets the console know another authority than that which signed the
// certificate of an instance.
func untrusted(t testing.TB, config, name string) {
	t.Helper()
	b, err := os.ReadFile(config)
	require.NoError(t, err)
	at := strings.Index(string(b), "label: "+name)
	require.Positive(t, at)
	rest := strings.Replace(string(b[at:]), "\n        ca_file: ca.pem", "", 1)
	rest = strings.Replace(rest, "\n      trust:", "", 1)
	require.NoError(t, os.WriteFile(config, append(b[:at:at], rest...), 0o600))
}
