package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// outside drives any pchatops binary by its contract: its commands, its lines,
// its exit codes and its site file. The site is that of the binary's own tree, since the
// scripts that it sends to Windows hosts belong to it; the truth is asked of its
// ledger, its servers and its folders.
type outside struct {
	t      testing.TB
	binary string // under test
	site   lab.Description
	dir    string
	config string // a site file that the binary accepts
	state  string // of its journals
}

// onSite starts a site for a binary.
func onSite(t testing.TB, program, scenario string, speed float64) *outside {
	t.Helper()
	o := &outside{t: t, binary: program, dir: t.TempDir()}
	o.state = filepath.Join(o.dir, "state")
	served := exec.CommandContext(t.Context(), program, "lab", "--json", "--scenario", scenario, "--seed", "7",
		"--speed", fmt.Sprint(speed), "--dir", filepath.Join(o.dir, "site"))
	out, err := served.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, served.Start())
	t.Cleanup(func() {
		_ = served.Process.Signal(os.Interrupt)
		_ = served.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, &o.site))
	o.config = o.accepted(o.site.Config)
	return o
}

// accepted is the site file without what the binary does not know yet.
func (o *outside) accepted(path string) string {
	raw, err := os.ReadFile(path)
	require.NoError(o.t, err)
	var file any
	require.NoError(o.t, yaml.Unmarshal(raw, &file))
	var schema map[string]any
	require.NoError(o.t, json.Unmarshal([]byte(o.command(o.t.Context(), "validate", "--schema").stdout), &schema))
	prune(file, schema, schema)
	raw, err = yaml.Marshal(file)
	require.NoError(o.t, err)
	path = filepath.Join(filepath.Dir(path), "accepted.yaml") // beside its secrets
	require.NoError(o.t, os.WriteFile(path, raw, 0o600))
	return path
}

// prune takes out of a value what its JSON schema does not name.
func prune(v any, schema, root map[string]any) {
	for {
		ref, is := schema["$ref"].(string)
		if !is {
			break
		}
		schema = root
		for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			schema, _ = schema[part].(map[string]any)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		known, _ := schema["properties"].(map[string]any)
		rest, _ := schema["additionalProperties"].(map[string]any)
		for name, inner := range v {
			switch s, named := known[name].(map[string]any); {
			case named:
				prune(inner, s, root)
			case rest != nil:
				prune(inner, rest, root)
			case schema["additionalProperties"] == false:
				delete(v, name)
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, inner := range v {
			prune(inner, items, root)
		}
	}
}

// said is what a command left.
type said struct {
	code           int
	stdout, stderr string
}

// lines are those of a type.
func (s said) lines(kind string) (out []map[string]any) {
	for text := range strings.Lines(s.stdout) {
		var l map[string]any
		if json.Unmarshal([]byte(text), &l) == nil && l["type"] == kind {
			out = append(out, l)
		}
	}
	return out
}

// outcome is that of a step, "" where it was not told.
func (s said) outcome(step string) string {
	for _, l := range s.lines("step") {
		if l["step"] == step {
			return fmt.Sprint(l["outcome"])
		}
	}
	return ""
}

// sent reports whether an action took effect.
func (s said) sent() bool {
	for _, l := range s.lines("action") {
		if l["outcome"] == "done" {
			return true
		}
	}
	return false
}

func (o *outside) process(ctx context.Context, args ...string) *exec.Cmd {
	all := []string{"--state-dir", o.state, "--json"}
	if o.config != "" {
		all = append(all, "--config", o.config)
	}
	cmd := exec.CommandContext(ctx, o.binary, append(all, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+o.dir)
	return cmd
}

// command runs the binary to its end.
func (o *outside) command(ctx context.Context, args ...string) said {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := o.process(ctx, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		require.NoError(o.t, err)
	}
	s := said{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	if args[0] == "validate" {
		return s
	}
	o.t.Logf("%v: exit %d\n%s%s", args, s.code, short500(s.stdout), short500(s.stderr))
	return s
}

func short500(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString("    " + strings.TrimSpace(line[:min(len(line), 500)]) + "\n")
	}
	return b.String()
}

var calmConfirms sync.Map // by program and procedure

// confirms are the texts that the procedure asks for where nothing is amiss,
// and nothing else: no gate is passed, no loss agreed to.
func (o *outside) confirms(procedure, scenario string) (args []string) {
	key := o.binary + " " + procedure
	if known, is := calmConfirms.Load(key); is {
		return known.([]string)
	}
	defer func() { calmConfirms.Store(key, args) }()
	return onSite(o.t, o.binary, scenario, 0.001).asked(procedure)
}

// asked are the texts that confirm the steps of a procedure here.
func (o *outside) asked(procedure string) (args []string) {
	for _, l := range o.command(o.t.Context(), "plan", procedure).lines("step") {
		if text, asks := l["confirm"].(string); asks {
			args = append(args, "--confirm", fmt.Sprintf("%s=%s", l["step"], text))
		}
	}
	return args
}

// failover runs it as an operator does who passes no gate.
func (o *outside) failover(more ...string) said {
	return o.command(o.t.Context(), append(append([]string{"run", "failover"}, o.confirms("failover", "failover")...), more...)...)
}

// failedOver carries the failover through; with steps, only these.
func (o *outside) failedOver(steps ...string) (s said) {
	o.t.Helper()
	if steps == nil {
		s = o.failover()
		require.Zero(o.t, s.code, s.stderr)
	}
	for _, step := range steps {
		s = o.failover("--step", step)
		require.Zero(o.t, s.code, s.stderr)
	}
	return s
}

// ctl does something to the site.
func (o *outside) ctl(args ...string) json.RawMessage {
	o.t.Helper()
	cmd := exec.CommandContext(o.t.Context(), o.binary, append([]string{"--json", "lab", "ctl", "--control", o.site.Control}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(o.t, err, "%s", out)
	var l struct{ Answer json.RawMessage }
	require.NoError(o.t, json.Unmarshal(out, &l))
	return l.Answer
}

// ledger is the site's own truth.
func (o *outside) ledger() (sum world.Ledger) {
	o.t.Helper()
	require.NoError(o.t, json.Unmarshal(o.ctl("ledger"), &sum))
	return sum
}

// folder is the real one behind the share or the copy folder.
func (o *outside) folder(name string) string {
	if name == "share" {
		return o.site.Share
	}
	return filepath.Join(o.dir, "site", "hosts", "SQL11", "E", "LogShip")
}

// pending are the backups that are on the share and not in the copy folder.
func (o *outside) pending() (names []string) {
	entries, err := os.ReadDir(o.folder("share"))
	require.NoError(o.t, err)
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(o.folder("copy"), e.Name())); errors.Is(err, os.ErrNotExist) && strings.HasPrefix(e.Name(), "mgc_2") {
			names = append(names, e.Name())
		}
	}
	return names
}

// tsql is a person at a query window.
func (o *outside) tsql(role, text string) {
	o.t.Helper()
	o.query(role, func(db *sql.DB) error {
		_, err := db.ExecContext(o.t.Context(), text)
		return err
	})
}

// count asks a server for a number.
func (o *outside) count(role, text string) (n int) {
	o.t.Helper()
	o.query(role, func(db *sql.DB) error { return db.QueryRowContext(o.t.Context(), text).Scan(&n) })
	return n
}

func (o *outside) query(role string, ask func(*sql.DB) error) {
	o.t.Helper()
	for _, in := range o.site.Instances {
		if in.Role != role {
			continue
		}
		db, err := sql.Open("sqlserver", fmt.Sprintf("sqlserver://%s:%s@%s:%d?encrypt=disable", in.User, in.Password, in.Host, in.Port))
		require.NoError(o.t, err)
		require.NoError(o.t, ask(db))
		require.NoError(o.t, db.Close())
	}
}

// behind puts a link between the binary and a server of the site, and gives it.
func (o *outside) behind(name string) *faults.Link {
	o.t.Helper()
	var host string
	var port int
	for _, in := range o.site.Instances {
		if in.Name == name {
			host, port = in.Host, in.Port
		}
	}
	for _, h := range o.site.Hosts {
		if h.Name == name {
			host, port = h.Host, h.Port
		}
	}
	link, err := faults.Listen("127.0.0.1:0")
	require.NoError(o.t, err)
	o.t.Cleanup(func() { _ = link.Close() })
	go func() {
		for {
			near, err := link.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(o.t.Context(), "tcp", fmt.Sprintf("%s:%d", host, port))
			if err != nil {
				_ = near.Close()
				continue
			}
			go pass(near, far)
			go pass(far, near)
		}
	}()
	o.rewrite(fmt.Sprintf("port: %d", port), fmt.Sprintf("port: %d", link.Addr().(*net.TCPAddr).Port))
	return link
}

func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}

// rewrite changes the binary's site file; the site's own stays.
func (o *outside) rewrite(from, to string) {
	o.t.Helper()
	raw, err := os.ReadFile(o.config)
	require.NoError(o.t, err)
	require.Contains(o.t, string(raw), from)
	require.NoError(o.t, os.WriteFile(o.config, []byte(strings.ReplaceAll(string(raw), from, to)), 0o600))
}

// another console on the same site, as on another host.
func (o *outside) another() *outside {
	other := *o
	other.state = filepath.Join(o.dir, "state-2")
	raw, err := os.ReadFile(o.config)
	require.NoError(o.t, err)
	other.config = filepath.Join(filepath.Dir(o.config), "another.yaml")
	require.NoError(o.t, os.WriteFile(other.config, raw, 0o600))
	return &other
}

// begin starts the binary and gives what it left, once it has ended.
func (o *outside) begin(args ...string) (end func() said) {
	o.t.Helper()
	done := make(chan said, 1)
	go func() { done <- o.command(o.t.Context(), args...) }()
	return func() said { return <-done }
}

// journalSays reports whether a line of the binary's journals has all parts.
func (o *outside) journalSays(parts ...string) bool {
	return (&console{state: o.state}).journalSays(parts...)
}
