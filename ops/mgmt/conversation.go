package mgmt

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

const (
	// envelopeSize is what the console accepts in one reply. 2008 R2 allows no more.
	envelopeSize = 153600
	// chunk is how many bytes of standard input go into one message: twice
	// base64 and the envelope around it stay below envelopeSize.
	chunk = 90_000
	// maxOutput bounds what a command may write.
	maxOutput = 32 << 20
	// farewell bounds tidying up after a command.
	farewell = 5 * time.Second
)

var (
	errTooMuch = errors.New("the command wrote more than the console takes")
	errNoID    = errors.New("the host answered without a usable shell or command id")
	// identifier is what a shell or command id may look like; it goes into the
	// next message.
	identifier = regexp.MustCompile(`^[0-9A-Za-z{}:-]{1,100}$`)
)

// output is what a command wrote and how it ended.
type output struct {
	stdout, stderr bytes.Buffer
	exit           int
}

// conversation runs one command in a shell of its own. It drives the message
// builders and parsers of masterzen/winrm one message at a time rather than its
// Command, which asks without pause where the host answers with a fault, cannot
// be cancelled while a request runs, and needs a goroutine per stream.
type conversation struct {
	wire       wire
	url        string
	parameters *winrm.Parameters
	shell      string
	command    string
}

func newConversation(w wire, url string) *conversation {
	return &conversation{wire: w, url: url, parameters: winrm.NewParameters(operationTimeout, "en-US", envelopeSize)}
}

// run starts the command line, feeds it and reads it to its end.
func (c *conversation) run(ctx context.Context, line string, stdin []byte) (*output, error) {
	answer, err := c.post(ctx, winrm.NewOpenShellRequest(c.url, c.parameters))
	if err != nil {
		return nil, err
	}
	if c.shell, err = usable(winrm.ParseOpenShellResponse(answer)); err != nil {
		return nil, err
	}
	answer, err = c.post(ctx, winrm.NewExecuteCommandRequest(c.url, c.shell, line, nil, c.parameters))
	if err != nil {
		return nil, err
	}
	if c.command, err = usable(winrm.ParseExecuteCommandResponse(answer)); err != nil {
		return nil, err
	}
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
		if _, err := c.post(ctx, winrm.NewSendInputRequest(c.url, c.shell, c.command, part, last, c.parameters)); err != nil || last {
			return err
		}
	}
}

// receive collects output until the command is done. A host without news says
// so after operationTimeout and is asked again, until ctx ends.
func (c *conversation) receive(ctx context.Context) (*output, error) {
	out := &output{}
	for {
		answer, err := c.post(ctx, winrm.NewGetOutputRequest(c.url, c.shell, c.command, "stdout stderr", c.parameters))
		var fault *wsFault
		if errors.As(err, &fault) && fault.code == nothingYet {
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

// end gives shell and command back to the host. What cannot be given back ends
// by the host's own idle time-out, so its error says nothing.
func (c *conversation) end() {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if c.command != "" {
		_, _ = c.post(ctx, winrm.NewSignalRequest(c.url, c.shell, c.command, c.parameters))
	}
	if c.shell != "" {
		_, _ = c.post(ctx, winrm.NewDeleteShellRequest(c.url, c.shell, c.parameters))
	}
}

// post sends one message and lets only a sound reply through.
func (c *conversation) post(ctx context.Context, message *soap.SoapMessage) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	answer, err := c.wire.post(ctx, []byte(message.String()))
	if err == nil && ctx.Err() != nil {
		// What a host says to a connection that is being given up is no answer.
		err = ctx.Err()
	}
	if err != nil {
		return "", err
	}
	return guard(answer)
}

// usable checks an id that the host chose.
func usable(id string, err error) (string, error) {
	if err != nil {
		return "", errNotSOAP
	}
	if !identifier.MatchString(id) {
		return "", errNoID
	}
	return id, nil
}
