package mgmt

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

const (
	// envelopeSize is what the console accepts in one reply. 2008 R2 allows no more.
	envelopeSize = 153600
	// farewell bounds what is done beside the calls: opening a shell beforehand,
	// and giving back what was used.
	farewell = 5 * time.Second
	// parting bounds the same once the console ends.
	parting = time.Second
)

var (
	errNoID = errors.New("the host answered without a usable shell or command id")
	// identifier is what a shell or command id may look like; it goes into the
	// next message.
	identifier = regexp.MustCompile(`^[0-9A-Za-z{}:-]{1,100}$`)
)

// remote is a shell on a host, in which commands run one after the other.
type remote struct {
	wire       wire
	url        string
	parameters *winrm.Parameters
	id         string // "": not opened
	commands   int    // run in it so far
}

func newRemote(w wire, url string) *remote {
	return &remote{wire: w, url: url, parameters: winrm.NewParameters(operationTimeout, "en-US", envelopeSize)}
}

func (r *remote) open(ctx context.Context) error {
	answer, err := r.send(ctx, opening(r.url, r.parameters))
	if err != nil {
		return err
	}
	r.id, err = usable(winrm.ParseOpenShellResponse(answer))
	return err
}

// idleTime is after how long without a request a host ends a shell that a console
// has left behind: longer than one is kept or asked for news of a command in it, and
// no longer than 2008 R2 would keep one anyway.
const idleTime = "PT180.000S"

// opening asks for a shell that ends by itself soon after its console. The library
// has no word for that.
func opening(url string, p *winrm.Parameters) string {
	const end = "</rsp:Shell>"
	return strings.Replace(winrm.NewOpenShellRequest(url, p).String(), end, "<rsp:IdleTimeOut>"+idleTime+"</rsp:IdleTimeOut>"+end, 1)
}

// giveBack ends the shell on the host. One that cannot be given back ends by its
// idle time.
func (r *remote) giveBack(ctx context.Context) {
	if r.id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	_, _ = r.post(ctx, winrm.NewDeleteShellRequest(r.url, r.id, r.parameters))
}

// post sends one message and lets only a sound reply through.
func (r *remote) post(ctx context.Context, message *soap.SoapMessage) (string, error) {
	return r.send(ctx, message.String())
}

func (r *remote) send(ctx context.Context, message string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	answer, err := r.wire.post(ctx, []byte(message))
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

// vanished reports that the host does not know a shell any more.
func vanished(err error) bool {
	var fault *wsFault
	return errors.As(err, &fault) && fault.code == noSuchShell
}
