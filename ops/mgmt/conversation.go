package mgmt

import (
	"bytes"
	"context"
	"errors"

	"github.com/masterzen/winrm"
)

const (
	// chunk is how many bytes of standard input go into one message: twice
	// base64 and the envelope around it stay below envelopeSize.
	chunk = 90_000
	// maxOutput bounds what a command may write.
	maxOutput = 32 << 20
)

var errTooMuch = errors.New("the command wrote more than the console takes")

// output is what a command wrote and how it ended.
type output struct {
	stdout, stderr bytes.Buffer
	exit           int
}

// conversation runs one command in a shell. It drives the message builders and
// parsers of masterzen/winrm one message at a time rather than its Command,
// which asks without pause where the host answers with a fault, cannot be
// cancelled while a request runs, and needs a goroutine per stream.
type conversation struct {
	*remote
	command string
	fed     bool // input was sent: from now on the command may do what it was told
	heard   bool // the host has said since that the command still runs
}

// run starts the command line, in a new shell where there is none yet, feeds it
// and reads it to its end.
func (c *conversation) run(ctx context.Context, line string, stdin []byte) (*output, error) {
	if c.id == "" {
		if err := c.open(ctx); err != nil {
			return nil, err
		}
	}
	c.commands++
	answer, err := c.post(ctx, winrm.NewExecuteCommandRequest(c.url, c.id, line, nil, c.parameters))
	if err != nil {
		return nil, err
	}
	if c.command, err = usable(winrm.ParseExecuteCommandResponse(answer)); err != nil {
		return nil, err
	}
	c.fed = true
	if err := c.feed(ctx, stdin); err != nil {
		return nil, err
	}
	return c.receive(ctx)
}

// feed sends standard input and its end.
func (c *conversation) feed(ctx context.Context, stdin []byte) error {
	for {
		part := stdin[:min(chunk, len(stdin))]
		stdin = stdin[len(part):]
		last := len(stdin) == 0
		if _, err := c.post(ctx, winrm.NewSendInputRequest(c.url, c.id, c.command, part, last, c.parameters)); err != nil || last {
			return err
		}
	}
}

// receive collects output until the command is done. A host without news says
// so after operationTimeout and is asked again, until ctx ends.
func (c *conversation) receive(ctx context.Context) (*output, error) {
	out := &output{}
	for {
		answer, err := c.post(ctx, winrm.NewGetOutputRequest(c.url, c.id, c.command, "stdout stderr", c.parameters))
		var fault *wsFault
		if errors.As(err, &fault) && fault.code == nothingYet {
			c.heard = true
			continue
		}
		if err != nil {
			return nil, err
		}
		done, exit, err := winrm.ParseSlurpOutputErrResponse(answer, &out.stdout, &out.stderr)
		switch {
		case err != nil:
			return nil, errNotSOAP
		case out.stdout.Len()+out.stderr.Len() > maxOutput:
			return nil, errTooMuch
		case done:
			out.exit = exit
			return out, nil
		}
	}
}

// end gives the command back to the host. What cannot be given back ends with its
// shell, so its error says nothing.
func (c *conversation) end(ctx context.Context) {
	if c.command == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	_, _ = c.post(ctx, winrm.NewSignalRequest(c.url, c.id, c.command, c.parameters))
}
