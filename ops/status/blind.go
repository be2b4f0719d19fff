package status

import (
	"pchatops/ops/fault"
)

// Blind is something that was asked and not learned, for want of a login, a
// secret, a right or trust: nothing is wrong with it as far as anybody knows,
// and nothing is known to be right.
type Blind struct {
	What string `json:"what"`
	Why  string `json:"why"`
	Do   string `json:"do,omitempty"`
}

// Blinds lists what a snapshot could not learn.
func Blinds(s *Snapshot) (out []Blind) {
	add := func(what string, err *fault.Error) {
		if unlearned(err) {
			out = append(out, Blind{What: what, Why: trouble(err), Do: err.Do})
		}
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if n.Life.Verdict != Dead {
			add(n.Address, n.Err)
		}
		if err := n.Second.Err; !n.Reachable && unlearned(err) {
			out = append(out, Blind{What: n.Address + " from the second place", Why: trouble(err), Do: err.Do})
		}
		if n.Reachable {
			out = append(out, kept(n)...)
		}
	}
	add("pool "+s.Pool.FQDN, s.Pool.Err)
	add("backup share", s.Share.Err)
	if s.Share.Err == nil {
		add("copy folder", s.Share.CopyErr)
	}
	return out
}

// kept is what a server that answers does not tell the console's login.
func kept(n *Node) (out []Blind) {
	const do = "give the console's login the sysadmin role there"
	if len(n.Facts.Unread) > 0 {
		out = append(out, Blind{What: n.Address, Why: "it does not tell everything: " + fault.Said(n.Facts.Unread...), Do: do})
	}
	if !n.Facts.Sysadmin {
		out = append(out, Blind{What: n.Address, Why: "the login is not sysadmin, so its mirroring columns prove nothing", Do: do})
	}
	return out
}

// unlearned tells what could not be read from what is merely silent: whatever has
// answered may know, and does not tell the console. That nobody answers is no want
// of a login, a secret or a right, and is told of the server itself.
func unlearned(err *fault.Error) bool {
	switch {
	case err == nil:
		return false
	case err.Reach.Landed(), err.Reach == fault.NoName:
		return true
	}
	switch err.Class {
	case fault.Unreachable, fault.Timeout, fault.Lost:
		return false
	default:
		return true
	}
}

// wanting reports whether the console itself lacks something.
func wanting(err *fault.Error) bool {
	if err == nil {
		return false
	}
	switch err.Class {
	case fault.Login, fault.Permission, fault.Config, fault.Certificate:
		return true
	default:
		return false
	}
}
