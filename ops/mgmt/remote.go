package mgmt

import (
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
	// farewell bounds what is done beside the calls: opening a shell beforehand,
	// and giving back what was used.
	farewell = 5 * time.Second
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
	answer, err := r.post(ctx, winrm.NewOpenShellRequest(r.url, r.parameters))
	if err != nil {
		return err
	}
	r.id, err = usable(winrm.ParseOpenShellResponse(answer))
	return err
}

// giveBack ends the shell on the host. One that cannot be given back ends by the
// host's own idle time-out.
func (r *remote) giveBack() {
	if r.id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_, _ = r.post(ctx, winrm.NewDeleteShellRequest(r.url, r.id, r.parameters))
}

// post sends one message and lets only a sound reply through.
func (r *remote) post(ctx context.Context, message *soap.SoapMessage) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	answer, err := r.wire.post(ctx, []byte(message.String()))
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
