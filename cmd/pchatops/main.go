//go:debug x509negativeserial=1
//go:debug tlsrsakex=1
//go:debug tls3des=1
//go:debug tlssha1=1

// Command pchatops carries Persistent Chat through a disaster: a full-screen
// console on its failover, and the same without a screen.
//
// Old SQL Servers (2008 R2 to 2014 without their TLS 1.2 updates) make
// certificates and handshakes that Go refuses by default. The console has to
// reach them on the worst day of the year, so these are accepted again; which
// TLS version a connection may fall to is still set per instance (tlsmin).
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"charm.land/fang/v2"
)

// Set by the release build.
var version, commit = "dev", ""

func main() { os.Exit(start()) }

func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := fang.Execute(ctx, root(), fang.WithVersion(version), fang.WithCommit(commit),
		fang.WithErrorHandler(printError), fang.WithoutManpage())
	return codeOf(ctx, err)
}
