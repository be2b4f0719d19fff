package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"charm.land/fang/v2"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// The exit codes that scripts rely on (docs/commands.md).
const (
	exitDone        = 0
	exitFailed      = 1   // a step failed, a verification does not hold, a critical finding
	exitUsage       = 2   // usage or configuration; nothing was contacted
	exitRefused     = 3   // a gate or a missing confirmation
	exitUnknown     = 4   // outcome unknown: run verify
	exitHeld        = 5   // somebody else drives this site
	exitIncomplete  = 6   // the service is restored, later steps are open
	exitInterrupted = 130 // SIGINT or SIGTERM
)

// exit is an error that knows its exit code. With an empty text everything has
// been said already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// codeOf maps what a command returned to the exit code of the process.
func codeOf(ctx context.Context, err error) int {
	var e *exit
	var problems site.Errors
	var f *fault.Error
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &problems), fault.Is(err, fault.Config):
		return exitUsage
	case fault.Is(err, fault.Refused):
		return exitRefused
	case fault.Is(err, fault.Lost):
		return exitUnknown
	case errors.As(err, &f):
		return exitFailed
	}
	return exitUsage // what cobra says about arguments
}

// printError writes an error for people; fang would break long sentences.
func printError(w io.Writer, _ fang.Styles, err error) {
	if text := err.Error(); text != "" {
		fmt.Fprintln(w, "pchatops: "+clean(text)) //nolint:errcheck // stderr is all there is
	}
}
