package windows_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/lab/wsman/ntlm"
)

const password = "Pa55w.rd"

func users(user, domain string) (string, bool) {
	return password, user == "ops" && domain == "LITWARE"
}

// site is one host on a real socket.
type site struct {
	*estate
	host   *windows.Host
	server *wsman.Server
	link   *faults.Link
	port   int
}

// start switches a host on and puts it on the network.
func start(t *testing.T, change func(*windows.Config)) *site {
	t.Helper()
	s := &site{estate: newEstate(t)}
	config := windows.Config{
		Name: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com", Estate: s.estate, Users: users, Modules: []string{"Lync"},
	}
	if change != nil {
		change(&config)
	}
	s.host = windows.New(config)
	s.server = &wsman.Server{
		Names: ntlm.Names{Computer: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com"},
		Users: users, Runner: s.host, Basic: true, AllowUnencrypted: true,
	}
	var err error
	s.link, err = faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	s.port = s.link.Addr().(*net.TCPAddr).Port
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(ctx, s.link) }()
	t.Cleanup(func() {
		s.host.Close()
		cancel()
		require.NoError(t, <-ended)
	})
	return s
}

// run runs one command line over WinRM, on a connection and in a shell of its own.
func (s *site) run(t *testing.T, command, stdin string) (stdout, stderr string, exit int) {
	t.Helper()
	client, err := winrm.NewClient(winrm.NewEndpoint("127.0.0.1", s.port, false, false, nil, nil, nil, time.Minute), `LITWARE\ops`, password)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	exit, err = client.RunWithContextWithInput(ctx, command, &out, &errs, bytes.NewBufferString(stdin))
	require.NoError(t, err)
	return out.String(), errs.String(), exit
}

// contractLine is a command line that reads its work from standard input.
var contractLine = winrm.Powershell(`& ([ScriptBlock]::Create(@($input)[0]))`)

func lines(parts ...string) string {
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString(base64.StdEncoding.EncodeToString([]byte(p)) + "\n")
	}
	return b.String()
}

type object = map[string]any

// call runs a script of the contract and gives its answer.
func (s *site) call(t *testing.T, script string, request object, secret string) object {
	t.Helper()
	if script == "job-start" && request["run"] == nil { // as a console that drives
		now := s.call(t, "job-find", object{"run": "test", "ticket": "t"}, "")["now"].(float64)
		request["run"], request["ticket"], request["notAfter"] = "test", "t", now+30_000
		defer func() { delete(request, "run") }()
	}
	raw, err := json.Marshal(request)
	require.NoError(t, err)
	name, version, given := strings.Cut(script, " ")
	if !given {
		version = "1"
	}
	out, errs, exit := s.run(t, contractLine, lines("# pchatops "+name+" "+version+"\r\n'whatever it says'", string(raw), secret))
	require.Zero(t, exit, errs)
	require.Equal(t, 1, bytes.Count([]byte(out), []byte("\n")), "one line: %q", out)
	var answer object
	require.NoError(t, json.Unmarshal([]byte(out), &answer), out)
	return answer
}

// errorOf gives the error object of an answer.
func errorOf(t *testing.T, answer object) object {
	t.Helper()
	require.Equal(t, false, answer["ok"], "%v", answer)
	return answer["error"].(object)
}

// job starts a job as the run-as account.
func (s *site) job(t *testing.T, id, kind string, request object) object {
	t.Helper()
	return s.call(t, "job-start", object{"id": id, "kind": kind, "runAs": `LITWARE\ops`, "request": request}, password)
}

// poll asks until the job is in one of the states.
func (s *site) poll(t *testing.T, id string, states ...string) object {
	t.Helper()
	var answer object
	require.Eventually(t, func() bool {
		answer = s.call(t, "job-poll", object{"id": id, "offset": 0}, "")
		for _, state := range states {
			if answer["state"] == state {
				return true
			}
		}
		return false
	}, 2*time.Minute, 10*time.Millisecond)
	return answer
}

func logOf(t *testing.T, answer object) string {
	t.Helper()
	log, err := base64.StdEncoding.DecodeString(answer["log"].(string))
	require.NoError(t, err)
	return string(log)
}
