// Package exec starts a command with credentials at hand that nobody has to
// keep in a file: what `keyglot exec` does. So far it knows one way to hand
// them over, a netrc named by the variable NETRC. How Linux keeps it out of
// the file system: memfd_create(2), fcntl(2) on seals, proc(5) on /proc/PID/fd.
package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"keyglot/helper"
	"keyglot/helper/child"
)

// Options are the words of the command line.
type Options struct {
	Hosts   []string // whose current accounts the netrc holds
	All     bool     // those of every host, instead
	Ports   string   // exact, both or host; empty: both
	File    bool     // a file even where there is a way without
	Curl    bool     // for curl before 8.16, which does not know NETRC
	Pure    bool     // start from an almost empty environment
	Command []string // the program and its arguments
}

// Env is what the package may know of the process.
type Env struct {
	// Export answers `keyglot netrc export` with these words behind it.
	Export                func(ctx context.Context, args []string, out io.Writer) error
	Environ               []string // of the process, as os.Environ has it
	Stdin, Stdout, Stderr *os.File
	Home                  string // "" if there is none
	RuntimeDir            string // the user's own, $XDG_RUNTIME_DIR; "" if there is none
	StateDir              string // keyglot's own; "" if there is none
	// Restore gives the process the umask and soft core limit back that its
	// caller had, for the command to have them.
	Restore func()
}

// The codes of a command that was not started (EXEC-1), as shells have them.
const (
	notExecutable = 126
	notFound      = 127
)

// Netrc runs o.Command with NETRC naming a netrc of o.Hosts. ctx bounds what
// comes before the command, not the command. Where the command takes this
// process's place Netrc returns only if that failed; elsewhere its error is an
// Exit with the command's code, nil for 0.
func Netrc(ctx context.Context, o Options, env Env) error {
	if err := o.check(); err != nil {
		return err
	}
	path, err := lookUp(o.Command[0])
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := env.Export(ctx, o.words(), &text); err != nil {
		return err
	}
	env.Environ = environ(env.Environ, o.Pure)
	if !o.File && !o.Curl {
		if err := replace(path, o.Command, text.Bytes(), env); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	return o.attend(ctx, path, text.Bytes(), env)
}

func (o Options) check() error {
	switch {
	case len(o.Command) == 0:
		return fmt.Errorf("%w: no command; write it behind --", helper.ErrUsage)
	case !o.All && len(o.Hosts) == 0:
		return fmt.Errorf("%w: --netrc needs --host HOST, or --all for every host", helper.ErrUsage)
	case o.All && len(o.Hosts) > 0:
		return fmt.Errorf("%w: --host and --all exclude each other", helper.ErrUsage)
	}
	return nil
}

// words are those behind `keyglot netrc export`.
func (o Options) words() []string {
	ports := o.Ports
	if ports == "" {
		ports = "both"
	}
	return append([]string{"--yes", "--ports=" + ports, "--"}, o.Hosts...)
}

// lookUp finds the command before any secret is read.
func lookUp(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist), errors.Is(err, exec.ErrDot):
		return "", &helper.Exit{Code: notFound, Err: errors.New("the command was not found")}
	}
	return "", &helper.Exit{Code: notExecutable, Err: errors.New("the command cannot be executed")}
}

// environ is the command's environment: without keyglot's own secrets
// (EXEC-3), and without a NETRC from outside, which is replaced (NET-45).
func environ(own []string, pure bool) []string {
	var list []string
	for _, entry := range own {
		name, _, _ := strings.Cut(entry, "=")
		if !child.Secret(name) && name != "NETRC" && (!pure || plain(name)) {
			list = append(list, entry)
		}
	}
	return list
}

func plain(name string) bool {
	switch name {
	case "PATH", "HOME", "USER", "LANG", "TERM", "TMPDIR":
		return true
	}
	return false
}
