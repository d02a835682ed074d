package backendtest

import "os/exec"

// descendants knows of none: what runs here starts no programs.
func descendants(*exec.Cmd) (wait func() error, err error) { return func() error { return nil }, nil }
