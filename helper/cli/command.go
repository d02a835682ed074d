package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"keyglot/helper/command"
)

// grammar is what people can say. Protocols are in it for the help only: they
// are served before it is built.
type grammar struct {
	Help       bool    `short:"h" type:"stop" help:"Show the help of a command."`
	Profile    string  `help:"Use this profile only." placeholder:"NAME"`
	Backend    string  `help:"Use this store: ${backends}." placeholder:"NAME"`
	Config     string  `help:"Read this file instead of config.toml." placeholder:"FILE"`
	AuthFile   string  `placeholder:"FILE" help:"Use this file and nothing else: rattler's credentials.json."`
	Output     string  `short:"o" enum:"text,json,jsonl,none" placeholder:"FORM" help:"Form of the result: text, json, jsonl or none."`
	JSON       bool    `name:"json" help:"The same as --output json."`
	JQ         *string `name:"jq" short:"q" placeholder:"EXPR" help:"Print what this jq expression makes of the result's JSON."`
	Color      string  `enum:"auto,always,never" default:"auto" help:"Colours: auto, always or never."`
	NoProgress bool    `help:"Do not say what is waited for."`
	NoInput    bool    `help:"Never ask; fail instead."`
	Offline    bool    `help:"Ask no server, and so renew no login."`
	Quiet      bool    `help:"Say nothing but results and errors."`
	Verbose    int     `short:"v" help:"Say what is used, and how long each takes."`
	Version    bool    `type:"stop" help:"Print the version."`

	Auth   authCommands  `cmd:"" help:"Log in and out, show and hand out credentials."`
	Setup  setupCommands `cmd:"" help:"Make a tool use keyglot, or stop it from doing so."`
	Doctor doctorCommand `cmd:"" help:"Look for problems and name what mends them."`
	Exec   execCommand   `cmd:"" help:"Run a command that finds credentials where it looks for them."`

	Git    served `cmd:"" help:"Serve git: get, store, erase, capability."`
	Docker served `cmd:"" help:"Serve docker and its kin: get, store, erase, list."`
	Netrc  served `cmd:"" help:"Serve netrc text: get, store, erase, list, export, import."`

	Completion  completionCommand `cmd:"" help:"Print the completion script of a shell."`
	Man         manCommand        `cmd:"" help:"Print the manual page."`
	ShowVersion versionCommand    `cmd:"" name:"version" help:"Print the version."`
}

type authCommands struct {
	Login  loginCommand  `cmd:"" help:"Store a password or token."`
	Logout logoutCommand `cmd:"" help:"Remove what is stored."`
	Token  tokenCommand  `cmd:"" help:"Print the secret for a service."`
	Move   moveCommand   `cmd:"" help:"Carry credentials to another store."`
	List   listCommand   `cmd:"" help:"List what is stored, without secrets."`
	Status statusCommand `cmd:"" help:"Show what is stored, where, and what protects it."`
	Switch switchCommand `cmd:"" help:"Change the current profile, or the current account of a service."`

	Import importCommand `cmd:"" help:"Bring in what other tools keep in files."`
	Export exportCommand `cmd:"" help:"Write credentials in another tool's format."`

	Providers providersCommand `cmd:"" help:"List the services that are known, and what they take."`
	Dir       dirCommand       `cmd:"" help:"Print where keyglot keeps its files."`
	Lock      lockCommand      `cmd:"" help:"Put the encrypted store under a passphrase."`
	Unlock    unlockCommand    `cmd:"" help:"Open the encrypted store for a while."`
}

// served is a protocol that is named behind flags of keyglot.
type served struct{}

func (served) Run(context.Context, *app) error {
	return &fault{Reason: "usage", Message: "a protocol's name stands first; its options follow it", Advice: "e.g. keyglot git --profile NAME get"}
}

type versionCommand struct{}

func (versionCommand) Run(_ context.Context, a *app) error { return a.say("keyglot %s", version()) }

const about = `keyglot keeps credentials in one safe store and answers every tool in its own language.

A first login, and git using it:

  echo "$TOKEN" | keyglot auth login git.example.com -u ann --password -
  keyglot setup git`

// command parses and runs what a person said, and returns the exit code.
func (a *app) command(words []string) int {
	defer catchSignals()()
	var g grammar
	a.people = true
	a.talk.form = formOf(words)
	ctx, cancel := interruptible(context.Background())
	defer cancel()
	root, err := g.root(strings.Join(names(a.backends), ", "))
	if err != nil {
		return a.report(err)
	}
	chosen := root
	if len(words) > 0 && words[0] == "help" {
		words = append(slices.Clone(words[1:]), "--help")
	}
	if len(words) == 0 {
		g.Help = true
	} else if chosen, err = root.Parse(words); err != nil {
		return a.report(usage(err))
	}
	switch {
	case g.Help:
		return a.report(chosen.WriteHelp(a.Stdout))
	case g.Version:
		return a.report(g.ShowVersion.Run(ctx, a))
	}
	before := a.common // what stands before the operation of a protocol that this command carries out
	a.common = common{
		profile: cmp.Or(g.Profile, before.profile), backend: cmp.Or(g.Backend, before.backend), config: cmp.Or(g.Config, before.config),
		authFile: g.AuthFile, only: before.only, offline: g.Offline,
	}
	a.talk = talk{
		quiet: g.Quiet, verbose: g.Verbose, ask: !g.NoInput && a.Getenv("KEYGLOT_NO_INPUT") == "",
		progress: !g.NoProgress && a.Getenv("KEYGLOT_NO_PROGRESS") == "",
		color:    a.chooseColor(g.Color),
	}
	if err := a.chooseForm(ctx, &g); err != nil {
		return a.report(err)
	}
	a.notice = a.warn
	start := time.Now()
	err = chosen.Target().(runner).Run(ctx, a)
	a.detail("all of it took %s", since(start))
	return a.report(err)
}

// runner is what every command is that has none below it.
type runner interface {
	Run(ctx context.Context, a *app) error
}

// root is the grammar of this machine's stores.
func (g *grammar) root(stores string) (*command.Command, error) {
	return command.New("keyglot", about, g, strings.NewReplacer("${backends}", stores))
}

// formOf is the form of an error of the command line itself, which no flag of
// a parsed one can tell.
func formOf(words []string) string {
	form := formText
	for i, word := range words {
		switch {
		case word == "--json", word == "--output=json", word == "-ojson":
			return formJSON
		case word == "--output=jsonl", word == "-ojsonl":
			return formLines
		case (word == "-o" || word == "--output") && i+1 < len(words):
			return words[i+1]
		case strings.HasPrefix(word, "-q"), word == "--jq", strings.HasPrefix(word, "--jq="):
			form = formJSON
		}
	}
	return form
}

// usage is the fault of a command line that is not understood (AUTH-4).
func usage(err error) error {
	f := &fault{Reason: "usage", Message: err.Error()}
	if wrong, ok := errors.AsType[*command.Error](err); ok {
		f.Advice = "see " + wrong.Command.Path() + " --help"
		if below := wrong.Command.Names(); below != "" {
			f.Advice = below + "; " + f.Advice
		}
	}
	return f
}

// interruptible ends the context on the signals by which a person stops a
// command.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return notifyContext(ctx, os.Interrupt)
}
