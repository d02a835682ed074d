package command_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"keyglot/helper/command"
)

type grammar struct {
	Help   bool   `short:"h" type:"stop" help:"Show the help of a command."`
	Level  int    `short:"v" help:"Say more; repeatable."`
	Form   string `short:"o" enum:"text,json" default:"text" help:"Form of the result."`
	Quiet  bool   `short:"q" help:"Say less."`
	Buried string `hidden:"" help:"Not shown."`

	Auth  auth  `cmd:"" help:"Log in and out."`
	Setup setup `cmd:"" help:"Wire up."`
	Exec  run   `cmd:"" help:"Run a command."`
}

type auth struct {
	Login login `cmd:"" help:"Store a password or token."`
}

type login struct {
	Service  string  `arg:"" optional:"" help:"Host: ${hosts}."`
	Username *string `short:"u" placeholder:"NAME" help:"The account."`
	method
	MinTTL time.Duration `placeholder:"5m" help:"Renew what ends sooner."`
	Header []string      `help:"A header."`
}

type method struct {
	TokenStdin bool `aliases:"with-token" help:"Read a token."`
}

func (login) Help() string { return "More:\n\n  $ login h\n\nWhat is said here is a paragraph." }

type setup struct {
	Overview struct{} `cmd:"" default:"1" hidden:"" help:"Show."`
	Docker   docker   `cmd:"" help:"docker."`
}

type docker struct {
	Hosts []string `arg:"" optional:"" name:"host" help:"Hosts."`
	Shell string   `enum:"a,b" default:"a" help:"A shell."`
}

type run struct {
	Netrc   bool     `required:"" help:"Hand over."`
	Kind    string   `arg:"" enum:"x,y" help:"Which."`
	Command []string `arg:"" passthrough:"" help:"The command."`
}

func parse(t testing.TB, words []string) (*grammar, *command.Command, error) {
	t.Helper()
	g := &grammar{}
	root, err := command.New("prog", "It does things.", g, strings.NewReplacer("${hosts}", "h, i"))
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := root.Parse(words)
	return g, chosen, err
}

// show is all that a command line has set.
func show(g *grammar, chosen *command.Command) string {
	l, user := g.Auth.Login, "-"
	if l.Username != nil {
		user = *l.Username
	}
	return strings.TrimSpace(fmt.Sprintf("%s: v%d %s %t | %s %s %t %s %q | %q %s | %t %s %q", chosen.Path(), g.Level, g.Form, g.Quiet,
		l.Service, user, l.TokenStdin, l.MinTTL, l.Header, g.Setup.Docker.Hosts, g.Setup.Docker.Shell, g.Exec.Netrc, g.Exec.Kind, g.Exec.Command))
}

// AUTH-4: what a command line means.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, line, want string }{
		{"a command without arguments", "auth login", "prog auth login: v0 text false |  - false 0s [] | [] a | false  []"},
		{"an argument", "auth login h", "prog auth login: v0 text false | h - false 0s [] | [] a | false  []"},
		{"a lone hyphen is a word", "auth login -", "prog auth login: v0 text false | - - false 0s [] | [] a | false  []"},
		{"a value behind =", "auth login --username=-x h", "prog auth login: v0 text false | h -x false 0s [] | [] a | false  []"},
		{"a value that is empty", "auth login --username= h", "prog auth login: v0 text false | h  false 0s [] | [] a | false  []"},
		{"a value with =", "auth login --username a=b", "prog auth login: v0 text false |  a=b false 0s [] | [] a | false  []"},
		{"a value that is a hyphen", "auth login --username -", "prog auth login: v0 text false |  - false 0s [] | [] a | false  []"},
		{"a letter and a word", "auth login -u NAME", "prog auth login: v0 text false |  NAME false 0s [] | [] a | false  []"},
		{"a letter with its value", "auth login -uNAME", "prog auth login: v0 text false |  NAME false 0s [] | [] a | false  []"},
		{"letters together", "auth login -vqvu NAME", "prog auth login: v2 text true |  NAME false 0s [] | [] a | false  []"},
		{"letters together with a value", "auth login -vojson", "prog auth login: v1 json false |  - false 0s [] | [] a | false  []"},
		{"the last one counts", "auth login -u a --username b", "prog auth login: v0 text false |  b false 0s [] | [] a | false  []"},
		{"a flag before the command", "-o json auth -v login --level", "prog auth login: v2 json false |  - false 0s [] | [] a | false  []"},
		{"a count", "auth login --level=3", "prog auth login: v3 text false |  - false 0s [] | [] a | false  []"},
		{"a switch with a value", "auth login -q --quiet=false", "prog auth login: v0 text false |  - false 0s [] | [] a | false  []"},
		{"another name", "auth login --with-token", "prog auth login: v0 text false |  - true 0s [] | [] a | false  []"},
		{"a time", "auth login --min-ttl 5m", "prog auth login: v0 text false |  - false 5m0s [] | [] a | false  []"},
		{"several values, not split", "auth login --header a,b --header=c", `prog auth login: v0 text false |  - false 0s ["a,b" "c"] | [] a | false  []`},
		{"several arguments among flags", "setup docker a -q b --shell b", `prog setup docker: v0 text true |  - false 0s [] | ["a" "b"] b | false  []`},
		{"the command that needs no name", "setup", "prog setup overview: v0 text false |  - false 0s [] | [] a | false  []"},
		{"behind -- nothing is a flag", "auth login -- -h", "prog auth login: v0 text false | -h - false 0s [] | [] a | false  []"},
		{"behind the first word of a command", "exec --netrc x cmd -q -- --netrc", `prog exec: v0 text false |  - false 0s [] | [] a | true x ["cmd" "-q" "--" "--netrc"]`},
		{"a command behind --", "exec --netrc x -- -q --", `prog exec: v0 text false |  - false 0s [] | [] a | true x ["-q" "--"]`},
		{"help before the command", "--help auth login", "prog auth login: v0 text false |  - false 0s [] | [] a | false  []"},
		{"help, and nothing is missing", "exec -h", "prog exec: v0 text false |  - false 0s [] | [] a | false  []"},
		{"help, and nothing is wrong behind it", "auth --help nonsense", "prog auth: v0 text false |  - false 0s [] | [] a | false  []"},
		{"help of what has a command without name", "setup --help", "prog setup: v0 text false |  - false 0s [] | [] a | false  []"},
	} {
		g, chosen, err := parse(t, strings.Fields(row.line))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
		} else if got := show(g, chosen); got != row.want {
			t.Errorf("%s: %q is\n%s, want\n%s", row.name, row.line, got, row.want)
		}
	}
}

// AUTH-4: what is wrong is told in fixed words, with the command as far as it goes.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const hyphen = `a flag has no value; one that begins with "-" is given as --flag=VALUE`
	for _, row := range []struct{ name, line, want, path string }{
		{"no word", "", "a command is missing", "prog"},
		{"no command below", "auth", "a command is missing", "prog auth"},
		{"an unknown command", "auth c4nary", "there is no such command: ...", "prog auth"},
		{"a word too many", "auth login h c4nary", "there is a word too many: ...", "prog auth login"},
		{"an unknown flag", "auth login --c4nary=c4nary", "there is no such flag: ...", "prog auth login"},
		{"an unknown letter", "auth login -vx", "there is no such flag: ...", "prog auth login"},
		{"a letter that is none", "auth login -é", "there is no such flag: ...", "prog auth login"},
		{"a flag of a command before it", "auth -u c4nary login", "there is no such flag: ...", "prog auth"},
		{"another name of the parent's flag", "auth login --v", "there is no such flag: ...", "prog auth login"},
		{"half a name", "auth login --user c4nary", "there is no such flag: ...", "prog auth login"},
		{"no value", "auth login --username", hyphen, "prog auth login"},
		{"an empty value", "auth login --buried=", hyphen, "prog auth login"},
		{"a value with a hyphen", "auth login --username -c4nary", hyphen, "prog auth login"},
		{"-- is no value", "auth login -u -- c4nary", hyphen, "prog auth login"},
		{"not one of its own", "auth login -o c4nary", "a flag has a value that is not one of its own", "prog auth login"},
		{"an empty one", "auth login --form=", "a flag has a value that is not one of its own", "prog auth login"},
		{"no time", "auth login --min-ttl c4nary", "a flag has a value that is not one of its own", "prog auth login"},
		{"no truth", "auth login --quiet=c4nary", "a flag has a value that is not one of its own", "prog auth login"},
		{"no number", "auth login --level=c4nary", "a flag has a value that is not one of its own", "prog auth login"},
		{"an argument that is not known", "exec --netrc c4nary", "an argument is not one of those that are known", "prog exec"},
		{"no argument", "exec --netrc x", "an argument is missing", "prog exec"},
		{"a flag that must be there", "exec x c4nary", "--netrc is missing", "prog exec"},
	} {
		_, _, err := parse(t, strings.Fields(row.line))
		var wrong *command.Error
		if !errors.As(err, &wrong) || err.Error() != row.want || wrong.Command.Path() != row.path {
			t.Errorf("%s: %q: %v, want %s of %s", row.name, row.line, err, row.want, row.path)
		}
	}
}

// A grammar that cannot be read is found when it is built, not when a word is.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for want, g := range map[string]any{
		"Size: a flag or an argument cannot be a *float64": &struct{ Size float64 }{},
		"Inner: Size: a flag or an argument": &struct {
			Inner struct{ Size uint } `cmd:""`
		}{},
		"Form: invalid syntax": &struct {
			Form string `enum:"a,b" default:"c"`
		}{},
	} {
		if _, err := command.New("prog", "", g, strings.NewReplacer()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func help(t *testing.T, line string) string {
	t.Helper()
	_, chosen, err := parse(t, strings.Fields(line+" --help"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := chosen.WriteHelp(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if len(line) > 81 || strings.TrimRight(line, " \n")+"\n" != line {
			t.Errorf("a line of %d: %q", len(line), line)
		}
	}
	return b.String()
}

// Help is one page: usage, text, arguments, its own flags, then those of every command.
func TestHelp(t *testing.T) {
	t.Parallel()
	const every = `
Flags of every command:
  -h, --help           Show the help of a command.
  -v, --level          Say more; repeatable.
  -o, --form="text"    Form of the result.
  -q, --quiet          Say less.
`
	for line, want := range map[string]string{
		"": `Usage: prog <command> [flags]

It does things.

Commands:
  auth     Log in and out.
  setup    Wire up.
  exec     Run a command.
` + every + `
Run "prog <command> --help" for more about a command.
`,
		"auth login": `Usage: prog auth login [<service>] [flags]

Store a password or token.

More:

    $ login h

What is said here is a paragraph.

Arguments:
  [<service>]    Host: h, i.

Flags:
  -u, --username=NAME    The account.
      --token-stdin      Read a token.
      --min-ttl=5m       Renew what ends sooner.
      --header=HEADER    A header.
` + every,
		"setup": `Usage: prog setup <command> [flags]

Wire up.

Commands:
  setup docker    docker.
` + every,
		"exec": `Usage: prog exec --netrc <kind> <command> ... [flags]

Run a command.

Arguments:
  <kind>           Which.
  <command> ...    The command.

Flags:
      --netrc    Hand over.
` + every,
	} {
		if got := help(t, line); got != want {
			t.Errorf("%s:\n%swant\n%s", line, got, want)
		}
	}
}

// Long names have a line of their own, long texts go on below themselves.
func TestHelpWraps(t *testing.T) {
	t.Parallel()
	g := &struct {
		AVeryLongNameOfAFlagOfAll string `help:"Text."`
		Short                     string `help:"One word after another until the line is full, and then some more of them in the next."`
	}{}
	root, err := command.New("prog", strings.Repeat("word ", 30)+"\nend", g, strings.NewReplacer())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := root.WriteHelp(&b); err != nil {
		t.Fatal(err)
	}
	want := `Usage: prog [flags]

word word word word word word word word word word word word word word word word
word word word word word word word word word word word word word word end

Flags of every command:
      --avery-long-name-of-aflag-of-all=AVERY-LONG-NAME-OF-AFLAG-OF-ALL
                       Text.
      --short=SHORT    One word after another until the line is full, and then
                       some more of them in the next.
`
	if b.String() != want {
		t.Errorf("%swant\n%s", b.String(), want)
	}
}

// FuzzParse: no command line makes it panic, and no error holds a word of it.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"auth\x00login\x00-uc4nary", "exec\x00--netrc\x00x\x00--\x00-q", "--form=\x00-", "-vvo\x00json", "auth\x00login\x00--\x00--\x00", "-\xff", "--help\x00=", "setup\x00docker\x00\x00--shell"} {
		f.Add(line)
	}
	fixed := map[string]bool{}
	for _, text := range []string{
		"there is no such flag: ...", `a flag has no value; one that begins with "-" is given as --flag=VALUE`, "a flag has a value that is not one of its own",
		"an argument is not one of those that are known", "there is a word too many: ...", "there is no such command: ...", "an argument is missing", "a command is missing", "--netrc is missing",
	} {
		fixed[text] = true
	}
	f.Fuzz(func(t *testing.T, line string) {
		_, chosen, err := parse(t, strings.Split(line, "\x00"))
		switch {
		case err != nil && !fixed[err.Error()]:
			t.Errorf("%q: %q", line, err)
		case err == nil && chosen == nil:
			t.Errorf("%q: neither a command nor an error", line)
		}
	})
}

// A flag's value that may be left out stands behind a "=" alone: the next word is
// a word.
func TestOptionalValue(t *testing.T) {
	t.Parallel()
	empty, url := "", "u"
	for line, want := range map[string]*string{"h": nil, "--check h": &empty, "--check=u h": &url, "--check=u --check h": &empty} {
		var g struct {
			Service string  `arg:"" optional:"" help:"S."`
			Check   *string `optional:"" placeholder:"URL" help:"C."`
		}
		root, err := command.New("prog", "", &g, strings.NewReplacer())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := root.Parse(strings.Fields(line)); err != nil || g.Service != "h" || (g.Check == nil) != (want == nil) || want != nil && *g.Check != *want {
			t.Errorf("%s: %+v, %v", line, g, err)
		}
		var page strings.Builder
		if err := root.WriteHelp(&page); err != nil || !strings.Contains(page.String(), "--check[=URL]") {
			t.Errorf("%v: %s", err, page.String())
		}
	}
}
