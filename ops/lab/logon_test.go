package lab_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net"
	"strconv"
	"testing"

	"github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// contract runs a script of the contract on a host, as its operator.
func contract(t *testing.T, l *lab.Lab, name, script, request, secret string) string {
	t.Helper()
	at, port, err := net.SplitHostPort(host(t, l, name))
	require.NoError(t, err)
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	d := l.Describe().Hosts[0]
	c, err := winrm.NewClient(winrm.NewEndpoint(at, number, true, true, nil, nil, nil, 0), d.User, d.Password)
	require.NoError(t, err)
	var in, out, errs bytes.Buffer
	for _, line := range []string{"# pchatops " + script + " 1\n", request, secret} {
		in.WriteString(base64.StdEncoding.EncodeToString([]byte(line)) + "\r\n")
	}
	_, err = c.RunWithContextWithInput(t.Context(), `powershell -Command "$input | Invoke-Contract"`, &out, &errs, &in)
	require.NoError(t, err)
	return out.String()
}

// An account is locked by wrong passwords wherever they are used, and says so
// whatever password comes then, until somebody unlocks it.
func TestARunAsAccountIsLockedByWrongPasswordsAtTheNextServer(t *testing.T) {
	l := start(t)
	list := func(password string) (code float64, read bool) {
		var answer struct {
			Folders []struct {
				Error *struct{ Code float64 }
			}
		}
		text := contract(t, l, "SQL11", "list-files", `{"folders":[{"id":"share","path":"\\\\FS01\\LogShip"}],"pattern":"*.trn","runAs":"LITWARE\\svc-chat"}`, password)
		require.NoError(t, json.Unmarshal([]byte(text), &answer), "%s", text)
		if e := answer.Folders[0].Error; e != nil {
			return e.Code, false
		}
		return 0, true
	}
	set := func(what string, values map[string]string) string {
		answer, ok := ctl(t, l, what, values)
		require.True(t, ok, answer)
		return answer
	}
	set("domain", map[string]string{"name": `LITWARE\svc-chat`, "password": "right", "lockout": "2"})
	_, read := list("wrong")
	require.True(t, read, "the shell's own logon gets there, and nobody looks at the other")
	set("host", map[string]string{"target": "SQL11", "second-hop": "closed"})
	for _, want := range []struct {
		password string
		code     float64
	}{{"right", 0}, {"wrong", 1326}, {"right", 0}, {"wrong", 1326}, {"wrong", 1326}, {"right", 1909}} {
		code, _ := list(want.password)
		require.Equal(t, want.code, code, "%v", want)
	}
	require.Contains(t, set("domain", map[string]string{"name": "svc-chat"}), `"state":"locked"`)
	set("domain", map[string]string{"name": "svc-chat", "state": "ok"})
	_, read = list("right")
	require.True(t, read)

	for what, wrong := range map[string]map[string]string{
		"host":   {"target": "SQL11", "language": "tlh"},
		"domain": {"name": "svc-chat", "state": "tired"},
		"share":  {"delay": "soon"},
	} {
		_, ok := ctl(t, l, what, wrong)
		require.False(t, ok, what)
	}
}
