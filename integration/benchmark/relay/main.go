// Relay runs a program and copies what it prints: the least that a Go program
// does which asks another one. With what the other one takes it is the floor of
// an answer from pass.
//
//	relay PROGRAM [ARGUMENT...]
package main

import (
	"os"
	"os/exec"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin = os.Stdin
	out, err := cmd.Output()
	if err == nil {
		_, err = os.Stdout.Write(out)
	}
	if err != nil {
		os.Exit(1)
	}
}
