// Package netrc gives out, keeps and removes credentials as netrc text, the
// file format that curl, wget, Python, Go and many more read, no two of them
// alike. There is no standard protocol for it: the verbs are keyglot's own,
// with netrc text in both directions. What the text may hold and how it is
// written, package helper/format/netrc knows.
// https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
package netrc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// Protocol describes the protocol to the catalogue.
func Protocol() helper.Protocol {
	return helper.Protocol{
		Name:     "netrc",
		Summary:  "tools that read a netrc: curl, wget, Python and pip, Go, buf",
		Programs: []string{"netrc-credential-keyglot"},
		Commands: []helper.Alias{{Operation: "import", Words: "auth import netrc"}},
		Options:  func() any { return new(Options) },
		Serve:    serve,
	}
}

// Options is the section [netrc] of config.toml.
type Options struct {
	// AllowLooseMode lets import read, and clear, a file that others can read.
	AllowLooseMode bool `toml:"allow_loose_mode"`
}

// Loose is AllowLooseMode for the command that imports.
func (o *Options) Loose() bool { return o.AllowLooseMode }

// run is one call of the program.
type run struct {
	helper.Call
	svc helper.Service
	options
}

// verb is one operation.
type verb struct {
	name    string
	options []string // that it knows
	run     func(run, context.Context) error
	usage   string
}

func verbs() []verb {
	return []verb{
		{"get", []string{"--ports", "--for", "--strict"}, run.get, usageGet},
		{"store", []string{"--scheme"}, run.store, usageStore},
		{"erase", []string{"--all"}, run.erase, usageErase},
		{"list", nil, run.list, usageList},
		{"export", []string{"--ports", "--for", "--strict", "--all", "--out", "--force", "--yes"}, run.export, usageExport},
	}
}

func serve(ctx context.Context, call helper.Call, svc helper.Service) error {
	r := run{Call: call, svc: svc}
	switch {
	case call.Problem != nil:
		return r.misused(call.Problem.Error())
	case len(call.Args) == 0:
		return r.misused("an operation is missing: get, store, erase, list, export or import")
	case call.Args[0] == "--help" || call.Args[0] == "-h" || call.Args[0] == "help":
		return r.answer([]byte(usage))
	}
	all := verbs()
	i := slices.IndexFunc(all, func(v verb) bool { return v.name == call.Args[0] })
	if i < 0 {
		return r.misused("unknown operation; there are get, store, erase, list, export and import")
	}
	v := all[i]
	var err error
	if r.options, err = parse(call.Args[1:], v.options); err != nil {
		return r.misused(v.name + ": " + err.Error())
	}
	if r.help {
		return r.answer([]byte(v.usage))
	}
	return plainly(v.run(r, ctx))
}

// misused is the end of a command line that was not understood.
func (r run) misused(why string) error {
	return &helper.Exit{Code: 2, Err: fmt.Errorf("%w: %s; see %s --help", helper.ErrUsage, why, r.Program)}
}

// answer writes all of the answer at once: a reader gets it whole or not at all.
func (r run) answer(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if _, err := r.Stdout.Write(text); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// warn tells the person at the keyboard, or its log, one line.
func (r run) warn(format string, args ...any) {
	fmt.Fprintf(r.Stderr, "keyglot: "+format+"\n", args...)
}

// said is an error in the protocol's words, for what was found before.
type said struct {
	text  string
	cause []error
}

func (s *said) Error() string { return s.text }

func (s *said) Unwrap() []error { return s.cause }

// plainly says of a store that does not answer what the manual says.
func plainly(err error) error {
	failed, ok := errors.AsType[*helper.StoreError](err)
	if !ok || !errors.Is(err, helper.ErrLocked) {
		return err
	}
	return &said{"credential store is locked (" + visible.Text(failed.Store) + ")", []error{err}}
}

// names joins what messages are about.
func names(list []string) string {
	shown := make([]string, len(list))
	for i, name := range list {
		shown[i] = visible.Text(name)
	}
	return strings.Join(shown, ", ")
}
