//go:build !windows

package wincred

import "keyglot/helper"

func systemBackends() []helper.Backend { return nil }
