package windows

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// maxInput bounds what a host reads from standard input.
const maxInput = 16 << 20

// call is one script with its request, as it came in on standard input.
type call struct {
	request []byte
	secret  string
	user    string
	version string // of the script
}

// scripts are the constant scripts, by the name in their first line. An error
// that foreseen knows is part of the answer; any other ends the script.
var scripts = map[string]func(ctx context.Context, h *Host, c call) (any, error){
	"host-facts":    hostFacts,
	"try-connect":   tryConnect,
	"list-files":    listFiles,
	"hash-files":    hashFiles,
	"service-state": serviceState,
	"pool-state":    poolState,
	"mirror-state":  mirrorState,
	"topology":      publishedTopology,
	"job-start":     jobStart,
	"job-find":      jobFind,
	"job-poll":      jobPoll,
	"job-stop":      jobStop,
	"probe-sweep":   probeSweep,
}

// versions are the newest of the scripts that have more than one. The earlier ones
// do what they did.
var versions = map[string]string{"pool-state": "2", "mirror-state": "2", "topology": "2"}

var firstLine = regexp.MustCompile(`^# pchatops ([a-z][a-z0-9-]*) ([1-9])\r?\n`)

// runScript reads script, request and secret and does what the script promises.
func (p *process) runScript(ctx context.Context) int {
	name, c, err := readCall(p.stdin)
	if err != nil {
		return p.die(err)
	}
	c.user = p.user
	run := scripts[name]
	if run == nil || c.version > versions[name] && c.version != "1" {
		return p.die(fmt.Errorf("the script contract has no script %q of version %s", name, c.version))
	}
	answer, err := run(ctx, p.host, c)
	failed := foreseen(err, "")
	if err != nil && failed == nil {
		return p.die(err)
	}
	if writeAnswer(p.stdout, answer, failed) != nil {
		return 1
	}
	return 0
}

// readCall reads the three lines of base64.
func readCall(stdin io.Reader) (name string, c call, err error) {
	input, err := io.ReadAll(io.LimitReader(stdin, maxInput+1))
	if err != nil {
		return "", c, err
	}
	if len(input) > maxInput {
		return "", c, errors.New("standard input is too long")
	}
	lines := strings.Split(strings.TrimRight(string(input), "\r\n"), "\n")
	if len(lines) < 2 || len(lines) > 3 {
		return "", c, fmt.Errorf("standard input has %d lines; script, request and secret were expected", len(lines))
	}
	var parts [3][]byte
	for i, line := range lines {
		if parts[i], err = base64.StdEncoding.DecodeString(strings.TrimSpace(line)); err != nil {
			return "", c, fmt.Errorf("line %d of standard input is not base64", i+1)
		}
	}
	m := firstLine.FindSubmatch(parts[0])
	if m == nil {
		return "", c, errors.New("this simulated host interprets no PowerShell; it runs scripts whose first line is `# pchatops NAME VERSION`")
	}
	return string(m[1]), call{request: parts[1], secret: string(parts[2]), version: string(m[2])}, nil
}

func hostFacts(_ context.Context, h *Host, c call) (any, error) {
	if _, err := decode[struct{}](c.request); err != nil {
		return nil, err
	}
	return struct {
		Computer   string   `json:"computer"`
		User       string   `json:"user"`
		PowerShell string   `json:"powershell"`
		Bits       int      `json:"bits"`
		Modules    []string `json:"modules"`
		Time       string   `json:"time"`
	}{h.Name, c.user, psVersion, 64, append([]string{}, h.Modules...), stamp(h.now())}, nil
}
