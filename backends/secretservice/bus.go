//go:build linux || freebsd

package secretservice

import (
	"context"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"keyglot/helper"
)

// The reasons why there is no bus (STO-31). The second and third are what the
// first would say falsely of a variable that is set.
var (
	errNoBus      = helper.Cause("no session bus (DBUS_SESSION_BUS_ADDRESS is unset and XDG_RUNTIME_DIR has no bus)", &helper.ErrUnavailable)
	errNoUnixBus  = helper.Cause("no session bus (DBUS_SESSION_BUS_ADDRESS names no unix socket and XDG_RUNTIME_DIR has no bus)", &helper.ErrUnavailable)
	errBusUnheard = helper.Cause("no session bus (nothing listens at DBUS_SESSION_BUS_ADDRESS)", &helper.ErrUnavailable)
)

// sessionBus lists where the session bus may listen, and what is said if it does so
// nowhere. Only unix sockets are followed: autolaunch: and unixexec: would start
// something, tcp: would leave the machine (SEC-77).
func sessionBus(getenv func(string) string) (names []string, silence error) {
	addresses := getenv("DBUS_SESSION_BUS_ADDRESS")
	if names = sockets(addresses); len(names) > 0 {
		return names, errBusUnheard
	}
	if name := runtimeBus(getenv("XDG_RUNTIME_DIR")); name != "" {
		names = []string{name}
	}
	if addresses != "" {
		return names, errNoUnixBus
	}
	return names, errNoBus
}

// dial connects to the first that listens.
func dial(ctx context.Context, names []string, silence error) (net.Conn, error) {
	var dialer net.Dialer
	for _, name := range names {
		if conn, err := dialer.DialContext(ctx, "unix", name); err == nil {
			return conn, nil
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, silence
}

// sockets are the names that package net gives the unix sockets of a list of
// addresses: https://dbus.freedesktop.org/doc/dbus-specification.html#addresses
func sockets(addresses string) []string {
	var names []string
	for address := range strings.SplitSeq(addresses, ";") {
		text, unix := strings.CutPrefix(address, "unix:")
		if !unix {
			continue
		}
		for pair := range strings.SplitSeq(text, ",") {
			key, value, _ := strings.Cut(pair, "=")
			value, err := url.PathUnescape(value)
			switch {
			case err != nil || value == "":
			case key == "path" && filepath.IsAbs(value):
				names = append(names, value)
			case key == "abstract":
				names = append(names, "@"+value)
			}
		}
	}
	return names
}

// runtimeBus is the socket "bus" in the runtime folder, if both are the user's own.
func runtimeBus(dir string) string {
	if !filepath.IsAbs(dir) {
		return ""
	}
	name := filepath.Join(dir, "bus")
	if !own(dir, fs.ModeDir) || !own(name, fs.ModeSocket) {
		return ""
	}
	return name
}

func own(path string, kind fs.FileMode) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != kind {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
