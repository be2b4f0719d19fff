// Package probe watches the site: one goroutine and one deadline per server,
// so that a server that hangs delays nobody, a growing pause after failures,
// and an immutable status.Snapshot after every answer. It asks through small
// interfaces and never changes anything on a server.
package probe
