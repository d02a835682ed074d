// The Go runtime need not follow how many processors it may use: that takes a
// goroutine and a look at the system in every process, and these live for
// milliseconds.
//
//go:debug updatemaxprocs=0

// Keyglot keeps credentials in one safe store and answers every tool's
// credential-helper protocol from it.
package main

import (
	"os"

	"keyglot/backends"
	"keyglot/helper/cli"
	"keyglot/protocol"
)

func main() { os.Exit(cli.Main(cli.System(), protocol.All(), backends.All(), backends.Sources)) }
