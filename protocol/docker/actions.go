package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
)

// get answers a server string with the credential of its target.
func (r run) get(ctx context.Context) (string, error) {
	server, err := r.server(ctx)
	if err != nil {
		return "", err
	}
	target, err := dockerhost.Parse(server)
	switch {
	case errors.Is(err, dockerhost.ErrNotASCII):
		return "", credentials.NewErrCredentialsNotFound()
	case err != nil:
		return "", errServer
	}
	found, err := r.ask(ctx, server, target)
	switch {
	case errors.Is(err, helper.ErrNotFound):
		return "", credentials.NewErrCredentialsNotFound()
	case errors.Is(err, helper.ErrLoginRequired):
		r.tell(fmt.Sprintf("keyglot: login for %[1]s expired; run: keyglot auth login %[1]s", address(target)))
		return "", credentials.NewErrCredentialsNotFound()
	case errors.Is(err, helper.ErrAmbiguous):
		// Not "not found": a client would go on without a login.
		return "", helper.Advise(fmt.Errorf("several accounts for %s and none is current", address(target)),
			"run: keyglot auth login "+address(target))
	case err != nil:
		return "", err
	}
	return line(found)
}

// ask gets the credential of a target in the protocol's words.
func (r run) ask(ctx context.Context, server string, target helper.Target) (credentials.Credentials, error) {
	answer, err := r.svc.Get(ctx, helper.Query{Target: target, Kinds: carried()})
	if err != nil {
		return credentials.Credentials{}, err
	}
	return spell(server, answer)
}

// store keeps what a client has logged in with.
func (r run) store(ctx context.Context) (string, error) {
	data, err := r.input(ctx)
	if err != nil {
		return "", err
	}
	c, err := decode(data)
	if err != nil {
		return "", err
	}
	if c.ServerURL == "" {
		return "", credentials.NewErrCredentialsMissingServerURL()
	}
	if c.Username == "" {
		return "", credentials.NewErrCredentialsMissingUsername()
	}
	target, err := dockerhost.Parse(c.ServerURL)
	if err != nil {
		return "", errServer
	}
	kind := helper.Basic
	if c.Username == tokenUser {
		kind = helper.Identity
	}
	options, _ := r.Options.(*Options)
	_, err = r.svc.Store(ctx, helper.Put{
		Credential: helper.Credential{
			Entry: helper.Entry{
				Key:    helper.Key{Target: target, User: helper.Named(c.Username)},
				Kind:   kind,
				Origin: helper.OriginDocker,
				Alias:  c.ServerURL,
			},
			Secret: helper.NewSecret(c.Secret),
		},
		Current: true,
		Sole:    options == nil || !options.KeepAccounts,
	})
	if errors.Is(err, helper.ErrPlainHTTP) {
		return "", fmt.Errorf("plain http is not allowed for %s", target.Host)
	}
	return "", err
}

// erase ends what a client has logged in with. There being nothing is no
// error: some clients fail or crash on one.
func (r run) erase(ctx context.Context) (string, error) {
	server, err := r.server(ctx)
	if err != nil {
		return "", err
	}
	targets, err := dockerhost.Forms(server)
	switch {
	case errors.Is(err, dockerhost.ErrNotASCII):
		return "", nil
	case err != nil:
		return "", errServer
	}
	var failed error
	told := map[string]bool{}
	for _, target := range targets {
		results, err := r.svc.Erase(ctx, helper.Removal{
			Query:  helper.Query{Target: target, Kinds: carried()},
			Whole:  true,
			Origin: helper.OriginDocker,
		})
		for _, result := range results {
			switch result.Kept {
			case helper.KeptLogin:
				r.tell(fmt.Sprintf("keyglot: the login for %[1]s stays; end it with: keyglot auth logout %[1]s", address(target)))
			case helper.KeptSource: // NET-31: one line, whatever forms and accounts it has
				if told[result.Store] {
					continue
				}
				told[result.Store] = true
				r.tell(fmt.Sprintf("keyglot: %s keeps a credential for %s, which keyglot only reads", result.Store, address(target)))
			}
		}
		if failed == nil {
			failed = err // one form's failure does not keep the other
		}
	}
	return "", failed
}

// address is how a person names a target to `keyglot auth`.
func address(t helper.Target) string {
	if t.Scheme == helper.SchemeItem {
		return t.Host
	}
	return t.Realm().Short()
}
