package fault

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
)

// Reach says how far an attempt to ask a server came before it failed. Whether a
// server is dead is decided from it, never from a text.
type Reach string

// The reaches, from the shortest to the longest. The zero value says nothing.
const (
	NoName        Reach = "no-name"        // the name could not be resolved: nothing is known of the server
	NoRoute       Reach = "no-route"       // the network knows no way there
	NoAnswer      Reach = "no-answer"      // nobody answered the SYN
	Closed        Reach = "refused"        // the host answered, and nothing listens
	Opened        Reach = "opened"         // the connection was made, and nothing was said on it
	Accepted      Reach = "accepted"       // the connection was accepted; then silence or a reset
	NotUnderstood Reach = "not-understood" // the answer to TLS or pre-login makes no sense
	TurnedAway    Reach = "login-refused"  // the server answered the login, and refused it
	LoggedIn      Reach = "logged-in"      // logged in; the query stayed unanswered
)

// Landed reports whether something at the server's address took the connection.
func (r Reach) Landed() bool {
	switch r {
	case Opened, Accepted, NotUnderstood, TurnedAway, LoggedIn:
		return true
	default:
		return false
	}
}

// Silent reports whether nothing came back at all: no route, or no answer to SYN.
func (r Reach) Silent() bool { return r == NoRoute || r == NoAnswer }

// String says it in the words of the field.
func (r Reach) String() string {
	switch r {
	case NoName:
		return "the name cannot be resolved"
	case NoRoute:
		return "no route"
	case NoAnswer:
		return "no answer to SYN"
	case Closed:
		return "connection refused"
	case Opened:
		return "the connection is accepted"
	case Accepted:
		return "the connection was accepted, then silence or a reset"
	case NotUnderstood:
		return "the answer to TLS or pre-login is not understood"
	case TurnedAway:
		return "the login was refused"
	case LoggedIn:
		return "logged in, but the query was not answered"
	default:
		return "nothing is known"
	}
}

// ReachOf gives how far the attempt behind an error came; "" where it does not say.
func ReachOf(err error) Reach {
	var f *Error
	if errors.As(err, &f) {
		return f.Reach
	}
	return ""
}

// DialReach tells from the error of a dial how far it came. A dial that was
// called off by its caller says nothing.
func DialReach(err error) Reach {
	var name *net.DNSError
	var number syscall.Errno
	var late net.Error
	switch {
	case errors.As(err, &name):
		return NoName
	case errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &number):
		return errnoReach(number)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return NoAnswer
	}
	return ""
}

func errnoReach(n syscall.Errno) Reach {
	switch n {
	case syscall.ECONNREFUSED:
		return Closed
	case syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN:
		return NoRoute
	case syscall.ETIMEDOUT:
		return NoAnswer
	case syscall.ECONNRESET:
		return Accepted
	default:
		return WinsockReach(int(n))
	}
}

// WinsockReach tells it from a socket error of Windows.
func WinsockReach(number int) Reach {
	switch number {
	case 11001, 11002, 11003, 11004: // WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA
		return NoName
	case 10061: // WSAECONNREFUSED
		return Closed
	case 10051, 10064, 10065: // WSAENETUNREACH, WSAEHOSTDOWN, WSAEHOSTUNREACH
		return NoRoute
	case 10060: // WSAETIMEDOUT
		return NoAnswer
	case 10054: // WSAECONNRESET
		return Accepted
	}
	return ""
}
