// Package faults makes a good network bad: a Link stands in front of any
// server of the lab (SQL Server or WinRM) and delays, hangs, cuts or refuses
// its connections while it runs; an Authority issues the certificates that a
// client should and should not trust. A Tap shows each request
// to whoever decides what becomes of it. It knows no protocol.
package faults
