package mssql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"runtime"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"
)

// connector opens the connections of one pool. The driver watches the context
// only while it dials and while it reads the answer to the login; here the
// whole way from name lookup to login ends with the context.
type connector struct {
	gate  *gate
	retry bool // database/sql may repeat a statement that it could not send
}

// session is a connection with the wire under it, so that a read whose time
// is over can be ended even when the server does not answer at all.
type session struct {
	*mssql.Conn
	wire net.Conn
}

// Driver is part of driver.Connector.
func (c connector) Driver() driver.Driver { return &mssql.Driver{} }

// Connect is part of driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.gate.connect)
	defer cancel()
	var s *session
	err := c.gate.pass(ctx, func(conf msdsn.Config) (err error) {
		conf.DisableRetry = !c.retry
		s, err = c.open(ctx, conf)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (c connector) open(ctx context.Context, conf msdsn.Config) (*session, error) {
	d := &dialer{host: conf.Host, clear: conf.Encryption == msdsn.EncryptionDisabled, dial: c.gate.dial}
	stop := context.AfterFunc(ctx, d.expire)
	conn, err := connect(ctx, conf, d)
	if err == nil && !stop() {
		err = ctx.Err() // the wire's time ran out just after the login
	}
	if err != nil {
		stop()
		d.close()
		return nil, c.gate.connectFault(ctx, d.outcome(), err)
	}
	if at, is := d.wire.RemoteAddr().(*net.TCPAddr); is {
		c.gate.port.Store(int32(at.Port)) //nolint:gosec // a port fits
	}
	return &session{Conn: conn, wire: d.wire}, nil
}

// connect runs the driver's part. What a hostile server sends may make the
// driver panic before it has a reader of its own; that is an error like any.
func connect(ctx context.Context, conf msdsn.Config, d *dialer) (conn *mssql.Conn, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the answer is not that of a SQL Server: %v", p)
			if _, trips := p.(runtime.Error); trips { // what it says is of the driver, and tells nothing of the server
				err = errors.New("the answer is not that of a SQL Server: it breaks the rules of TDS")
			}
		}
	}()
	inner := mssql.NewConnectorConfig(conf)
	inner.Dialer = d
	c, err := inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return c.(*mssql.Conn), nil
}
