package mgmt

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

//go:embed scripts/*.ps1
var scripts embed.FS

// Script is one of the console's constant scripts.
type Script struct {
	Name string
	Does string // in the field's words, for errors
	Text string // its first line is `# pchatops NAME VERSION`
}

// The scripts. What each promises is in docs/fidelity.md.
var (
	HostFacts    = compose("host-facts", "ask the host about itself")
	TryConnect   = compose("try-connect", "try to connect to a server from the host")
	ListFiles    = compose("list-files", "list backup share and copy folder", "network")
	HashFiles    = compose("hash-files", "hash backup files", "network")
	ServiceState = compose("service-state", "ask for a Windows service")
	PoolState    = compose("pool-state", "read the state of the pool", "network", "stores", "central")
	MirrorState  = compose("mirror-state", "read the mirroring state", "network", "stores", "central")
	Topology     = compose("topology", "read the published topology", "network", "stores", "central")
	JobFind      = compose("job-find", "look for a job that does the same", "job", "root")
	JobPoll      = compose("job-poll", "look after the job", "job")
	ProbeSweep   = compose("probe-sweep", "take away what a probe left", "job")
	JobStop      = compose("job-stop", "stop the job", "job")
)

// Scripts lists them all.
func Scripts() []Script {
	all := []Script{HostFacts, TryConnect, ListFiles, HashFiles, ServiceState, PoolState, MirrorState, Topology, JobFind, JobPoll, JobStop, ProbeSweep}
	for _, kind := range jobKinds {
		all = append(all, JobStart(kind))
	}
	return all
}

// compose puts the shared parts between a script's first line and its body.
func compose(name, does string, shared ...string) Script {
	first, body, _ := strings.Cut(part(name), "\n")
	text := first + "\n" + part("common")
	for _, s := range shared {
		text += part(s)
	}
	return Script{Name: name, Does: does, Text: text + body}
}

const startScript = "job-start"

// jobKinds are the kinds of jobs, each with a program of its own.
var jobKinds = []string{"cmdlet", "copy", "probe"}

// program is the text of a job's job.ps1: what stands between the braces of its
// script block.
func program(kind string) string {
	return "\n" + part("common") + part("program") + part("program-"+kind)
}

// JobStart starts a job of a kind, whose program it writes to the job's folder as it
// is.
func JobStart(kind string) Script {
	s := compose(startScript, "start the job", "job", "root")
	first, rest, _ := strings.Cut(s.Text, "\n")
	return Script{Name: s.Name, Does: s.Does, Text: first + "\n$Program = {" + program(kind) + "}\n" + rest}
}

// part reads an embedded file; that it is there is decided when building.
func part(name string) string {
	text, err := scripts.ReadFile("scripts/" + name + ".ps1")
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// input is what the bootstrap reads: script, request and secret.
func (s Script) input(request any, secret string) ([]byte, error) {
	document, err := encode(request)
	if err != nil {
		return nil, fmt.Errorf("encode the request of %s: %w", s.Name, err)
	}
	var b strings.Builder
	for _, line := range []string{s.Text, string(document), secret} {
		b.WriteString(base64.StdEncoding.EncodeToString([]byte(line)) + "\r\n")
	}
	return []byte(b.String()), nil
}

// encode is JSON with the characters of paths and names as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// commandLine starts PowerShell on the constant bootstrap. It holds no data, so
// nothing that varies can be seen in a process list or an audit log.
var commandLine = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand " + encodedCommand(part("bootstrap"))

// encodedCommand is base64 of UTF-16LE, as -EncodedCommand takes it.
func encodedCommand(script string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return base64.StdEncoding.EncodeToString(b)
}
