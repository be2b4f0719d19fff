package status

import (
	"cmp"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// The words of a server, the same on every face. DOWN is only what is proved.
const (
	Asking    = "ASKING" // not asked yet
	Up        = "UP"
	Down      = "DOWN"
	NoAnswer  = "NO ANSWER"
	Disputed  = "DISPUTED" // one place reaches it, another does not
	NoMirror  = "NO MIRROR"
	NoChat    = "NO DATABASE"
	Principal = "PRINCIPAL"
	MirrorOf  = "MIRROR"
	Standby   = "STANDBY"
)

// Word is the state of a node, in one word or two.
func (n *Node) Word() string {
	switch {
	case n.Asked.IsZero():
		return Asking
	case !n.Reachable:
		return n.silent()
	}
	return n.Holds()
}

// Holds is the state of what a node holds, as it told last.
func (n *Node) Holds() string {
	d, m := n.Facts.Database, n.Facts.Mirroring
	switch {
	case !n.Role.HoldsChat():
		return Up
	case !d.Exists && n.Role == site.SecondaryMirror:
		return NoMirror
	case !d.Exists:
		return NoChat
	case m.Configured && m.Role == MirrorOf:
		return MirrorOf
	case m.Configured && m.Role == Principal && d.Online():
		return Principal
	case d.Standby && d.Restoring():
		return Standby
	}
	return cmp.Or(d.State, "OF UNKNOWN STATE")
}

// silent is the word of a node that does not answer.
func (n *Node) silent() string {
	switch {
	case n.Life.Verdict == Dead:
		return Down
	case n.Life.Disputed:
		return Disputed
	}
	return refusal(n.Err)
}

// refusal tells who merely refuses the console from who does not answer.
func refusal(err *fault.Error) string {
	if err == nil {
		return NoAnswer
	}
	if err.Reach == fault.NotUnderstood && err.Class != fault.Certificate {
		return "NOT SPOKEN" // it answers, and not as a SQL Server that may be logged in to
	}
	switch err.Class {
	case fault.Login:
		return "NO LOGIN"
	case fault.Config:
		return "NO SECRET"
	case fault.Permission:
		return "NO RIGHT"
	case fault.Certificate:
		return "CERTIFICATE"
	case fault.Timeout, fault.Unreachable, fault.Lost:
		return NoAnswer
	default:
		return "ERROR"
	}
}

// Word is the state of the pool, in one word or two.
func (p *Pool) Word() string {
	switch {
	case p.Asked.IsZero():
		return Asking
	case p.Err != nil:
		return refusal(p.Err)
	case p.Answered.IsZero():
		return NoAnswer
	case p.State == "FailedOver":
		return "FAILED OVER"
	}
	return strings.ToUpper(p.State)
}
