// Package tsql is the lab's own T-SQL: lexer, parser and evaluator over a Host
// that holds the data. It matches no statement by its text and shares no code
// with the console.
package tsql

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Error is an error or message as SQL Server sends it.
type Error struct {
	Number  int32
	State   uint8
	Class   uint8 // severity; 0..10 is information
	Message string
	Proc    string
	Line    int32
}

// Error gives "Msg 4305, Level 16, State 1, Line 1: …".
func (e *Error) Error() string {
	return fmt.Sprintf("Msg %d, Level %d, State %d, Line %d: %s", e.Number, e.Class, e.State, e.Line, e.Message)
}

// Kind is the type of a column or parameter, by its T-SQL name.
type Kind uint8

// The kinds the lab can hold. A Go value of a kind is the type in the comment;
// nil is NULL.
const (
	NVarChar         Kind = iota // string
	Int                          // int64
	BigInt                       // int64
	SmallInt                     // int64
	TinyInt                      // int64
	Bit                          // bool
	DateTime                     // time.Time (wall clock of the server, zone ignored)
	Numeric                      // string of digits (numeric(25,0) and (20,0))
	UniqueIdentifier             // [16]byte, text order (as printed)
	VarBinary                    // []byte
	Real                         // float64
	Float                        // float64
)

// Column describes a column. Size is characters (NVarChar, 0 = max) or precision (Numeric).
// Scale is the digits after the point (Numeric).
type Column struct {
	Name  string
	Kind  Kind
	Size  int
	Scale int
}

// Rows is a result set, or the content of a view.
type Rows struct {
	Columns []Column
	Values  [][]any
}

// Param is an argument or variable.
type Param struct {
	Name   string // with @; empty: by position
	Kind   Kind
	Size   int
	Value  any
	Output bool
}

// Sink takes what a statement sends while it runs. Errors with Class <= 10
// reach the client at once as info messages; higher ones as errors, and the
// statement ends by returning the last of them, which reaches the client once
// even when it was sent here too. Calls never keep the slices.
type Sink interface {
	Message(*Error)
	Rows(*Rows)
}

// Why the context of a running statement ended: context.Cause gives one of
// these, so that a host may let a BACKUP go on whose client has hung up.
var (
	ErrAttention    = errors.New("the client has cancelled the statement")
	ErrDisconnected = errors.New("the client's connection is gone")
	ErrKilled       = errors.New("the session was killed")
	ErrShutdown     = errors.New("the instance is going down")
)

// Waiter is what a Host may implement too: WAITFOR DELAY then takes the lab's
// time instead of real time. It returns early with the error of ctx.
type Waiter interface {
	Wait(ctx context.Context, d time.Duration) error
}

// Transactor is what a Host may implement too: it is told when the session's
// outermost transaction begins and ends, since locks may belong to it.
type Transactor interface {
	Begin()
	End()
}

// Mortal is what a Host may implement too: its session may end from the server's
// side, by KILL for instance. Whoever serves it is then told, too.
type Mortal interface {
	Ended() bool
}

// Waits is how a session waits for locks that others hold.
type Waits struct {
	Timeout  time.Duration // LOCK_TIMEOUT; negative: as long as it takes
	Priority int           // DEADLOCK_PRIORITY: LOW is -5, NORMAL 0
}

// LockWaiter is what a Host may implement too: it waits until no lock of another
// session keeps a view or a function from being read, or says why that has to end.
type LockWaiter interface {
	Await(ctx context.Context, name string, w Waits) *Error
}

// TableFunctions is what a Host may implement too: table-valued functions, by
// the parts of their name. Arguments of which nothing is known yet are nil: then
// only the columns matter. false: there is no such function (208).
type TableFunctions interface {
	Function(parts []string, args []any) (*Rows, *Error, bool)
}

// Host is one login session on one simulated instance: what statements act on.
// A Host is used by one batch at a time, but distinct Hosts act on one world
// at once. Every method checks the rights of the login and returns SQL
// Server's own error. Methods that take time honour ctx: its end is an
// attention (or the loss of the connection).
type Host interface {
	// SPID is the session id; Database the current database; Use changes it (911, 927, …).
	SPID() int
	Database() string
	Use(db string) *Error

	// View returns the rows of a catalog view, system table or user table that
	// SELECT may read; false: there is none (208). Names come as written, db
	// and schema empty when not given. A name is looked up case-insensitively.
	View(db, schema, name string) (*Rows, *Error, bool)

	// Scalar evaluates what depends on the server: @@VERSION, @@SERVERNAME,
	// SERVERPROPERTY, DB_ID, DB_NAME, IS_SRVROLEMEMBER, HAS_PERMS_BY_NAME,
	// GETDATE, GETUTCDATE, SYSDATETIME, SYSUTCDATETIME, SUSER_SNAME, HOST_NAME,
	// APP_NAME, DATABASEPROPERTYEX, …; false: unknown function (195).
	Scalar(name string, args []any) (any, Kind, *Error, bool)

	// HasProc tells whether a stored procedure exists (2812 when not).
	HasProc(db, schema, name string) bool
	// Call runs one. Output parameters come back in out, in any order; rc is
	// the return code. Missing, surplus or unknown parameters are refused with
	// 201, 8144, 8145.
	Call(ctx context.Context, db, schema, name string, args []Param, s Sink) (rc int, out []Param, err *Error)

	Backup(ctx context.Context, b Backup, s Sink) *Error
	Restore(ctx context.Context, r Restore, s Sink) *Error
	Kill(k Kill, s Sink) *Error
	Alter(ctx context.Context, a AlterDatabase, s Sink) *Error
	// Drop is DROP DATABASE of one database.
	Drop(database string) *Error

	// Insert and Delete act on user tables (mgc.dbo.tblChat) of an online
	// database, enough to count and to write chat by hand.
	Insert(db, schema, table string, columns []string, values [][]any) (int, *Error)
	Delete(db, schema, table string, match func(cols []Column, row []any) bool) (int, *Error)
}

// Backup is BACKUP DATABASE or BACKUP LOG with its variables resolved.
type Backup struct {
	Log      bool
	Database string
	Disks    []string
	With     Options
}

// Restore is any RESTORE statement with its variables resolved.
type Restore struct {
	What     string // DATABASE, LOG, HEADERONLY, FILELISTONLY, LABELONLY, VERIFYONLY
	Database string
	Disks    []string // empty: RESTORE DATABASE x WITH RECOVERY
	With     Options
}

// Options are WITH options: upper-case name to value ("" for a bare word).
// MOVE may repeat: its values are pairs.
type Options struct {
	Values map[string]string
	Move   [][2]string
}

// Has reports whether an option was given.
func (o Options) Has(name string) bool { _, ok := o.Values[name]; return ok }

// Kill is KILL n [WITH STATUSONLY].
type Kill struct {
	SPID       int
	StatusOnly bool
}

// AlterDatabase is ALTER DATABASE name MODIFY NAME = Rename, or else ALTER
// DATABASE name SET …: the words and values after SET,
// upper-cased outside quotes: ["PARTNER", "=", "TCP://…"], ["SINGLE_USER",
// "WITH", "ROLLBACK", "IMMEDIATE"].
type AlterDatabase struct {
	Database string
	Set      []string
	Rename   string
}
