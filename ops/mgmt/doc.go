// Package mgmt reaches the Windows hosts of the site over WinRM: the Management
// Shell for the pool, and the file system of the secondary's server. It is the
// only package that knows PowerShell.
//
// What runs on a host is one of the constant scripts in scripts/. A request
// travels to it as JSON on standard input, a secret on a line of its own, and
// one JSON object comes back; nothing is ever put into a command line
// (docs/fidelity.md states the contract). Short reads run in the shell that
// carries them. Everything that changes something runs as a detached job under
// an id that the console chose: it is started idempotently, polled, and
// survives the connection, the shell and the console.
//
// Layers, from the bottom: a wire posts one SOAP message (open.go, lane.go), the
// guard judges the reply (guard.go), a conversation runs one command
// (conversation.go), Host.Call runs one script (host.go), jobs are started and
// followed (job.go, follow.go), and Shell and Files are what the procedures see.
package mgmt
