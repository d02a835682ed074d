package exec

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

// attend runs the command as a child with the netrc in a file, and removes
// that when the child ends. Signals for this process go to the child, so that
// none of them ends it before.
func (o Options) attend(ctx context.Context, path string, text []byte, env Env) error {
	signals := make(chan os.Signal, 8)
	// What the caller ignores (nohup) stays ignored, for the child too.
	signal.Notify(signals, slices.DeleteFunc(forwarded(), signal.Ignored)...)
	defer signal.Stop(signals)
	folder, err := makeFolder(ctx, env)
	if err != nil {
		return err
	}
	defer folder.remove()
	cmd := exec.Cmd{
		Path: path, Args: o.Command, Env: env.Environ,
		Stdin: env.Stdin, Stdout: env.Stdout, Stderr: env.Stderr,
	}
	netrc := filepath.Join(folder.path, "netrc")
	if err := atomicfile.Create(netrc, text); err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, "NETRC="+netrc)
	if o.Curl {
		if err := curlrc(folder.path, netrc, env); err != nil {
			return err
		}
		cmd.Env = set(cmd.Env, "CURL_HOME", folder.path)
	}
	return run(&cmd, signals, env)
}

// run starts cmd, hands signals on to it and returns its exit code.
func run(cmd *exec.Cmd, signals <-chan os.Signal, env Env) error {
	env.Restore()
	tree, err := start(cmd)
	if err != nil {
		return failed(err)
	}
	defer tree.close()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			select {
			case s := <-signals:
				if !seenByAll(s) {
					_ = cmd.Process.Signal(s) // it may just have ended
				}
			case <-ended:
				return
			}
		}
	}()
	_ = cmd.Wait() // says in another way what ProcessState says
	if code := exitCode(cmd.ProcessState); code != 0 {
		return &helper.Exit{Code: code}
	}
	return nil
}

// failed is the exit of a command that could not be started.
func failed(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &helper.Exit{Code: notFound, Err: errors.New("the command, or the interpreter it names, was not found")}
	}
	return &helper.Exit{Code: notExecutable, Err: errors.New("the command cannot be executed")}
}

// curlrc makes the .curlrc of a curl that does not read NETRC: the user's own,
// which curl finds no more, and two lines (NET-44).
func curlrc(dir, netrc string, env Env) error {
	var text []byte
	for _, home := range []string{lookup(env.Environ, "CURL_HOME"), env.Home} {
		own, err := os.ReadFile(filepath.Join(home, ".curlrc"))
		if home != "" && err == nil {
			text = append(own, '\n')
			break
		}
	}
	// A backslash is curl's escape between quotes: curl(1), --config.
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(netrc)
	text = append(text, "netrc-optional\nnetrc-file = \""+quoted+"\"\n"...)
	return atomicfile.Create(filepath.Join(dir, ".curlrc"), text)
}

func lookup(environ []string, name string) string {
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

func set(environ []string, name, value string) []string {
	environ = slices.DeleteFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	return append(environ, name+"="+value)
}
