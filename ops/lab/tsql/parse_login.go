package tsql

import "strings"

// alterLogin parses ALTER LOGIN name ENABLE | DISABLE | WITH options.
func (p *parser) alterLogin(at line) stmt {
	s := &loginStmt{line: at, change: LoginChange{Login: p.name()}}
	switch {
	case p.take("ENABLE"):
		s.change.Enable = new(true)
	case p.take("DISABLE"):
		s.change.Enable = new(false)
	default:
		p.need("WITH")
		for {
			p.loginOption(s)
			if !p.take(",") {
				break
			}
		}
	}
	return s
}

// loginOption parses one option of ALTER LOGIN. What the policy of passwords
// says is taken and has no effect.
func (p *parser) loginOption(s *loginStmt) {
	t := p.peek()
	switch name := strings.ToUpper(t.text); name {
	case "PASSWORD":
		p.next()
		p.need("=")
		s.change.Password = new(p.needString())
		for {
			switch {
			case p.take("OLD_PASSWORD"):
				p.need("=")
				s.change.OldPassword = p.needString()
			case p.take("MUST_CHANGE"), p.take("UNLOCK"):
			default:
				return
			}
		}
	case "NAME":
		p.next()
		p.need("=")
		s.change.Name = p.name()
	case "DEFAULT_DATABASE", "DEFAULT_LANGUAGE", "CHECK_POLICY", "CHECK_EXPIRATION":
		p.next()
		p.need("=")
		if v := p.next(); v.kind != tokenWord && !v.name() {
			p.fail()
		}
	default:
		p.fail()
	}
}

// needString consumes a string literal.
func (p *parser) needString() string {
	if p.peek().kind != tokenString {
		p.fail()
	}
	return p.next().text
}

// alterRole parses ALTER SERVER ROLE role ADD | DROP MEMBER login.
func (p *parser) alterRole(at line) stmt {
	s := &roleStmt{line: at, role: p.name(), add: p.peek().is("ADD")}
	p.needOne("ADD", "DROP")
	p.need("MEMBER")
	s.member = p.name()
	return s
}
