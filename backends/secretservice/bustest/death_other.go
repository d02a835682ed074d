//go:build !linux

package bustest

import "syscall"

func withParent() *syscall.SysProcAttr { return nil }
