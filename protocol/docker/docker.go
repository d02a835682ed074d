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
	usage := fmt.Sprintf("Usage: %s <store|get|erase|list|version>", r.Program)
	if r.Problem != nil || len(r.Args) != 1 {
		return r.end(1, usage, r.Problem)
	}
	var answer string
	var err error
	switch action := r.Args[0]; action {
	case "--help", "-h":
		answer = usage
	case credentials.ActionVersion, "--version", "-v":
		answer = fmt.Sprintf("%s (%s) %s", r.Program, modulePath, r.Version)
	case credentials.ActionGet:
		answer, err = r.get(ctx)
	case credentials.ActionStore:
		err = r.store(ctx)
	case credentials.ActionErase:
		err = r.erase(ctx)
	case credentials.ActionList:
		answer, err = r.list(ctx)
	default:
		return r.end(1, oneLine(fmt.Sprintf("%s: unknown action: %s", r.Program, action)), nil)
	}
	if err != nil {
		return r.refuse(ctx, err)
	}
	return r.end(0, answer, nil)
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
