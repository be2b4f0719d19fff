package wsman_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/wsman"
)

// pywinrmScript logs on with the transport given and prints what two commands
// gave as JSON. The password comes on standard input.
const pywinrmScript = `
import base64, json, sys
import winrm
url, user, transport, ca = sys.argv[1:5]
password = sys.stdin.readline().rstrip("\n")
extra = {"ca_trust_path": ca} if ca else {}
p = winrm.protocol.Protocol(endpoint=url, transport=transport, username=user, password=password,
    operation_timeout_sec=1, read_timeout_sec=20, **extra)
try:
    shell = p.open_shell(codepage=65001)
except winrm.exceptions.InvalidCredentialsError:
    print(json.dumps({"refused": True}))
    sys.exit(0)
result = {}
for name in ("whoami", "snow"):
    command = p.run_command(shell, name)
    out, err, code = p.get_command_output(shell, command)
    p.cleanup_command(shell, command)
    result[name] = {"out": base64.b64encode(out).decode(), "code": code}
p.close_shell(shell)
try:
    p.run_command(shell, "whoami")
except winrm.exceptions.WinRMError as e:
    result["afterwards"] = str(e)
print(json.dumps(result))
`

// legacyOpenSSL is a configuration with MD4, which NTLM needs and OpenSSL 3
// leaves out by default.
const legacyOpenSSL = `openssl_conf = conf
[conf]
providers = providers
[providers]
default = on
legacy = on
[on]
activate = 1
`

// pywinrm finds a Python that has it and can compute NTLM's hashes.
func pywinrm(t *testing.T) string {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "openssl.cnf")
	require.NoError(t, os.WriteFile(conf, []byte(legacyOpenSSL), 0o600))
	t.Setenv("OPENSSL_CONF", conf)
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import winrm, requests_ntlm, hashlib; hashlib.new('md4')").Run() == nil {
			return python
		}
	}
	t.Skip("no Python with pywinrm, requests-ntlm and MD4 (Debian: apt install python3-winrm)")
	return ""
}

func TestPywinrmRunsCommandsWithEveryLogon(t *testing.T) {
	python := pywinrm(t)
	config, ca := certificate(t)
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(caFile, ca, 0o600))
	secure := fmt.Sprintf("https://127.0.0.1:%d/wsman", serve(t, &wsman.Server{TLS: config, Basic: true}))
	open := fmt.Sprintf("http://127.0.0.1:%d/wsman", serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true}))
	strict := fmt.Sprintf("http://127.0.0.1:%d/wsman", serve(t, &wsman.Server{Basic: true}))
	for _, c := range []struct {
		name, url, transport, ca, password string
		refused                            bool
	}{
		{"basic over HTTPS", secure, "basic", caFile, testPassword, false},
		{"ntlm over HTTPS", secure, "ntlm", caFile, testPassword, false},
		{"plaintext over HTTP", open, "plaintext", "", testPassword, false},
		{"sealed ntlm over HTTP", strict, "ntlm", "", testPassword, false},
		{"wrong password", secure, "ntlm", caFile, "wrong", true},
		{"plaintext where it is forbidden", strict, "plaintext", "", testPassword, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got struct {
				Refused      bool
				Whoami, Snow struct {
					Out  []byte
					Code int
				}
				Afterwards string
			}
			require.NoError(t, json.Unmarshal(runPython(t, python, c.password, c.url, testUser, c.transport, c.ca), &got))
			require.Equal(t, c.refused, got.Refused)
			if c.refused {
				return
			}
			require.Equal(t, testUser+"\r\n", string(got.Whoami.Out))
			require.Equal(t, snow, string(got.Snow.Out))
			require.Zero(t, got.Snow.Code)
			require.Contains(t, got.Afterwards, "2150858843", "a deleted shell is unknown")
		})
	}
}

func runPython(t *testing.T, python, password string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, append([]string{"-W", "ignore", "-c", pywinrmScript}, args...)...)
	cmd.Stdin = strings.NewReader(password + "\n")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, "pywinrm: %s", errs.String())
	return out
}
