package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// grammar is what people can say. Protocols are in it for the help only: they
// are served before it is built.
type grammar struct {
	Profile    string           `help:"Use this profile only." placeholder:"NAME"`
	Backend    string           `help:"Use this store: ${backends}." placeholder:"NAME"`
	Config     string           `help:"Read this file instead of config.toml." placeholder:"FILE"`
	AuthFile   string           `placeholder:"FILE" help:"Use this file and nothing else: rattler's credentials.json."`
	Output     string           `short:"o" enum:"text,json,jsonl,none" default:"text" help:"Form of the result: text, json, jsonl or none."`
	JSON       bool             `name:"json" help:"The same as --output json."`
	Color      string           `enum:"auto,always,never" default:"auto" help:"Colours: auto, always or never."`
	NoProgress bool             `help:"Do not say what is waited for."`
	NoInput    bool             `help:"Never ask; fail instead."`
	Quiet      bool             `help:"Say nothing but results and errors."`
	Verbose    int              `short:"v" type:"counter" help:"Say which store is used and why; repeatable."`
	Version    kong.VersionFlag `help:"Print the version."`

	Auth   authCommands  `cmd:"" help:"Log in and out, show and hand out credentials."`
	Setup  setupCommands `cmd:"" help:"Make a tool use keyglot, or stop it from doing so."`
	Doctor doctorCommand `cmd:"" help:"Look for problems and name what mends them."`
	Exec   execCommand   `cmd:"" help:"Run a command that finds credentials where it looks for them."`

	Git    struct{} `cmd:"" help:"Serve git: get, store, erase, capability."`
	Docker struct{} `cmd:"" help:"Serve docker and its kin: get, store, erase, list."`
	Netrc  struct{} `cmd:"" help:"Serve netrc text: get, store, erase, list, export, import."`

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

type versionCommand struct{}

func (versionCommand) Run(a *app) error {
	_, err := fmt.Fprintf(a.Stdout, "keyglot %s\n", version())
	return err
}

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
	parser, err := kong.New(&g, a.kongOptions(ctx)...)
	if err != nil {
		return a.report(err)
	}
	if len(words) == 0 {
		words = []string{"--help"}
	}
	parsed, err := parse(parser, words)
	if errors.Is(err, errShown) {
		return 0
	}
	if err != nil {
		return a.report(usage(err))
	}
	a.common = common{profile: g.Profile, backend: g.Backend, config: g.Config, authFile: g.AuthFile}
	a.talk = talk{
		quiet: g.Quiet, verbose: g.Verbose, ask: !g.NoInput && a.Getenv("KEYGLOT_NO_INPUT") == "",
		progress: !g.NoProgress && a.Getenv("KEYGLOT_NO_PROGRESS") == "",
		form:     g.Output, color: a.chooseColor(g.Color),
	}
	switch {
	case g.Quiet && g.Verbose > 0:
		return a.report(&fault{Reason: "output_mixed", Message: "--quiet and --verbose exclude each other", Advice: "keep one"})
	case g.JSON && g.Output != formText && g.Output != formJSON:
		return a.report(&fault{Reason: "output_mixed", Message: "--json and --output exclude each other", Advice: "keep one"})
	case g.JSON:
		a.talk.form = formJSON
	}
	a.notice = a.warn
	return a.report(parsed.Run())
}

// formOf is the form of an error of the command line itself, which no flag of
// a parsed one can tell.
func formOf(words []string) string {
	for i, word := range words {
		switch {
		case word == "--json", word == "--output=json", word == "-ojson":
			return formJSON
		case word == "--output=jsonl", word == "-ojsonl":
			return formLines
		case (word == "-o" || word == "--output") && i+1 < len(words):
			return words[i+1]
		}
	}
	return formText
}

// errShown ends the parser after help or version was printed: the parser only
// knows to exit the process then.
var errShown = errors.New("shown")

func parse(parser *kong.Kong, words []string) (parsed *kong.Context, err error) {
	defer func() {
		if cause := recover(); cause == errShown {
			err = errShown
		} else if cause != nil {
			panic(cause)
		}
	}()
	return parser.Parse(words)
}

func (a *app) kongOptions(ctx context.Context) []kong.Option {
	return []kong.Option{
		kong.Name("keyglot"),
		kong.Description(about),
		kong.Vars{"version": "keyglot " + version(), "backends": strings.Join(names(a.backends), ", ")},
		kong.Writers(a.Stdout, a.Stderr),
		kong.Exit(func(int) { panic(errShown) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80, NoExpandSubcommands: true}),
		kong.Bind(a),
		kong.BindTo(ctx, (*context.Context)(nil)),
	}
}

// usage replaces the parser's text, which repeats words that may be secrets
// (AUTH-4).
func usage(err error) error {
	f := &fault{Reason: "usage", Message: "this command line is not understood", Advice: "see keyglot --help"}
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		if node := parse.Context.Selected(); node != nil {
			f.Advice = "see keyglot " + node.Path() + " --help"
		}
	}
	switch text := err.Error(); {
	case strings.HasPrefix(text, "unknown flag"):
		f.Message = "there is no such flag: ..."
	case strings.HasPrefix(text, "unexpected argument"):
		f.Message = "there is a word too many: ..."
	case strings.HasPrefix(text, "expected one of"):
		f.Message = "a command is missing"
	case strings.HasPrefix(text, "expected"):
		f.Message = "an argument is missing"
	case strings.Contains(text, "expected string value but got"), strings.Contains(text, "missing value"):
		f.Message = "a flag has no value; one that begins with \"-\" is given as --flag=VALUE"
	case strings.Contains(text, "must be one of"):
		f.Message = "a flag has a value that is not one of its own"
	}
	return f
}

// interruptible ends the context on the signals by which a person stops a
// command.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return notifyContext(ctx, os.Interrupt)
}
