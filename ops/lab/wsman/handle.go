package wsman

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

const (
	// pieceOverhead and replyOverhead are what the XML around output takes.
	pieceOverhead = 160
	replyOverhead = 4 << 10
)

// request is one parsed message and who sent it.
type request struct {
	*envelope
	user, client string
	timeout      time.Duration
	limits       Limits
}

// handle carries out one message. The answer is nil when ctx ended first.
func (s *Server) handle(ctx context.Context, user, client string, soap []byte) (status int, answer []byte) {
	r := request{envelope: &envelope{}, user: user, client: client, limits: s.Limits.orDefault()}
	body, f := "", r.parse(soap)
	if f == nil {
		body, f = s.dispatch(ctx, r)
	}
	switch {
	case ctx.Err() != nil:
		return 0, nil
	case f != nil:
		return http.StatusInternalServerError, faultReply(s.Names.Computer, r.Header.MessageID, f)
	default:
		return http.StatusOK, reply(r.Header.Action+"Response", r.Header.MessageID, body)
	}
}

func (r *request) parse(soap []byte) *fault {
	if xml.Unmarshal(soap, r.envelope) != nil {
		*r.envelope = envelope{}
		return faultMalformed()
	}
	h := &r.Header
	h.Action, h.ResourceURI = strings.TrimSpace(h.Action), strings.TrimSpace(h.ResourceURI)
	if r.Body == nil {
		return faultBody()
	}
	r.timeout = r.limits.Operation
	if h.Timeout != nil {
		d, ok := duration(*h.Timeout)
		if !ok {
			return faultTimeoutHeader()
		}
		r.timeout = min(d, r.timeout)
	}
	return nil
}

func (s *Server) dispatch(ctx context.Context, r request) (body string, f *fault) {
	if uri := r.Header.ResourceURI; uri != resourceCmd && uri != resourceShell {
		return "", faultResource(uri)
	}
	if r.Header.Action == actionCreate {
		return s.create(r)
	}
	operations := map[string]func(context.Context, request, *shell) (string, *fault){
		actionDelete: s.delete, actionGet: s.get, actionCommand: s.command,
		actionSend: s.send, actionReceive: s.receive, actionSignal: s.signal,
	}
	operation := operations[r.Header.Action]
	if operation == nil {
		return "", faultAction(r.Header.Action)
	}
	sh, done, f := s.shells.use(r.shellID())
	if f != nil {
		return "", f
	}
	defer done()
	return operation(ctx, r, sh)
}

func (s *Server) create(r request) (string, *fault) {
	if r.Body.Shell == nil {
		return "", faultBody()
	}
	idle := r.limits.Idle
	if asked := r.Body.Shell.IdleTimeout; asked != "" {
		d, ok := duration(asked)
		if !ok || d <= 0 {
			return "", faultParameter()
		}
		idle = min(d, idle)
	}
	sh, f := s.shells.create(r.user, r.client, idle, r.limits.ShellsPerUser)
	if f != nil {
		return "", f
	}
	return createdBody(sh, sh.born), nil
}

func (s *Server) delete(_ context.Context, _ request, sh *shell) (string, *fault) {
	s.shells.delete(sh)
	return "", nil
}

func (s *Server) get(_ context.Context, _ request, sh *shell) (string, *fault) {
	return shellBody(sh, time.Now()), nil
}

func (s *Server) command(_ context.Context, r request, sh *shell) (string, *fault) {
	if r.Body.Command == nil || strings.TrimSpace(r.Body.Command.Command) == "" {
		return "", faultBody()
	}
	process, end := context.WithCancel(context.Background()) // it outlives this request
	c := newCommand(end)
	line := CommandLine{Command: r.Body.Command.Command, Args: r.Body.Command.Arguments, User: r.user}
	if f := s.shells.start(sh, c, r.limits.OperationsPerUser, func() { c.run(process, s.Runner, line) }); f != nil {
		c.end()
		return "", f
	}
	return "<rsp:CommandResponse><rsp:CommandId>" + c.id + "</rsp:CommandId></rsp:CommandResponse>", nil
}

func (s *Server) send(_ context.Context, r request, sh *shell) (string, *fault) {
	if r.Body.Send == nil {
		return "", faultBody()
	}
	for _, p := range r.Body.Send.Streams {
		c, f := s.shells.command(sh, p.CommandID)
		if f != nil {
			return "", f
		}
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p.Data), ""))
		if err != nil || p.Name != "stdin" || !c.feed(data, strings.EqualFold(p.End, "true")) {
			return "", faultParameter()
		}
	}
	return "<rsp:SendResponse/>", nil
}

func (s *Server) receive(ctx context.Context, r request, sh *shell) (string, *fault) {
	if r.Body.Receive == nil {
		return "", faultBody()
	}
	c, f := s.shells.command(sh, r.Body.Receive.Desired.CommandID)
	if f != nil {
		return "", f
	}
	if c.over() {
		return "", faultNoCommand()
	}
	room := r.limits.Envelope
	if asked := r.Header.MaxEnvelope; asked > 0 {
		room = min(room, asked)
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	o, ok := c.receive(ctx.Done(), room-replyOverhead)
	switch {
	case !ok:
		return "", faultTimedOut()
	case o.aborted:
		return "", faultAborted()
	default:
		return outputBody(c.id, o), nil
	}
}

func (s *Server) signal(_ context.Context, r request, sh *shell) (string, *fault) {
	if r.Body.Signal == nil {
		return "", faultBody()
	}
	c, f := s.shells.command(sh, r.Body.Signal.CommandID)
	if f != nil {
		return "", f
	}
	code := strings.ToLower(r.Body.Signal.Code)
	switch code[strings.LastIndex(code, "/")+1:] {
	case "terminate":
		s.shells.forget(sh, c)
	case "ctrl_c", "ctrl_break":
	default:
		return "", faultParameter()
	}
	c.end()
	return "<rsp:SignalResponse/>", nil
}
