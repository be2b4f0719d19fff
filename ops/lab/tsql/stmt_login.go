package tsql

import "context"

// LoginChange is ALTER LOGIN; what is nil or empty stays as it is.
type LoginChange struct {
	Login       string
	Enable      *bool
	Password    *string
	OldPassword string
	Name        string
}

// Principals is what a Host may implement too: logins and their membership of
// server roles.
type Principals interface {
	AlterLogin(c LoginChange) *Error
	AlterRole(role, member string, add bool) *Error
	DropLogin(name string) *Error
}

type loginStmt struct {
	line
	change LoginChange
}

func (s *loginStmt) run(_ context.Context, f *frame) (flow, *Error) {
	return f.principal(func(p Principals) *Error { return p.AlterLogin(s.change) })
}

type roleStmt struct {
	line
	role, member string
	add          bool
}

func (s *roleStmt) run(_ context.Context, f *frame) (flow, *Error) {
	return f.principal(func(p Principals) *Error { return p.AlterRole(s.role, s.member, s.add) })
}

type dropLoginStmt struct {
	line
	name string
}

func (s *dropLoginStmt) run(_ context.Context, f *frame) (flow, *Error) {
	return f.principal(func(p Principals) *Error { return p.DropLogin(s.name) })
}

// principal changes a server principal, where the host has any.
func (f *frame) principal(change func(Principals) *Error) (flow, *Error) {
	p, ok := f.s.host.(Principals)
	if !ok {
		return goOn, refuse(15247, "User does not have permission to perform this action.")
	}
	err := change(p)
	if err == nil {
		f.done(-1)
	}
	return goOn, err
}
