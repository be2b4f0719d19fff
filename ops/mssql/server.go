package mssql

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"pchatops/ops/lease"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// AppName is the program name of every connection that the console opens.
// Together with host and process id it tells the console's own sessions from
// those that have to be ended.
const AppName = "pchatops"

const readers = 3 // connections of the read pool

// Config says which instance a Server stands for.
type Config struct {
	Instance site.Instance
	Database string // the database of the site, normally mgc
	// Site is the instance's, which knows the names of the others; nil: whoever
	// answers is taken for the instance.
	Site    *site.Site
	Secrets Secrets
	// Run names who changes things; a run of its own when zero.
	Run lease.Run
	// Gone knows that a process has ended; nil: of none is that known.
	Gone func(lease.Process) bool
	// Connect bounds one attempt to connect, from name lookup to login; 15
	// seconds when zero.
	Connect time.Duration
	// Dial opens a connection; nil: on the network of this machine.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Secrets resolves the reference of a credential. It is asked before the first
// connection, and again only while that fails.
type Secrets interface {
	Resolve(context.Context, site.Credential) (site.Secret, error)
}

// Server is one SQL Server instance. Its methods may be called concurrently.
type Server struct {
	instance site.Instance
	site     *site.Site
	database string
	gate     *gate
	reads    *sql.DB
	writer   *writer
	run      lease.Run
	gone     func(lease.Process) bool
	errands  *errands
	pace     pace
	// known is the newest row of the restore history that a reading of the status
	// has seen: the database's, or negative where it had none, the newest of all.
	known atomic.Int64
}

var (
	_ procedures.Instance       = (*Server)(nil)
	_ procedures.ShippingServer = (*Server)(nil)
)

// pace holds the times of a Server's own waiting.
type pace struct {
	progress time.Duration // between two looks at a running statement
	silence  time.Duration // without any sign of life, a running statement is given up
	deaf     time.Duration // as long where the server takes connections and answers nothing
	settle   time.Duration // between two looks at a state that is about to change
	patience time.Duration // for a read, or for a change that should be quick
	grace    time.Duration // for the server to confirm a cancelled read
	extended time.Duration // for what an extended procedure tells
	knock    time.Duration // without an answer, whether the server still takes connections is tried
}

// New makes the Server of one instance. It connects when it is first used.
func New(c Config) *Server {
	if c.Connect <= 0 {
		c.Connect = 15 * time.Second
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{KeepAliveConfig: alive}).DialContext
	}
	if c.Run == (lease.Run{}) {
		c.Run = lease.NewRun(lease.Process{}, rand.Text())
	}
	s := &Server{
		instance: c.Instance,
		site:     c.Site,
		database: c.Database,
		run:      c.Run,
		gone:     c.Gone,
		gate:     newGate(c),
		errands:  newErrands(),
		pace: pace{
			progress: 500 * time.Millisecond, // so that a second never passes without a sign
			silence:  2 * time.Minute,
			deaf:     30 * time.Minute,
			settle:   250 * time.Millisecond,
			patience: 2 * time.Minute,
			grace:    500 * time.Millisecond,
			extended: 5 * time.Second,
			knock:    4 * time.Second,
		},
	}
	s.reads = sql.OpenDB(connector{gate: s.gate, retry: true})
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	s.writer = newWriter(s)
	return s
}

// dedicated opens a pool of one connection that is never lent twice: what is
// given back is closed, so no two uses share a session.
func (s *Server) dedicated() *sql.DB {
	db := sql.OpenDB(connector{gate: s.gate})
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(0)
	return db
}

// Address gives the instance as the operator knows it.
func (s *Server) Address() string { return s.instance.Address() }

// Close ends all connections. It waits for a statement that is still changing
// something; who does not want to wait aborts that first (ErrAbort).
func (s *Server) Close() error {
	s.errands.close()
	return errors.Join(s.writer.close(), s.reads.Close())
}
