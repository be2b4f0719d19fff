package mssql

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// past ends every read and write of a connection at once.
var past = time.Unix(1, 0)

// alive finds a dead peer within about a minute and a half, so that a restore
// whose server has lost its power does not wait for ever.
var alive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 15 * time.Second, Count: 4}

// dialer makes the one connection of one attempt. It looks names up itself,
// because the driver would do that without a time limit, and it dials once: a
// server that answers "go to that other server" is not followed.
type dialer struct {
	host  string
	clear bool // the login may go in the clear
	dial  func(ctx context.Context, network, address string) (net.Conn, error)

	mu     sync.Mutex
	wire   net.Conn
	failed error // why the server did not accept
}

// HostName tells the driver to leave the name lookup to this dialer.
func (d *dialer) HostName() string { return d.host }

// DialContext is the driver's way to the network.
func (d *dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.dialled() {
		return nil, fmt.Errorf("the server sends the console on to %.200q, which is not followed", addr)
	}
	conn, err := d.dial(ctx, network, addr)
	if !strings.HasPrefix(network, "tcp") {
		return conn, err // SQL Server Browser's answer has the driver's own deadline
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.failed = err
		return nil, err
	}
	if d.wire = conn; !d.clear {
		d.wire = &sealed{Conn: conn}
	}
	if ctx.Err() != nil {
		_ = conn.SetDeadline(past) // expire came before there was a wire
	}
	return d.wire, nil
}

// dialled reports whether the server has accepted a connection.
func (d *dialer) dialled() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wire != nil
}

// outcome gives what came of the dial.
func (d *dialer) outcome() dial {
	d.mu.Lock()
	defer d.mu.Unlock()
	return dial{accepted: d.wire != nil, err: d.failed}
}

// expire ends what the attempt is waiting for.
func (d *dialer) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wire != nil {
		_ = d.wire.SetDeadline(past)
	}
}

func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wire != nil {
		_ = d.wire.Close() // the driver has mostly done so
	}
}
