// Package world is the simulated site of the lab: SQL Server instances whose
// databases are states over a transaction log, backups as real files in real
// folders, log shipping jobs and chat traffic on a virtual clock, mirroring,
// sessions, and the Persistent Chat pool. What a SQL Server refuses it refuses
// with the same number.
//
// It is the bottom of the lab: ops/lab/tsql evaluates statements against the
// Host that Login gives, ops/lab/windows runs cmdlets and file work against
// the World as its Estate, and the protocol servers stand in front of those.
// It knows nothing of the console.
package world
