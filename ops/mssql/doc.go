// Package mssql is the console's way to SQL Server: every line of T-SQL that
// it sends, over go-mssqldb, and the classes of what comes back as an error.
//
// It stands beside ops/mgmt under the engine: procedures ask it to read one
// instance or to make the actions that change one, and it answers in the terms
// of ops/status, ops/chain and ops/fault. It knows nothing of steps, of the
// journal or of the screen.
//
// One Server is one instance, reached directly and never through a failover
// partner. It keeps its connections apart: a small pool that only reads, one
// connection that changes things, one per application lock. So a restore that
// runs for an hour never keeps the panel from being drawn.
package mssql
