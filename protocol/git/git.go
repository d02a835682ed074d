// Package git speaks the git-credential protocol: a program is started with an
// operation as its last argument, reads key=value lines on stdin, and for get
// answers with such lines. https://git-scm.com/docs/gitcredentials#_custom_helpers
// and https://git-scm.com/docs/git-credential#IOFMT
//
// git itself checks what it sends. Other callers do not, and several attacks on
// helpers were requests that a lenient reader takes for another one's, so this
// reader is strict and fails closed: a request that is not understood wholly
// gets no answer and changes nothing.
package git

import (
	"context"
	"fmt"
	"io"

	"keyglot/helper"
)

// Protocol describes the protocol to the catalogue.
func Protocol() helper.Protocol {
	return helper.Protocol{
		Name:     "git",
		Summary:  "git and what uses its helpers: git-lfs, send-email, Go modules, gh",
		Programs: []string{"git-credential-keyglot"},
		Bare:     []string{"capability", "--help", "-h"},
		Options:  func() any { return new(Options) },
		Serve:    serve,
	}
}

// Options is the section [git] of config.toml.
type Options struct {
	// PathMatch says what a `store` covers: its own path, or all below it.
	PathMatch PathMatch `toml:"path_match"`
	// NeverPrompt makes git give up, rather than ask on the terminal, where
	// keyglot has no answer. Helpers behind keyglot are not asked then.
	NeverPrompt bool `toml:"never_prompt"`
}

// PathMatch is how the path of a record that git stores is compared.
type PathMatch string

// The forms of PathMatch; the empty one is Exact.
const (
	Exact  PathMatch = "exact"
	Prefix PathMatch = "prefix"
)

// UnmarshalText accepts the two forms.
func (m *PathMatch) UnmarshalText(text []byte) error {
	switch v := PathMatch(text); v {
	case Exact, Prefix:
		*m = v
		return nil
	}
	return fmt.Errorf(`neither "exact" nor "prefix": %w`, helper.ErrInvalid)
}

// run is one call of the program.
type run struct {
	helper.Call
	svc  helper.Service
	opts *Options
}

func serve(ctx context.Context, call helper.Call, svc helper.Service) error {
	r := run{call, svc, call.Options.(*Options)}
	if r.Problem != nil || len(r.Args) != 1 {
		r.usage(r.Stderr)
		return &helper.Exit{Code: 2, Err: r.Problem}
	}
	switch r.Args[0] {
	case "get":
		return r.get(ctx)
	case "store":
		return r.store(ctx)
	case "erase":
		return r.erase(ctx)
	case "capability":
		return r.write("version 0\ncapability authtype\n")
	case "--help", "-h":
		r.usage(r.Stdout)
	}
	return nil // unknown operations are ignored: gitcredentials(7), CUSTOM HELPERS
}

func (r run) usage(w io.Writer) {
	fmt.Fprintf(w, "usage: %s [--profile NAME] [--backend NAME] [--only TARGET] [--timeout TIME]\n"+
		"       [--config FILE] get|store|erase|capability\n", r.Program)
}

// write writes the answer. That nobody reads it any more is the caller's
// choice and no failure (GIT-8).
func (r run) write(answer string) error {
	if answer != "" {
		_, _ = io.WriteString(r.Stdout, answer)
	}
	return nil
}

// kinds are what git can send. A record that needs a capability which the
// caller lacks is chosen all the same, and then not answered: another account
// never stands in for it (GIT-35).
func kinds() []helper.Kind {
	return []helper.Kind{helper.Basic, helper.Bearer, helper.Header}
}
