package windows

import (
	"context"
	"fmt"
	"io"
	"strings"

	"pchatops/ops/lab/wsman"
)

// maxCommandLine is what cmd.exe takes.
const maxCommandLine = 8191

// process is one program as it runs.
type process struct {
	host   *Host
	user   string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// print writes a line to standard output; a reader that has gone is no error
// of the program.
func (p *process) print(format string, a ...any) { _, _ = fmt.Fprintf(p.stdout, format+"\r\n", a...) }

// complain writes a line to standard error.
func (p *process) complain(format string, a ...any) {
	_, _ = fmt.Fprintf(p.stderr, format+"\r\n", a...)
}

// Exec runs a command line as cmd.exe does.
func (h *Host) Exec(ctx context.Context, line wsman.CommandLine, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &process{host: h, user: h.account(line.User), stdin: stdin, stdout: stdout, stderr: stderr}
	ctx, end := h.begin(ctx, p)
	defer end()
	return p.shell(ctx, strings.TrimSpace(line.Command+" "+strings.Join(line.Args, " ")))
}

// shell runs one command line.
func (p *process) shell(ctx context.Context, line string) int {
	if len(line) > maxCommandLine {
		p.complain("The command line is too long.")
		return 1
	}
	words := split(line)
	if len(words) == 0 {
		return 0
	}
	name := words[0]
	switch program := baseName(name); {
	case program == "powershell":
		return p.arrives(func() int { return p.powershell(ctx, words[1:]) })
	case program == "cmd" && len(words) > 2 && strings.EqualFold(words[1], "/c"):
		return p.shell(ctx, strings.Join(words[2:], " "))
	case programs[program] != nil:
		return programs[program](p, words[1:])
	}
	p.complain("'%s' is not recognized as an internal or external command,\r\noperable program or batch file.", name)
	return 1
}

// baseName is a program without folder and extension.
func baseName(path string) string {
	path = strings.ToLower(path[strings.LastIndex(path, `\`)+1:])
	return strings.TrimSuffix(path, ".exe")
}

// split takes a command line apart at spaces outside double quotes.
func split(line string) []string {
	var words []string
	var word strings.Builder
	quoted, started := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case !quoted && (r == ' ' || r == '\t'):
			if started {
				words = append(words, word.String())
				word.Reset()
				started = false
			}
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}
