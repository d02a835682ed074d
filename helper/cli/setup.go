package cli

import (
	"context"

	"keyglot/helper/setup"
)

type setupCommands struct {
	Overview overviewCommand `cmd:"" default:"1" hidden:"" help:"Show the tools on this machine and what would change."`
	All      allSetup        `cmd:"" help:"Every tool on this machine."`
	Git      gitSetup        `cmd:"" help:"git, and what asks git: git-lfs, gh, go."`
	Docker   dockerSetup     `cmd:"" help:"docker, and what reads its configuration: crane, oras, buildx."`
	Podman   podmanSetup     `cmd:"" help:"podman, buildah and skopeo."`
	Helm     helmSetup       `cmd:"" help:"helm's registry client."`
	Netrc    netrcSetup      `cmd:"" help:"What asks a program for netrc text."`
}

// Help is the text below the flags.
func (setupCommands) Help() string {
	return `Without a tool it lists the tools on this machine and what would change; keyglot setup all does it for each of them. Each change can be looked at before (--print) and taken back (--undo).`
}

type changeFlags struct {
	Print bool `help:"Show what would change; change nothing."`
	Undo  bool `help:"Take back what set-up did, and no more."`
}

type gitSetup struct {
	Host string `placeholder:"HOST" help:"Only for this host: host, host:port or address."`
	Only bool   `help:"Ask no other helper: the ones before are dropped."`
	Dir  string `placeholder:"DIR" help:"Make the program name there, not beside keyglot."`
	changeFlags
}

// Help is the text below the flags.
func (gitSetup) Help() string {
	return `One line is added to git's own configuration file of yours; other helpers stay. It comes before those that open a browser. With --profile NAME the line is bound to that profile.`
}

func (c *gitSetup) Run(ctx context.Context, a *app) error {
	tool := setup.Git{Profile: a.common.profile, Only: c.Only, Dir: c.Dir}
	again := ""
	if c.Host != "" {
		var err error
		if tool.Host, err = a.plainHost(c.Host); err != nil {
			return err
		}
		again = " --host " + tool.Host.Realm().String()
	}
	return a.setUp(ctx, tool, c.changeFlags, again)
}

type dockerSetup struct {
	Hosts []string `arg:"" optional:"" name:"host" help:"Only for these registries: host or host:port."`
	Force bool     `help:"Take the place of another store; --undo brings it back."`
	Dir   string   `placeholder:"DIR" help:"Make the program name there, not beside keyglot."`
	changeFlags
}

// Help is the text below the flags.
func (dockerSetup) Help() string {
	return `config.json names keyglot as the store of all logins, or of those of the registries given. docker finds it by the program name docker-credential-keyglot, which is made beside keyglot and must be on PATH.`
}

func (c *dockerSetup) Run(ctx context.Context, a *app) error {
	tool := setup.Docker{Force: c.Force, Dir: c.Dir}
	again := ""
	for _, text := range c.Hosts {
		host, err := a.plainHost(text)
		if err != nil {
			return err
		}
		tool.Hosts = append(tool.Hosts, host.Host)
		again += " " + host.Host
	}
	return a.setUp(ctx, tool, c.changeFlags, again)
}

type podmanSetup struct {
	Dir string `placeholder:"DIR" help:"Make the program name there, not beside keyglot."`
	changeFlags
}

// Help is the text below the flags.
func (podmanSetup) Help() string {
	return `A file of its own in ~/.config/containers/registries.conf.d names keyglot before the helpers that are in force: these programs look at no credsStore.`
}

func (c *podmanSetup) Run(ctx context.Context, a *app) error {
	return a.setUp(ctx, setup.Podman{Dir: c.Dir}, c.changeFlags, "")
}

type helmSetup struct {
	Force bool   `help:"Take the place of another store; --undo brings it back."`
	Dir   string `placeholder:"DIR" help:"Make the program name there, not beside keyglot."`
	changeFlags
}

// Help is the text below the flags.
func (helmSetup) Help() string {
	return `helm's registry/config.json names keyglot as the store of all logins.`
}

func (c *helmSetup) Run(ctx context.Context, a *app) error {
	return a.setUp(ctx, setup.Helm{Force: c.Force, Dir: c.Dir}, c.changeFlags, "")
}

type netrcSetup struct {
	Dir string `placeholder:"DIR" help:"Make the program name there, not beside keyglot."`
	changeFlags
}

// Help is the text below the flags.
func (netrcSetup) Help() string {
	return `Makes the program name netrc-credential-keyglot, for what asks a program. ~/.netrc is not changed: keyglot exec --netrc hands its text to what reads a file.`
}

func (c *netrcSetup) Run(ctx context.Context, a *app) error {
	return a.setUp(ctx, setup.Netrc{Dir: c.Dir}, c.changeFlags, "")
}
