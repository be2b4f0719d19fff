package wsman

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/wsman/ntlm"
)

// CommandLine is what a client asks to be run.
type CommandLine struct {
	Command string
	Args    []string
	User    string // who logged on: LITWARE\ops
}

// Runner runs command lines. It ends soon after ctx does.
type Runner interface {
	Exec(ctx context.Context, line CommandLine, stdin io.Reader, stdout, stderr io.Writer) (exit int)
}

// Server is the WinRM service of one simulated host. Its fields are set before
// Serve and not changed afterwards.
type Server struct {
	Names  ntlm.Names
	Users  func(user, domain string) (password string, ok bool)
	Runner Runner

	TLS              *tls.Config // nil: plain HTTP
	Basic            bool        // Basic logon is offered (always next to Negotiate)
	AllowUnencrypted bool        // plain HTTP may carry messages that are not sealed
	Limits           Limits
	Tap              *faults.Tap // decides what becomes of each operation

	shells shells
}

// Limits are the service's quotas; zero means Windows Server 2012's default.
type Limits struct {
	ShellsPerUser     int           // 30
	OperationsPerUser int           // 1500
	Idle              time.Duration // 2 h
	Operation         time.Duration // longest time that a request is held: 60 s
	Envelope          int           // bytes of a message: 500 KiB
}

func (l Limits) orDefault() Limits {
	if l.ShellsPerUser == 0 {
		l.ShellsPerUser = 30
	}
	if l.OperationsPerUser == 0 {
		l.OperationsPerUser = 1500
	}
	if l.Idle == 0 {
		l.Idle = 2 * time.Hour
	}
	if l.Operation == 0 {
		l.Operation = time.Minute
	}
	if l.Envelope == 0 {
		l.Envelope = 500 << 10
	}
	return l
}

// Serve answers on ln until ctx ends. When it returns, nothing of it runs any
// more and ln is closed.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if s.TLS != nil {
		ln = tls.NewListener(ln, s.TLS)
	}
	var connections sync.WaitGroup
	server := &http.Server{
		Handler: http.HandlerFunc(s.serve),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				connections.Add(1)
			case http.StateClosed:
				connections.Done()
			default:
			}
		},
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, logonKey{}, &logon{})
		},
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          quiet,
		Protocols:         onlyHTTP1(),
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	err := server.Serve(ln)
	if stop() {
		_ = server.Close()
	}
	connections.Wait()
	s.shells.clear()
	s.shells.processes.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// CloseShells ends every shell with the processes in it, as a restart of the
// service or of the host does.
func (s *Server) CloseShells() { s.shells.clear() }

// onlyHTTP1 because a logon belongs to a connection that carries one request
// at a time.
func onlyHTTP1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}
