// Package docker speaks the docker-credential protocol: every container client
// runs `docker-credential-NAME get|store|erase|list`, writes a server string or
// one JSON object on stdin, and reads stdout, also for errors.
// https://github.com/docker/docker-credential-helpers#development
//
// The struct, the names of the actions and the texts that clients compare come
// from that project. Its serve loop does not: it glues input lines together,
// cannot read a secret beyond 64 KiB, knows no deadline and fails an erase that
// finds nothing, which no client expects.
package docker

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
)

// modulePath is what `version` prints between the name and the version.
const modulePath = "keyglot"

// Protocol describes the protocol to the catalogue.
func Protocol() helper.Protocol {
	return helper.Protocol{
		Name:    "docker",
		Summary: "container clients: docker, buildx, podman, skopeo, crane, oras, helm",
		Programs: []string{
			"docker-credential-keyglot",
			"docker-credential-secretservice",
			"docker-credential-pass",
			"docker-credential-osxkeychain",
			"docker-credential-wincred",
		},
		Bare:    []string{"version", "--version", "-v", "--help", "-h"},
		Options: func() any { return new(Options) },
		Serve:   serve,
	}
}

// Options is the section [docker] of config.toml.
type Options struct {
	// KeepAccounts keeps the accounts that earlier logins of container
	// clients left on a registry; otherwise a new login replaces them.
	KeepAccounts bool `toml:"keep_accounts"`
}

// run is one call of the program.
type run struct {
	helper.Call
	svc helper.Service
}

func serve(ctx context.Context, call helper.Call, svc helper.Service) error {
	r := run{call, svc}
	if r.Problem != nil || len(r.Args) != 1 {
		return r.end(1, r.usage(), r.Problem)
	}
	action := r.Args[0]
	switch action {
	case "--help", "-h":
		return r.end(0, r.usage(), nil)
	case credentials.ActionVersion, "--version", "-v":
		return r.end(0, fmt.Sprintf("%s (%s) %s", r.Program, modulePath, r.Version()), nil)
	}
	var act func(context.Context) (string, error)
	switch action {
	case credentials.ActionGet:
		act = r.get
	case credentials.ActionStore:
		act = r.store
	case credentials.ActionErase:
		act = r.erase
	case credentials.ActionList:
		act = r.list
	default:
		return r.end(1, oneLine(fmt.Sprintf("%s: unknown action: %s", r.Program, action)), nil)
	}
	answer, err := within(ctx, act)
	if err != nil {
		return r.refuse(ctx, err)
	}
	return r.end(0, answer, nil)
}

func (r run) usage() string {
	return "Usage: " + r.Program + " <store|get|erase|list|version>"
}

// patience is how long beyond the budget a store may take to say by its name
// that it is late. One that does not obey its context is then left behind: the
// client waits for a line on stdout, whatever happens.
const patience = 250 * time.Millisecond

// within runs an action, which returns its answer or "" for silence.
func within(ctx context.Context, act func(context.Context) (string, error)) (string, error) {
	patient := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		patient, cancel = context.WithDeadline(patient, deadline.Add(patience))
		defer cancel()
	}
	return helper.Within(patient, func() (string, error) {
		helper.GrowStack()
		return act(ctx)
	})
}

// end writes the one line of the answer, if there is one, and returns what
// Serve returns. problem is for stderr.
func (r run) end(code int, line string, problem error) error {
	if line != "" {
		if _, err := r.Stdout.Write([]byte(line + "\n")); err != nil {
			return &helper.Exit{Code: 1, Err: fmt.Errorf("write the answer: %w", err)}
		}
	}
	if code == 0 {
		return nil
	}
	return &helper.Exit{Code: code, Err: problem}
}
