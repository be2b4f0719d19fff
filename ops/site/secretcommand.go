package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	commandTime   = 30 * time.Second
	commandWords  = 500 // bytes of standard error that an error quotes
	commandLinger = time.Second
)

// fromCommand runs a command, without a shell, and takes what it prints. Its
// standard error is quoted when it fails, its standard output never.
func fromCommand(ctx context.Context, ref string) (string, error) {
	var argv []string
	if err := json.Unmarshal([]byte(ref), &argv); err != nil || len(argv) == 0 {
		return "", errors.New("the command is no list of program and arguments")
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	out, words := &bounded{limit: maxSecret + 1}, &bounded{limit: commandWords}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the site file names it
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, words, commandLinger
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return "", fmt.Errorf("%s: %w%s", argv[0], err, said(string(words.kept)))
	}
	return strings.TrimRight(string(out.kept), "\r\n"), nil
}

func said(words string) string {
	words = strings.TrimSpace(strings.Map(printable, strings.ReplaceAll(words, "\n", " ")))
	if words == "" {
		return ""
	}
	return ": " + words
}

// bounded keeps the first bytes that are written to it and drops the rest.
type bounded struct {
	kept  []byte
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), b.limit-len(b.kept))]...)
	return len(p), nil
}
