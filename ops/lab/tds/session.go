package tds

import (
	"context"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/tsql"
)

// login runs pre-login, TLS and login. closed, when not nil, ends what the
// login has opened; ok is false when the connection is to end.
func (c *conn) login(ctx context.Context, disconnect func()) (closed func(), ok bool) {
	m, err := readMessage(c.nc, maxLoginMessage)
	if err != nil {
		return nil, false
	}
	all := false
	if m.kind == packetPrelogin {
		if m, all, err = c.prelogin(ctx, m); err != nil {
			return nil, false
		}
	}
	if m.kind != packetLogin {
		return nil, false
	}
	l, err := parseLogin(m.body)
	if err != nil {
		return nil, false
	}
	if l.newPassword {
		c.refuse(tsql.Unplayed("Changing a password at login"), l.User)
		return nil, false
	}
	l.Address, l.Encrypted, l.Disconnect = c.nc.RemoteAddr(), all, disconnect
	c.protocol = c.server.protocol(l.protocol)
	if l.sspi != nil {
		refused, err := c.integrated(&l)
		if refused != nil {
			c.refuse(refused, l.User)
		}
		if refused != nil || err != nil {
			return nil, false
		}
	}
	v := c.server.Tap.Judge(c.server.Name, faults.SQL, c.nc.RemoteAddr().String(), func() string { return "login" })
	patience, enough := context.WithTimeout(ctx, loginTime) // nobody listens for the client's end meanwhile
	defer enough()
	if !v.Wait(patience) || v.Fate == faults.CutBefore {
		return nil, false
	}
	host, closed, refused := c.server.Authenticate(ctx, l)
	switch {
	case v.Fate == faults.CutAfter, v.Fate == faults.CutMiddle, v.Fate == faults.StallAfter && !v.Released(patience):
		return closed, false
	case refused != nil:
		c.refuse(refused, l.User)
		return closed, false
	}
	return closed, c.welcome(l, host) == nil
}

// noSuchDatabase says that the database of a login cannot be opened; that the
// login has failed for it follows in a message of its own.
const noSuchDatabase = 4060

// refuse answers a login that failed.
func (c *conn) refuse(err *tsql.Error, user string) {
	r := c.reply(c.rw)
	r.Message(err)
	if err.Number == noSuchDatabase {
		r.Message(&tsql.Error{Number: 18456, State: 1, Class: 14, Message: "Login failed for user '" + user + "'."})
	}
	_ = r.finish(0)
}

// prelogin agrees on encryption and reads the login that follows. With
// encryption of the login only, the connection is in the clear again after it.
func (c *conn) prelogin(ctx context.Context, m message) (login message, all bool, err error) {
	client, err := preloginEncryption(m.body)
	if err != nil {
		return m, false, err
	}
	answer, encrypted, all := c.server.agree(client)
	w := newPacketWriter(c.nc, packetReply)
	_, _ = w.Write(c.server.preloginReply(answer))
	if err := w.end(); err != nil {
		return m, false, err
	}
	in := c.rw
	if encrypted {
		if in, err = c.server.encrypt(ctx, c.nc); err != nil {
			return m, false, err
		}
	}
	if all {
		c.rw = in
	}
	login, err = readMessage(in, maxLoginMessage)
	return login, all, err
}

// welcome accepts the login and begins the session.
func (c *conn) welcome(l Login, host tsql.Host) error {
	c.host, c.session = host, tsql.NewSession(host)
	c.spid, c.database = host.SPID(), host.Database()
	r := c.reply(c.rw)
	e := r.encoder()
	e.envText(envDatabase, c.database, "master")
	if c.server.Partner != nil {
		if partner := c.server.Partner(c.database); partner != "" {
			e.envText(envPartner, partner, "")
		}
	}
	e.message(&tsql.Error{Number: 5701, State: 2, Message: "Changed database context to '" + c.database + "'."}, c.server.Name)
	e.envBytes(envCollation, collation, nil)
	e.envText(envLanguage, "us_english", "")
	e.message(&tsql.Error{Number: 5703, State: 1, Message: "Changed language setting to us_english."}, c.server.Name)
	e.loginAck(c.server)
	size := defaultPacketSize
	if l.packetSize > 0 {
		size = min(max(l.packetSize, minPacketSize), maxPacketSize)
	}
	e.packetSize(size, defaultPacketSize)
	r.write(e)
	if err := r.finish(0); err != nil {
		return err
	}
	c.packetSize = size
	return nil
}
