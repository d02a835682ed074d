package cli

import (
	"runtime/debug"
	"strings"
)

// stamped is set by the linker for released binaries.
var stamped string

// version is the release, or what the Go toolchain knows of the module.
func version() string {
	if stamped != "" {
		return stamped
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}
