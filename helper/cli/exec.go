package cli

import (
	"context"
	"io"
	"os"
	"slices"

	"keyglot/helper"
	"keyglot/helper/exec"
)

type execCommand struct {
	Netrc     bool     `required:"" help:"Hand the credentials over as a netrc that NETRC names."`
	Host      []string `placeholder:"HOST" help:"Whose credentials: host, host:port or address; repeatable."`
	All       bool     `help:"Those of every host."`
	Ports     string   `enum:"exact,both,host" default:"both" help:"How hosts with a port are written: exact, both or host."`
	NetrcFile bool     `help:"A file instead of memory: for commands that close inherited descriptors."`
	Curl      bool     `help:"For curl before 8.16, which does not know NETRC."`
	Pure      bool     `help:"Start from an almost empty environment."`
	Command   []string `arg:"" passthrough:"" help:"The command, behind --."`
}

// Help is the text below the flags.
func (execCommand) Help() string {
	return `The netrc is in memory, for the command and its children only:

  keyglot exec --netrc --host pkg.example -- pip download pkg

Who does not look at NETRC: git, wget, wget2, curl before 8.16 (--curl), apt.`
}

func (c *execCommand) Run(ctx context.Context, a *app) error {
	if a.talk.filter != nil {
		return noJSON()
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	stdin, _ := a.Stdin.(*os.File)
	stdout, _ := a.Stdout.(*os.File)
	stderr, _ := a.Stderr.(*os.File)
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	return exec.Netrc(bounded, exec.Options{
		Hosts: c.Host, All: c.All, Ports: c.Ports, File: c.NetrcFile, Curl: c.Curl, Pure: c.Pure, Command: c.Command,
	}, exec.Env{
		Export: func(ctx context.Context, args []string, out io.Writer) error {
			return a.orDenied(a.exportNetrc(ctx, args, out), c.Host)
		},
		Environ: a.Environ(), Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Home: s.home, RuntimeDir: absolute(a.Getenv, "XDG_RUNTIME_DIR"), StateDir: s.state,
		Restore: a.Restore,
	})
}

// exportNetrc answers `keyglot netrc export` to exec.
func (a *app) exportNetrc(ctx context.Context, args []string, out io.Writer) error {
	person := a.Terminal
	a.Terminal = func(int) bool { return false }
	defer func() { a.Terminal = person }()
	return a.netrcVerb(ctx, append([]string{"export"}, args...), out)
}

// netrcVerb runs an operation of the netrc protocol for a command.
func (a *app) netrcVerb(ctx context.Context, args []string, out io.Writer) error {
	i := slices.IndexFunc(a.protocols, func(p helper.Protocol) bool { return p.Name == "netrc" })
	if i < 0 {
		return helper.ErrUnsupported
	}
	p := a.protocols[i]
	call := helper.Call{
		Program: "keyglot netrc", Args: args,
		Stdin: nil, Stdout: out, Stderr: a.Stderr,
		Terminal: a.Terminal, Version: version, Now: a.Now, Budget: defaultBudget,
	}
	if p.Options != nil {
		call.Options = p.Options()
		s, err := a.settings()
		if err != nil {
			return err
		}
		if err := s.Protocol(p.Name, call.Options); err != nil {
			return err
		}
	}
	return p.Serve(ctx, call, &lazy{app: a})
}
